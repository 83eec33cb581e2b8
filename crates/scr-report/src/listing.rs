//! Listing: entries of a benchmark as a paper's tables.

use scr_documents::ResultDocument;

use crate::comparison::NamedResult;
use crate::layout::Table;
use crate::tables::paper_tables;

/// Basis of ranks on pages and in lists.
pub const RANKED_BY: &str = "mean over all images, on the precision that is public; an image \
                             without a value counts as worst; equals share a rank";

/// Entry of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListedEntry<'a> {
    /// Name for people.
    pub name: &'a str,
    /// Its result.
    pub result: &'a ResultDocument,
}

/// A paper's tables of entries by the measures with these keys.
#[must_use]
pub fn list_tables(entries: &[ListedEntry<'_>], keys: &dyn Fn(&str) -> bool) -> Vec<Table> {
    let few = |entry: &ListedEntry<'_>| {
        let mut result = ResultDocument { images: None, ..entry.result.clone() };
        for measures in result.objects.values_mut().chain([&mut result.image_measures]) {
            measures.retain(|key, _| keys(key));
        }
        NamedResult { name: entry.name.to_owned(), result }
    };
    paper_tables(&entries.iter().map(few).collect::<Vec<_>>())
}
