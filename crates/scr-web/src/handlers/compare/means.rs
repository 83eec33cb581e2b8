//! Comparison by public means alone, where values of single images are hidden or differ.

use scr_documents::{BenchmarkDocument, MeasureMap, SummaryDocument};
use scr_store::EntryRow;

use super::choice::{WHOLE_IMAGE, object_name};
use crate::numbers::{MeasureFormat, has_column};
use crate::options::Options;

/// Means of the entries.
pub(super) struct Means {
    pub(super) rows: Vec<MeansRow>,
}

/// One object and measure.
pub(super) struct MeansRow {
    pub(super) object: String,
    pub(super) measure: String,
    pub(super) means: Vec<String>,
    /// Differences from the first entry's mean, of the others.
    pub(super) differences: Vec<String>,
}

impl Means {
    pub(super) fn new(benchmark: &BenchmarkDocument, entries: &[EntryRow]) -> Self {
        let mut rows = Vec::new();
        let Some(first) = entries.first() else { return Self { rows } };
        let objects = first.result.objects.iter().map(|(id, found)| (id.as_str(), found));
        for (id, measures) in objects.chain([(WHOLE_IMAGE, &first.result.image_measures)]) {
            for key in measures.keys().filter(|key| has_column(key, &Options::default())) {
                let format = MeasureFormat::of(&first.result, key);
                let means: Vec<Option<f64>> =
                    entries.iter().map(|entry| summaries(entry, id)?.get(key)?.mean).collect();
                let difference = |mean: &Option<f64>| {
                    format.difference(mean.zip(means[0]).map(|(mean, first)| mean - first))
                };
                rows.push(MeansRow {
                    object: object_name(benchmark, id),
                    measure: format.title(),
                    differences: means[1..].iter().map(difference).collect(),
                    means: means.iter().map(|mean| format.value(*mean)).collect(),
                });
            }
        }
        Self { rows }
    }
}

fn summaries<'a>(entry: &'a EntryRow, object: &str) -> Option<&'a MeasureMap<SummaryDocument>> {
    match object {
        WHOLE_IMAGE => Some(&entry.result.image_measures),
        object => entry.result.objects.get(object),
    }
}
