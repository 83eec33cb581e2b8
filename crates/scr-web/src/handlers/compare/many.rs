//! Comparison of several entries: every pair by one object and measure.

use scr_documents::{BenchmarkDocument, ComparisonDocument, PairDocument};
use scr_report::numbers::probability;
use scr_store::EntryRow;

use super::choice::Selection;
use super::pair::{compared, how, n_tests};
use crate::address;
use crate::numbers::{MeasureFormat, NO_VALUE};

/// Several entries.
pub(super) struct Many {
    pub(super) measure: String,
    pub(super) rows: Vec<ManyRow>,
    /// Note on tests and correction.
    pub(super) how: String,
}

/// One entry against all others.
pub(super) struct ManyRow {
    pub(super) letter: char,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) mean: String,
    pub(super) rank: usize,
    pub(super) cells: Vec<Option<ManyCell>>,
}

/// An entry against another: its mean minus the other's.
pub(super) struct ManyCell {
    pub(super) href: String,
    pub(super) difference: String,
    pub(super) interval: String,
    pub(super) p: String,
    /// `better`, `worse`, or empty where no difference is shown.
    pub(super) outcome: &'static str,
}

impl Many {
    pub(super) fn new(
        benchmark: &BenchmarkDocument,
        selection: &Selection,
        found: &ComparisonDocument,
        entries: &[EntryRow],
    ) -> Self {
        let format = match entries.first() {
            Some(entry) => MeasureFormat::of(&entry.result, &selection.key),
            None => MeasureFormat::page(&selection.key),
        };
        let compared = compared(found, selection.object.as_deref(), &selection.key);
        let pair_of = |one: &str, other: &str| -> Option<&PairDocument> {
            compared?.pairs.iter().find(|pair| {
                (pair.first == one && pair.second == other)
                    || (pair.first == other && pair.second == one)
            })
        };
        let cell = |one: &EntryRow, other: &EntryRow| {
            let pair = pair_of(&one.id, &other.id)?;
            let is_turned = pair.first != one.id;
            let turned = |value: f64| if is_turned { -value } else { value };
            let interval =
                pair.ci95.map(|[low, high]| if is_turned { [-high, -low] } else { [low, high] });
            Some(ManyCell {
                href: address::compare(
                    &benchmark.id,
                    &[&one.id, &other.id],
                    selection.object_key(),
                    &selection.key,
                ),
                difference: format.difference(pair.mean_difference.map(turned)),
                interval: format.difference_interval(interval),
                p: probability(pair.wilcoxon_p_holm_all, NO_VALUE),
                outcome: match &pair.better {
                    Some(better) if *better == one.id => "better",
                    Some(_) => "worse",
                    None => "",
                },
            })
        };
        let row = |(place, entry): (usize, &EntryRow)| {
            let standing = compared.and_then(|compared| compared.methods.get(place));
            ManyRow {
                letter: ('A'..='Z').nth(place).unwrap_or('?'),
                name: entry.card.name.clone(),
                href: address::entry(&entry.id),
                mean: format.value(standing.and_then(|standing| standing.summary.mean)),
                rank: standing.map_or(0, |standing| standing.rank_by_mean),
                cells: entries.iter().map(|other| cell(entry, other)).collect(),
            }
        };
        Self {
            measure: format.title(),
            rows: entries.iter().enumerate().map(row).collect(),
            how: how(found, n_tests(found)),
        }
    }
}
