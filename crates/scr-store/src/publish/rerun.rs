//! Publishing the run of a model that an entry has already: on other images, or with other masks
//! than before. It becomes an entry of its own; nothing that is published changes.

use super::batch::PublishProgress;
use super::entry::{EntryToPublish, entry_id};
use super::error::PublishError;
use crate::entries::{Entries, PublishOutcome};
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
        new.id = entry_id(&new, &write_json("", "card", &new.card)?, "");
        if self.summary(&new.id).await?.is_some() {
            return Ok((new.id, PublishOutcome::Unchanged));
        }
        self.publish_row(&new, (entry, sizes), progress).await?;
        Ok((new.id, PublishOutcome::New))
    }
}
