//! Entries that a page offers to choose from: all of a small benchmark; of a large one the
//! observers, the baselines, the best, and those that the address names.

use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{EntryFilter, EntryRow, ListedEntry, PublicStore, RowRange, Standings};

use crate::error::Failure;
use crate::options::Options;
use crate::results_table::{Subject, TablePage, TableRequest};

/// Most entries that a page offers, without those of its address.
const MAX_OFFERED: u32 = 40;
/// Most observers and baselines among them where there are more entries.
const MAX_REFERENCES: u32 = 20;

/// Entries to choose from, in the order of publication.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offered {
    /// The entries.
    pub(crate) entries: Vec<ListedEntry>,
    /// Number of entries of the benchmark.
    pub(crate) n_all: u64,
}

impl Offered {
    /// Entries of a benchmark; `chosen` are identifiers in the address.
    pub(crate) async fn of(
        store: &PublicStore,
        standings: &Standings<'_>,
        benchmark: &BenchmarkDocument,
        chosen: &[&str],
    ) -> Result<Self, Failure> {
        let n_all = store.entries().counts(&benchmark.id).await?.all();
        let first = RowRange { start: 0, count: MAX_OFFERED };
        if n_all <= u64::from(MAX_OFFERED) {
            let all = EntryFilter::default();
            let entries = store.entries().listed(&benchmark.id, &all, first).await?;
            return Ok(Self { entries, n_all });
        }
        let mut ids: Vec<String> = chosen.iter().map(|id| (*id).to_owned()).collect();
        for role in [EntryRole::Observer, EntryRole::Baseline] {
            let filter = EntryFilter { role: Some(role), ..EntryFilter::default() };
            let range = RowRange { start: 0, count: MAX_REFERENCES / 2 };
            let found = store.entries().listed(&benchmark.id, &filter, range).await?;
            ids.extend(found.into_iter().map(|entry| entry.id));
        }
        ids.extend(best(standings, benchmark, MAX_OFFERED - MAX_REFERENCES).await?);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        Ok(Self { entries: store.entries().listed_of(&benchmark.id, &ids).await?, n_all })
    }

    /// The same with cards and facts of the results, without scores.
    pub(crate) async fn rows(&self, standings: &Standings<'_>) -> Result<Vec<EntryRow>, Failure> {
        let ids: Vec<&str> = self.entries.iter().map(|entry| entry.id.as_str()).collect();
        Ok(standings.entries(&ids).await?)
    }

    /// Number of entries that are not offered.
    pub(crate) fn n_others(&self) -> u64 {
        self.n_all.saturating_sub(self.entries.len() as u64)
    }
}

/// The best entries by the first object, or by whole images.
async fn best(
    standings: &Standings<'_>,
    benchmark: &BenchmarkDocument,
    count: u32,
) -> Result<Vec<String>, Failure> {
    let request = TableRequest {
        standings,
        fold: None,
        options: &Options::default(),
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count },
    };
    let objects = benchmark.objects.iter().map(|object| Subject::Object(&object.id));
    for subject in objects.chain([Subject::WholeImage]) {
        if let Some(page) = TablePage::read(request, subject).await? {
            return Ok(page.rows.into_iter().map(|row| row.entry.id).collect());
        }
    }
    Ok(Vec::new())
}
