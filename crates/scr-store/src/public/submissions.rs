//! Submissions as the site may show them.

use super::store::PublicStore;
use crate::filter::filter;
use crate::hiding::Reader;
use crate::storage_error::StorageError;
use crate::submissions::handle::Submissions;
use crate::submissions::rows::{self, Submission};
use async_recursion::async_recursion as boxed;

impl Submissions<'_, PublicStore> {
    /// The submission with this identifier, with its results and findings, as its submitter
    /// may see it; none when there is none.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when it cannot be read.
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<Submission>, StorageError> {
        self.filtered(id, Reader::Submitter).await
    }

    /// The same for a curator who decides on a submission of somebody else: with flags that
    /// rest on a hidden reference, without numbers.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[boxed]
    pub async fn get_for_review(&self, id: &str) -> Result<Option<Submission>, StorageError> {
        self.filtered(id, Reader::Reviewer).await
    }

    async fn filtered(&self, id: &str, reader: Reader) -> Result<Option<Submission>, StorageError> {
        let mut found = rows::get(self.pool, id).await?;
        if let Some(found) = &mut found {
            let hiding = filter(&self.store.all.pool, &found.benchmark_id, &[id]).await?;
            hiding.in_submission(found, reader);
        }
        Ok(found)
    }
}
