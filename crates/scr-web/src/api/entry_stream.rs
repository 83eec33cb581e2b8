//! List of entries as JSON that is streamed: a list of any length takes the memory of a few
//! entries.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use scr_store::{EntryRow, EntrySelection, PublicStore, StorageError};

use super::entries::entry_summary;
use super::paging::following;
use crate::error::Failure;
use crate::list_pages;

/// Entries that are read at once.
const AT_ONCE: u32 = 25;

/// List in progress.
pub(super) struct EntryStream {
    pub(super) store: PublicStore,
    pub(super) benchmark_id: String,
    pub(super) selection: EntrySelection,
    /// Entry after which the next part begins; none at the begin.
    pub(super) after: Option<String>,
    /// Largest number of entries of the list.
    pub(super) limit: u32,
    /// Address of the list below `/api/v1`, for that of the list that follows.
    pub(super) path: String,
}

/// Part of the list that was read and not written.
struct Part {
    list: EntryStream,
    /// Number of entries before this part.
    n_written: u32,
    rows: Vec<EntryRow>,
    /// Others follow, in this list or in the next one.
    has_more: bool,
}

impl EntryStream {
    /// Reads the first entries, and answers with all of them: an
    /// [`EntryList`](scr_documents::EntryList).
    pub(super) async fn answer(mut self) -> Result<Response, Failure> {
        let (rows, has_more) = self.read(self.limit).await?;
        let first = Some(Part { list: self, n_written: 0, rows, has_more });
        // Fused: the compression layer polls once more after the end.
        let parts = stream::unfold(first, |part| async move {
            Some(match part?.written().await {
                Ok((text, next)) => (Ok::<_, StorageError>(Bytes::from(text)), next),
                // An error ends the body early: readers notice.
                Err(error) => (Err(error), None),
            })
        });
        let mut response = Response::new(Body::from_stream(parts.fuse()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        Ok(response)
    }

    /// Reads the next entries, at most `left`, and whether others follow them.
    async fn read(&mut self, left: u32) -> Result<(Vec<EntryRow>, bool), StorageError> {
        let count = left.min(AT_ONCE);
        let (entries, after) = (self.store.entries(), self.after.as_deref());
        // One more tells whether others follow.
        let rows =
            entries.summaries_after(&self.benchmark_id, self.selection, after, count + 1).await;
        let mut rows = rows?;
        let has_more = list_pages::cut(&mut rows, count).is_some();
        self.after = rows.last().map(|row| row.id.clone()).or(self.after.take());
        Ok((rows, has_more))
    }
}

impl Part {
    /// Text of this part, and the next part, which is read; none at the end.
    async fn written(self) -> Result<(String, Option<Self>), StorageError> {
        let Self { mut list, n_written, rows, has_more } = self;
        let n_read = n_written.saturating_add(rows.len() as u32);
        let mut text = String::from(if n_written == 0 { "{\"entries\":[" } else { "" });
        for (index, row) in rows.into_iter().enumerate() {
            text += if n_written == 0 && index == 0 { "" } else { "," };
            text += &json(&entry_summary(row));
        }
        if !has_more || n_read >= list.limit {
            let last = list.after.filter(|_| has_more);
            let next = last.map(|last| following(&list.path, &last, list.limit));
            text += &format!("],\"next\":{}}}", json(&next));
            return Ok((text, None));
        }
        let (rows, has_more) = list.read(list.limit - n_read).await?;
        Ok((text, Some(Self { list, n_written: n_read, rows, has_more })))
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("documents in memory can be written")
}
