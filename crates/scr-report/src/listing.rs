//! Result list: all entries of a benchmark with their ranks, as a document and as a paper's
//! tables.

use scr_documents::{
    EntryRole, MeasureMap, ResultDocument, ResultListDocument, ResultRowDocument, SummaryDocument,
};

use crate::comparison::NamedResult;
use crate::layout::Table;
use crate::numbers::MeasureFormat;
use crate::standings::{Ranks, Standing, Statistic};
use crate::tables::paper_tables;

/// Basis of ranks on pages and in lists.
pub const RANKED_BY: &str = "mean over all images, on the precision that is public; an image \
                             without a value counts as worst; equals share a rank";

/// Name of all images among folds, and of whole images among objects.
const ALL: &str = "all";

/// Entry of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListedEntry<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name for people.
    pub name: &'a str,
    /// Role.
    pub role: EntryRole,
    /// Time of publication, RFC 3339.
    pub published_at: &'a str,
    /// Its result.
    pub result: &'a ResultDocument,
}

impl ListedEntry<'_> {
    fn summaries(&self, fold: &str, object: &str) -> Option<&MeasureMap<SummaryDocument>> {
        let (objects, whole) = match fold {
            ALL => (&self.result.objects, &self.result.image_measures),
            fold => {
                let fold = self.result.folds.get(fold)?;
                (&fold.objects, &fold.image_measures)
            }
        };
        if object == ALL { Some(whole) } else { objects.get(object) }
    }
}

/// The list of all entries of a benchmark.
#[must_use]
pub fn result_list(
    benchmark: &str,
    benchmark_digest: &str,
    entries: &[ListedEntry<'_>],
) -> ResultListDocument {
    let mut rows = Vec::new();
    let folds = union(entries.iter().flat_map(|entry| entry.result.folds.keys()));
    for fold in std::iter::once(ALL.to_owned()).chain(folds) {
        let objects = union(entries.iter().flat_map(|entry| entry.result.objects.keys()));
        for object in objects.into_iter().chain([ALL.to_owned()]) {
            let summaries = |entry: &ListedEntry<'_>| {
                entry.summaries(&fold, &object).cloned().unwrap_or_default()
            };
            let all: Vec<MeasureMap<SummaryDocument>> = entries.iter().map(summaries).collect();
            for key in union(all.iter().flat_map(MeasureMap::keys)) {
                rows.extend(measure_rows(entries, &all, &fold, &object, &key));
            }
        }
    }
    ResultListDocument {
        benchmark: benchmark.to_owned(),
        benchmark_digest: benchmark_digest.to_owned(),
        ranked_by: RANKED_BY.to_owned(),
        rows,
    }
}

fn measure_rows(
    entries: &[ListedEntry<'_>],
    all: &[MeasureMap<SummaryDocument>],
    fold: &str,
    object: &str,
    key: &str,
) -> Vec<ResultRowDocument> {
    let standings: Vec<Standing> = entries
        .iter()
        .zip(all)
        .map(|(entry, found)| Standing::of(entry.result, key, found.get(key), Statistic::Mean))
        .collect();
    let is_submission: Vec<bool> =
        entries.iter().map(|entry| entry.role == EntryRole::Method).collect();
    let ranks =
        MeasureFormat::page(key).better.map(|better| Ranks::of(&standings, &is_submission, better));
    let row = |(place, entry): (usize, &ListedEntry<'_>)| {
        Some(ResultRowDocument {
            entry: entry.id.to_owned(),
            name: entry.name.to_owned(),
            role: entry.role,
            published_at: entry.published_at.to_owned(),
            evaluator_version: entry.result.evaluator_version.clone(),
            fold: fold.to_owned(),
            object: object.to_owned(),
            measure: key.to_owned(),
            rank: ranks.as_ref().and_then(|ranks| ranks.among_all[place]),
            rank_among_submissions: ranks.as_ref().and_then(|ranks| ranks.among_submissions[place]),
            undefined_as: entry.result.undefined_as,
            summary: all[place].get(key)?.clone(),
        })
    };
    entries.iter().enumerate().filter_map(row).collect()
}

/// Names in the order in which they come, each once.
fn union<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

/// A paper's tables of all entries by the measures with these keys.
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
