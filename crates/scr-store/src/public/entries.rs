//! Entries and their files, as the site may show them.

use async_recursion::async_recursion as boxed;
use bytes::Bytes;
use scr_documents::{BenchmarkDocument, EntryRole, ModelAccess, TermsDocument};

use super::benchmarks::{Copies, file, in_copies};
use crate::blobs::BlobKey;
use crate::entries::{EntryRow, EntrySelection};
use crate::filter::filter;
use crate::model_file::ModelFileName;
use crate::past_result::PastResult;
use crate::record::evidence::EntryEvidence;
use crate::storage_error::StorageError;
use crate::store::Store;

/// Handle of entries, as the site may show them.
#[derive(Debug, Clone, Copy)]
pub struct PublicEntries<'a> {
    pub(super) all: &'a Store,
}

impl PublicEntries<'_> {
    /// At most `count` selected entries of a benchmark after another one in the order of
    /// publication, or from the first on, without every image's values; none that was withdrawn.
    ///
    /// # Errors
    /// As [`Entries::list`](crate::Entries::list).
    #[boxed]
    pub async fn summaries_after(
        &self,
        benchmark_id: &str,
        selection: EntrySelection,
        after: Option<&str>,
        count: u32,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let entries = self.all.entries();
        let mut rows = entries.summaries_after(benchmark_id, selection, after, count).await?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let hiding = filter(&self.all.pool, benchmark_id, &ids).await?;
        for row in &mut rows {
            hiding.in_entry(row);
        }
        Ok(rows)
    }

    /// Identifiers of entries next to a text in their order, at most `count` on either side;
    /// none that was withdrawn.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn ids_near(&self, text: &str, count: u32) -> Result<Vec<String>, StorageError> {
        self.all.entries().ids_near(text, count).await
    }

    /// The entry with this identifier, also when it was withdrawn; none when it is not
    /// published.
    ///
    /// # Errors
    /// As [`summaries_after`](Self::summaries_after).
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<EntryRow>, StorageError> {
        let mut row = self.all.entries().get(id).await?;
        if let Some(row) = &mut row {
            filter(&self.all.pool, &row.benchmark_id, &[id]).await?.in_entry(row);
        }
        Ok(row)
    }

    /// As [`get`](Self::get), without every image's values: far quicker for many images.
    ///
    /// # Errors
    /// As [`summaries_after`](Self::summaries_after).
    #[boxed]
    pub async fn summary(&self, id: &str) -> Result<Option<EntryRow>, StorageError> {
        let mut row = self.all.entries().summary(id).await?;
        if let Some(row) = &mut row {
            filter(&self.all.pool, &row.benchmark_id, &[id]).await?.in_entry(row);
        }
        Ok(row)
    }

    /// Replaced results of an entry, the first first.
    ///
    /// # Errors
    /// As [`summaries_after`](Self::summaries_after).
    #[boxed]
    pub async fn past_results(&self, entry: &EntryRow) -> Result<Vec<PastResult>, StorageError> {
        let mut past = self.all.entries().past_results(&entry.id).await?;
        if !past.is_empty() {
            let hiding = filter(&self.all.pool, &entry.benchmark_id, &[&entry.id]).await?;
            hiding.in_past(entry, &mut past);
        }
        Ok(past)
    }

    /// Evidence of an entry for the record; without its results where any of their numbers
    /// are hidden or rounded. None where there is no such entry.
    ///
    /// # Errors
    /// As [`Evidence::entry`](crate::Evidence::entry).
    #[boxed]
    pub async fn evidence(&self, id: &str) -> Result<Option<EntryEvidence>, StorageError> {
        let mut evidence = self.all.evidence().entry(id).await?;
        if let Some(evidence) = &mut evidence {
            let settings = self.all.settings().get(&evidence.benchmark).await?;
            if !settings.shows_images() || settings.decimals().is_some() {
                evidence.results.clear();
                evidence.results_hidden = true;
            }
        }
        Ok(evidence)
    }

    /// An entry's outlines in one image. Only entries of observers have display copies; the
    /// masks of a method belong to its submitter.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when it cannot be read.
    #[boxed]
    pub async fn outlines(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_show = may_offer(benchmark, entry, |terms| terms.display.is_allowed());
        let file = file(self.all, may_show, BlobKey::entry_outlines(&entry.id, image)).await?;
        in_copies(file, if entry.role == EntryRole::Observer { copies } else { Copies::Exact })
    }

    /// An entry's mask of a structure in one image.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when it cannot be read.
    #[boxed]
    pub async fn mask(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_give = may_offer(benchmark, entry, |terms| terms.download.is_allowed());
        file(self.all, may_give, BlobKey::entry_mask(&entry.id, structure, image)).await
    }

    /// A file of an entry's model, where its author made it public and the entry stands.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when it cannot be read.
    #[boxed]
    pub async fn model(
        &self,
        entry: &EntryRow,
        name: ModelFileName,
    ) -> Result<Option<Bytes>, StorageError> {
        let access = entry.verified_run.as_ref().map(|run| run.model_access);
        let is_public = access == Some(ModelAccess::Public) && entry.withdrawn.is_none();
        file(self.all, is_public, BlobKey::entry_model(&entry.id, name)).await
    }

    /// An entry's posterior of a structure in one image; none of a structure that the
    /// entry does not list, whose file may lie there from an earlier publication.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when it cannot be read.
    #[boxed]
    pub async fn posterior(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StorageError> {
        let is_listed = entry.posteriors.iter().any(|listed| listed == structure);
        let may_show = is_listed && may_offer(benchmark, entry, |terms| terms.display.is_allowed());
        file(self.all, may_show, BlobKey::entry_posterior(&entry.id, structure, image)).await
    }
}

/// True if files of an entry may be shown. Masks of a method belong to its author; masks of an
/// observer belong to the benchmark, also as an entry: its terms decide.
fn may_offer(
    benchmark: &BenchmarkDocument,
    entry: &EntryRow,
    allow: impl Fn(&TermsDocument) -> bool,
) -> bool {
    let is_allowed =
        entry.role != EntryRole::Observer || benchmark.shows_observers() && allow(&benchmark.terms);
    entry.benchmark_id == benchmark.id && is_allowed
}
