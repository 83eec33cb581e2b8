//! Choice of rows of the results page: page, kind and words of the address, and the tables.

use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{EntryFilter, RowRange};

use crate::options::Options;
use crate::results_table::Subject;

/// Entries of one page of every table.
pub(super) const ENTRIES_A_PAGE: u32 = 25;
/// Most words of the filter's text.
const MAX_WORDS: usize = 8;

/// Kinds of entries, and their words in the address.
pub(super) const KINDS: [(&str, &str, EntryRole); 3] = [
    ("submission", "Submissions", EntryRole::Method),
    ("baseline", "Baselines", EntryRole::Baseline),
    ("observer", "Observers", EntryRole::Observer),
];

/// Rows of a page, which is counted from 1.
pub(super) fn page_range(page: usize) -> RowRange {
    let start = (page as u64).saturating_sub(1).saturating_mul(ENTRIES_A_PAGE.into());
    RowRange { start, count: ENTRIES_A_PAGE }
}

/// Whole images, then the objects, with the captions of their tables.
pub(super) fn subjects(benchmark: &BenchmarkDocument) -> Vec<(Subject<'_>, String)> {
    let objects =
        benchmark.objects.iter().map(|object| (Subject::Object(&object.id), object.name.clone()));
    let whole = (Subject::WholeImage, "All structures together, by image".to_owned());
    std::iter::once(whole).chain(objects).collect()
}

/// Filter of the address, and the word of its kind.
pub(super) fn filter_of<'a>(
    options: &'a Options,
    notes: &mut Vec<String>,
) -> (EntryFilter, Option<&'a str>) {
    let kind = options.first("kind");
    let known = kind.and_then(|kind| KINDS.iter().find(|(key, ..)| *key == kind));
    if let (Some(kind), None) = (kind, known) {
        notes.push(format!("There is no kind {kind}: it is submission, baseline or observer."));
    }
    let verified = match options.first("verified") {
        None | Some("") => false,
        Some("1") => true,
        Some(other) => {
            notes.push(format!(
                "There is no choice {other} of verified entries: it is 1, or nothing."
            ));
            false
        }
    };
    let words = options.first("q").unwrap_or_default().split_whitespace();
    let filter = EntryFilter {
        role: known.map(|(_, _, role)| *role),
        words: words.take(MAX_WORDS).map(str::to_owned).collect(),
        verified,
    };
    (filter, known.map(|(key, ..)| *key))
}
