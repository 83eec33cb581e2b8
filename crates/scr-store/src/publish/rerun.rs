//! Publishing the run of a model that an entry has already: on other images, or with other masks
//! than before. It becomes an entry of its own; nothing that is published changes.

use super::batch::PublishProgress;
use super::entry::{EntryToPublish, entry_id, insert};
use super::error::PublishError;
use crate::blobs::BlobKey;
use crate::database::{Doing, begin_writing};
use crate::entries::{Entries, PublishOutcome};
use crate::file_claims::FileClaim;
use crate::json::write_json;

impl Entries<'_> {
    /// Publishes the entry of another run of a published model, which has no submission. Returns
    /// its identifier. An equal entry changes nothing, also where it is withdrawn.
    ///
    /// Calls `progress` after every few images, on the task that awaits.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub async fn publish_rerun(
        &self,
        entry: EntryToPublish<'_>,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(String, PublishOutcome), PublishError> {
        let (mut new, sizes) = self.row_of(&entry).await?;
        let id = entry_id(&new, &write_json("", "card", &new.card)?, "");
        if self.summary(&id).await?.is_some() {
            return Ok((id, PublishOutcome::Unchanged));
        }
        new.id.clone_from(&id);
        let claim = FileClaim::begin(self.pool, BlobKey::of_entry(&id)?).await?;
        let files = self.write_files(entry, (&id, sizes), &claim, progress).await?;
        let mut transaction = begin_writing(self.pool).await?;
        claim.end_in(&mut transaction).await?;
        insert(&mut transaction, &new, &files).await?;
        transaction.commit().await.doing("publish the run of a model")?;
        tracing::info!(entry = id, "published the run of a model");
        Ok((id, PublishOutcome::New))
    }
}
