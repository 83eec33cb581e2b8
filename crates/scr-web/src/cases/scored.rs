//! Entries and measures whose scores of single images are public.

use scr_documents::{BenchmarkDocument, CaseColumn, CaseEntry, EntryRole};
use scr_measures::Better;
use scr_store::{ListedEntry, PublicStore, Standings};

use super::columns::WHOLE_IMAGE;
use crate::error::Failure;
use crate::numbers::MeasureFormat;

/// Entries and columns of scores of single images.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scored {
    /// Entries; empty where scores of single images are hidden.
    pub(crate) entries: Vec<CaseEntry>,
    /// Their objects and measures; those of whole images are last.
    pub(crate) columns: Vec<CaseColumn>,
}

impl Scored {
    /// Columns of a benchmark, and those of `entries` that have scores.
    pub(crate) async fn of(
        store: &PublicStore,
        standings: &Standings<'_>,
        benchmark: &BenchmarkDocument,
        entries: &[ListedEntry],
    ) -> Result<Self, Failure> {
        if !store.settings().get(&benchmark.id).await?.shows_images() {
            return Ok(Self::default());
        }
        let of_all_images = standings.all_columns().iter().filter(|column| column.fold.is_empty());
        let mut columns: Vec<CaseColumn> = of_all_images
            .filter(|column| !column.measure.is_empty())
            .map(|found| {
                let object = if found.object.is_empty() { WHOLE_IMAGE } else { &found.object };
                column(benchmark, object, &found.measure)
            })
            .collect();
        // Each object's together, those of whole images last.
        let objects: Vec<String> = columns.iter().map(|column| column.object.clone()).collect();
        columns.sort_by_key(|column| {
            let first = objects.iter().position(|object| *object == column.object);
            (column.object == WHOLE_IMAGE, first)
        });
        let entries = entries.iter().filter(|entry| entry.has_scores).map(|entry| CaseEntry {
            id: entry.id.clone(),
            name: entry.name.clone(),
            role: entry.role,
        });
        Ok(Self { entries: entries.collect(), columns })
    }

    /// Entries of observers.
    pub(crate) fn observers(&self) -> impl Iterator<Item = &CaseEntry> {
        self.entries.iter().filter(|entry| entry.role == EntryRole::Observer)
    }
}

fn column(benchmark: &BenchmarkDocument, object: &str, measure: &str) -> CaseColumn {
    let format = MeasureFormat::page(measure);
    let found = benchmark.objects.iter().find(|found| found.id == object);
    CaseColumn {
        object: object.to_owned(),
        object_name: match found {
            Some(found) => found.name.clone(),
            None if object == WHOLE_IMAGE => "Whole image".to_owned(),
            None => object.to_owned(),
        },
        measure: measure.to_owned(),
        measure_name: format.title(),
        higher_is_better: format.better.map(|better| better == Better::Higher),
        decimals: format.decimals(),
    }
}
