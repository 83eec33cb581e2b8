//! Reads for pages and API: what the operator hides is not in them.
//!
//! The main type is [`PublicStore`]. It leads to no unfiltered read: whoever has one can
//! show nothing by forgetting a call.
//!
//! - here: documents. `files.rs`: files. `display.rs`: outlines to look at.
//! - `hiding.rs`: which parts of documents are hidden.

mod display;
mod files;
mod hiding;

pub use files::Copies;

use std::ops::Deref;

use hiding::{Hiding, Reader};

use crate::{
    BenchmarkRow, EntryEvidence, EntryRow, PastResult, Store, StoreCore, StoreError, Submission,
};

/// A store as the site may see it: accounts, jobs and writes as they are, documents and
/// files without what is hidden. Clones share everything.
#[derive(Debug, Clone)]
pub struct PublicStore {
    /// Private to this module, which hands out no read of it as it is.
    all: Store,
}

impl Deref for PublicStore {
    type Target = StoreCore;

    fn deref(&self) -> &StoreCore {
        &self.all
    }
}

impl Store {
    /// The same store as the site may see it.
    #[must_use]
    pub fn public(&self) -> PublicStore {
        PublicStore { all: self.clone() }
    }
}

impl PublicStore {
    /// All benchmarks, the first published first.
    ///
    /// # Errors
    /// As [`Store::benchmarks`].
    pub async fn benchmarks(&self) -> Result<Vec<BenchmarkRow>, StoreError> {
        let mut rows = self.all.benchmarks().await?;
        for row in &mut rows {
            let settings = self.benchmark_settings(&row.document.id).await?;
            Hiding::new(settings, &row.document).in_benchmark(&mut row.document);
        }
        Ok(rows)
    }

    /// The benchmark with this identifier; none when it is not published.
    ///
    /// # Errors
    /// As [`Store::benchmark`].
    pub async fn benchmark(&self, id: &str) -> Result<Option<BenchmarkRow>, StoreError> {
        let mut row = self.all.benchmark(id).await?;
        if let Some(row) = &mut row {
            let settings = self.benchmark_settings(id).await?;
            Hiding::new(settings, &row.document).in_benchmark(&mut row.document);
        }
        Ok(row)
    }

    /// All entries of a benchmark but those that were withdrawn, the first published
    /// first, without every image's values.
    ///
    /// # Errors
    /// As [`Store::entries`].
    pub async fn entries_without_images(
        &self,
        benchmark_id: &str,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let mut rows = self.all.entries_without_images(benchmark_id).await?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let hiding = self.hiding(benchmark_id).await?;
        for row in &mut rows {
            hiding.in_entry(row);
        }
        Ok(rows)
    }

    /// The entry with this identifier, also when it was withdrawn; none when it is not
    /// published.
    ///
    /// # Errors
    /// As [`Store::entry`].
    pub async fn entry(&self, id: &str) -> Result<Option<EntryRow>, StoreError> {
        let mut row = self.all.entry(id).await?;
        if let Some(row) = &mut row {
            self.hiding(&row.benchmark_id).await?.in_entry(row);
        }
        Ok(row)
    }

    /// The results that an entry had before it was scored again, the first first.
    ///
    /// # Errors
    /// As [`Store::past_results`].
    pub async fn past_results(&self, entry: &EntryRow) -> Result<Vec<PastResult>, StoreError> {
        let mut past = self.all.past_results(&entry.id).await?;
        if !past.is_empty() {
            self.hiding(&entry.benchmark_id).await?.in_past(entry, &mut past);
        }
        Ok(past)
    }

    /// Evidence of an entry for the record; without its results where any of their numbers
    /// are hidden or rounded. None where there is no such entry.
    ///
    /// # Errors
    /// As [`Store::entry_evidence`].
    pub async fn entry_evidence(&self, id: &str) -> Result<Option<EntryEvidence>, StoreError> {
        let mut evidence = self.all.entry_evidence(id).await?;
        if let Some(evidence) = &mut evidence {
            let settings = self.benchmark_settings(&evidence.benchmark).await?;
            if !settings.shows_images() || settings.decimals().is_some() {
                evidence.results.clear();
                evidence.results_hidden = true;
            }
        }
        Ok(evidence)
    }

    /// The submission with this identifier, with its results and findings, as its
    /// submitter may see it.
    ///
    /// # Errors
    /// As [`Store::submission`].
    pub async fn submission(&self, id: &str) -> Result<Option<Submission>, StoreError> {
        self.submission_for(id, Reader::Submitter).await
    }

    /// The same for a curator who decides on it and has not handed it in: with flags that
    /// rest on a hidden reference, in words.
    ///
    /// # Errors
    /// As [`Store::submission`].
    pub async fn submission_for_review(&self, id: &str) -> Result<Option<Submission>, StoreError> {
        self.submission_for(id, Reader::Reviewer).await
    }

    async fn submission_for(
        &self,
        id: &str,
        reader: Reader,
    ) -> Result<Option<Submission>, StoreError> {
        let mut found = self.all.submission(id).await?;
        if let Some(found) = &mut found {
            self.hiding(&found.benchmark_id).await?.in_submission(found, reader);
        }
        Ok(found)
    }

    async fn hiding(&self, benchmark_id: &str) -> Result<Hiding, StoreError> {
        let settings = self.benchmark_settings(benchmark_id).await?;
        let unknown = || StoreError::UnknownBenchmark { id: benchmark_id.to_owned() };
        let row = self.all.benchmark(benchmark_id).await?.ok_or_else(unknown)?;
        let hiding = Hiding::new(settings, &row.document);
        if hiding.has_ladder() {
            return Ok(hiding.with_rungs(self.all.rungs(benchmark_id).await?));
        }
        Ok(hiding)
    }
}
