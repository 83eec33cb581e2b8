//! Order of cases: one word of an address, as in `worst:heart/overlap:mean-shape-1a2b3c`.
//!
//! Reads and writes; `list.rs` orders. `viewer/order.js` reads the same words, and
//! `src/cases/orders.json` holds both to the same orders.

use std::fmt;

/// One measure of one object, of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScoreKey {
    /// Identifier of the object; `all` for measures of whole images.
    pub(crate) object: String,
    /// Key of the measure, with its unit.
    pub(crate) measure: String,
    /// Identifier of the entry.
    pub(crate) entry: String,
}

/// Order of cases. Equal cases are in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseOrder {
    /// Order of the benchmark's table; the score is shown only.
    Table(Option<ScoreKey>),
    /// Order of names; the score is shown only.
    Name(Option<ScoreKey>),
    /// Worst score first; an undefined one counts as worst.
    Worst(ScoreKey),
    /// Best score first.
    Best(ScoreKey),
    /// Largest absolute difference of two entries first; if only one of them is undefined, the
    /// difference is infinite.
    Gap(ScoreKey, String),
    /// Ascending values of an attribute.
    Up(String),
    /// Descending values of an attribute.
    Down(String),
}

impl CaseOrder {
    /// Parses the value of `order`; none for a text that names no order.
    pub(crate) fn parsed(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "table" | "name" => {
                let score = if rest.is_empty() { None } else { Some(score(rest)?) };
                Some(if kind == "table" { Self::Table(score) } else { Self::Name(score) })
            }
            "worst" => score(rest).map(Self::Worst),
            "best" => score(rest).map(Self::Best),
            "gap" => {
                let (key, other) = rest.rsplit_once(':')?;
                (!other.is_empty()).then_some(Self::Gap(score(key)?, other.to_owned()))
            }
            "up" | "down" if !rest.is_empty() => {
                let name = rest.to_owned();
                Some(if kind == "up" { Self::Up(name) } else { Self::Down(name) })
            }
            _ => None,
        }
    }

    /// The score that is shown with each case.
    pub(crate) const fn score(&self) -> Option<&ScoreKey> {
        match self {
            Self::Table(score) | Self::Name(score) => score.as_ref(),
            Self::Worst(score) | Self::Best(score) | Self::Gap(score, _) => Some(score),
            Self::Up(_) | Self::Down(_) => None,
        }
    }

    /// Word for the order without its parts.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "table",
            Self::Name(_) => "name",
            Self::Worst(_) => "worst",
            Self::Best(_) => "best",
            Self::Gap(..) => "gap",
            Self::Up(_) => "up",
            Self::Down(_) => "down",
        }
    }
}

impl fmt::Display for CaseOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        if let Some(ScoreKey { object, measure, entry }) = self.score() {
            write!(f, ":{object}/{measure}:{entry}")?;
        }
        match self {
            Self::Gap(_, last) | Self::Up(last) | Self::Down(last) => write!(f, ":{last}"),
            _ => Ok(()),
        }
    }
}

fn score(text: &str) -> Option<ScoreKey> {
    let (column, entry) = text.split_once(':')?;
    let (object, measure) = column.split_once('/')?;
    let parts = [object, measure, entry];
    let is_whole = parts.iter().all(|part| !part.is_empty()) && !entry.contains(':');
    is_whole.then(|| ScoreKey {
        object: object.to_owned(),
        measure: measure.to_owned(),
        entry: entry.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_reads_back_as_it_is_written() {
        for text in [
            "table",
            "name",
            "table:heart/overlap:e-1",
            "name:all/pixel_error:e-1",
            "worst:heart/hausdorff_95.pooled_mm:e.1",
            "best:lungs/nsd@2px:e_1",
            "gap:heart/overlap:a:b",
            "up:age",
            "down:kVp: measured",
        ] {
            let order = CaseOrder::parsed(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(order.to_string(), text);
        }
    }

    #[test]
    fn a_text_without_all_parts_is_no_order() {
        for text in [
            "",
            "worst",
            "worst:",
            "worst:heart:e",
            "worst:heart/overlap",
            "worst:/overlap:e",
            "gap:heart/overlap:a",
            "gap:heart/overlap:a:",
            "best:a/b:c:d",
            "up",
            "up:",
            "sideways:x",
        ] {
            assert_eq!(CaseOrder::parsed(text), None, "{text}");
        }
    }
}
