//! Boards of the tables of a page: rank stability, significance groups and distributions of the
//! entries that it shows, computed once for the same results.
//!
//! The only place that reads entries with their images for a table. Keeps the values of the
//! first measures alone, and each entry for one request.

use std::collections::HashMap;
use std::sync::Arc;

use scr_documents::BenchmarkDocument;
use scr_report::NamedResult;
use scr_report::board::{Board, BoardEntry, board};
use scr_report::comparison::CompareSettings;
use scr_store::{PublicStore, StandingRow, Standings};
use tokio::sync::Mutex;

use crate::computed::{self, Computed};
use crate::error::Failure;
use crate::results_table::Subject;

/// Resamples behind rank stability on pages.
const RESAMPLES: usize = 1000;

/// Boards of one request.
pub(crate) struct Boards<'a> {
    store: &'a PublicStore,
    benchmark: &'a BenchmarkDocument,
    standings: &'a Standings<'a>,
    kept: &'a Computed<Board>,
    /// False where values of single images are hidden.
    may_show: bool,
    /// Values of entries that were read.
    entries: Mutex<HashMap<String, Option<Arc<BoardEntry>>>>,
}

impl<'a> Boards<'a> {
    /// Boards over a store.
    pub(crate) async fn new(
        store: &'a PublicStore,
        benchmark: &'a BenchmarkDocument,
        standings: &'a Standings<'a>,
        kept: &'a Computed<Board>,
    ) -> Result<Self, Failure> {
        let may_show = store.benchmarks().shows_image_results(&benchmark.id).await?;
        Ok(Self { store, benchmark, standings, kept, may_show, entries: Mutex::default() })
    }

    /// Board of rows; none where values of single images are hidden. The names of its results
    /// are the identifiers of the entries.
    pub(crate) async fn of(
        &self,
        subject: Subject<'_>,
        rows: &[StandingRow],
    ) -> Result<Option<Arc<Board>>, Failure> {
        if rows.is_empty() || !self.may_show {
            return Ok(None);
        }
        let version = |row: &StandingRow| {
            let result = &row.entry.result;
            let words = [&row.entry.id, &result.evaluator_version, &result.masks_digest];
            words.map(String::clone)
        };
        let versions: Vec<[String; 3]> = rows.iter().map(version).collect();
        let (digest, filter) = (&self.benchmark.digest, self.standings.filter_name());
        let key = computed::key(&(digest, filter, subject.key(), versions))?;
        let ids: Vec<&str> = rows.iter().map(|row| row.entry.id.as_str()).collect();
        let settings =
            CompareSettings { bootstrap_resamples: RESAMPLES, ..CompareSettings::default() };
        let object = subject.object().map(str::to_owned);
        let compute =
            move |entries: Vec<Arc<BoardEntry>>| board(&entries, object.as_deref(), settings);
        self.kept.get(key, self.read(&ids), compute).await.map(Some)
    }

    async fn read(&self, ids: &[&str]) -> Result<Vec<Arc<BoardEntry>>, Failure> {
        let mut entries = self.entries.lock().await;
        let mut found = Vec::new();
        for id in ids {
            if !entries.contains_key(*id) {
                let whole = self.store.entries().get(id).await?;
                let named = whole.map(|row| NamedResult { name: row.id, result: row.result });
                let values = named.and_then(BoardEntry::of).map(Arc::new);
                entries.insert((*id).to_owned(), values);
            }
            found.extend(entries.get(*id).cloned().flatten());
        }
        Ok(found)
    }
}
