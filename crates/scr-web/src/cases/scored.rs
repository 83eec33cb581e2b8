//! Entries and measures whose scores of single images are public.

use scr_documents::{BenchmarkDocument, CaseColumn, CaseEntry, EntryRole};
use scr_measures::Better;
use scr_store::{EntryRow, PublicStore};

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
    /// Entries and columns of a benchmark; `entries` are its entries.
    pub(crate) async fn of(
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
        entries: &[EntryRow],
    ) -> Result<Self, Failure> {
        if !store.settings().get(&benchmark.id).await?.shows_images() {
            return Ok(Self::default());
        }
        let has_scores = |entry: &&EntryRow| {
            !entry.result.objects.is_empty() || !entry.result.image_measures.is_empty()
        };
        let entries: Vec<&EntryRow> = entries.iter().filter(has_scores).collect();
        let mut columns: Vec<CaseColumn> = Vec::new();
        for (object, measure) in entries.iter().flat_map(|entry| keys(entry)) {
            if !columns.iter().any(|found| found.object == object && found.measure == measure) {
                columns.push(column(benchmark, object, measure));
            }
        }
        columns.sort_by_key(|column| column.object == WHOLE_IMAGE);
        let entries = entries.into_iter().map(|entry| CaseEntry {
            id: entry.id.clone(),
            name: entry.card.name.clone(),
            role: entry.role,
        });
        Ok(Self { entries: entries.collect(), columns })
    }

    /// Entries of observers.
    pub(crate) fn observers(&self) -> impl Iterator<Item = &CaseEntry> {
        self.entries.iter().filter(|entry| entry.role == EntryRole::Observer)
    }
}

fn keys(entry: &EntryRow) -> impl Iterator<Item = (&str, &str)> {
    let result = &entry.result;
    let objects = result.objects.iter().flat_map(|(object, measures)| {
        measures.keys().map(move |measure| (object.as_str(), measure.as_str()))
    });
    objects.chain(result.image_measures.keys().map(|measure| (WHOLE_IMAGE, measure.as_str())))
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
