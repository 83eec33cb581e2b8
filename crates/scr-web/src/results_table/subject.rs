//! Subject of a table of results: an object, or whole images.

use scr_documents::{EntryRole, MeasureMap, SummaryDocument};
use scr_report::standings::Statistic;
use scr_store::{EntryRow, TableSubject};

/// Measures of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// An object by its identifier.
    Object(&'a str),
    /// Measures of whole images.
    WholeImage,
}

impl<'a> Subject<'a> {
    /// Key in addresses.
    pub(crate) fn key(self) -> &'a str {
        self.object().unwrap_or("all")
    }

    /// Identifier of the object; none for whole images.
    pub(crate) const fn object(self) -> Option<&'a str> {
        match self {
            Self::Object(id) => Some(id),
            Self::WholeImage => None,
        }
    }

    /// The subject in one fold, or in all images.
    pub(crate) const fn within(self, fold: Option<&'a str>) -> TableSubject<'a> {
        TableSubject { fold, object: self.object() }
    }

    /// Summaries of an entry; none without any.
    pub(crate) fn measures(self, entry: &EntryRow) -> Option<&MeasureMap<SummaryDocument>> {
        match self {
            Self::Object(id) => entry.result.objects.get(id),
            Self::WholeImage => Some(&entry.result.image_measures),
        }
        .filter(|measures| !measures.is_empty())
    }

    pub(super) fn statistics(self, measure: &str) -> &'static [Statistic] {
        use Statistic::{Interval, LowerQuartile, Max, Mean, Median, Min, UpperQuartile};
        match self {
            Self::WholeImage if measure == "pixel_error" => {
                &[Mean, Interval, Min, LowerQuartile, Median, UpperQuartile, Max]
            }
            _ => &[Mean, Median, Interval],
        }
    }
}

/// `observer` or `baseline` for a reference row; empty for a participant's method.
pub(crate) fn reference_mark(role: EntryRole) -> &'static str {
    if role == EntryRole::Method { "" } else { role.key() }
}
