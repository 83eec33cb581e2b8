//! Event stream of a submission: its state and progress as server-sent events.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use scr_store::{JobProgress, PublicStore};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::refusals;
use super::submissions::visible;
use crate::client::Client;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::progress_feed::{ProgressFeed, SubmissionProgress};
use crate::slots::RequestConnection;
use crate::transfers::{StreamSlots, Transfers};

/// Server-sent event.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "type of the OpenAPI document only: axum writes events")]
struct EventText {
    /// Kind: `message`.
    event: String,
    /// JSON object with `state`, and the progress `done` of `total` in images.
    data: String,
}

/// Longest duration of an event stream; browsers then reconnect. Also bounds the wait of a
/// server that shuts down.
const MAX_STREAM_DURATION: Duration = Duration::from_secs(20);

/// Event stream of a submission: its state and progress as server-sent events, the current
/// one at once and one for every change: `{"state": "scoring", "done": 12, "total": 247}`, in
/// images. Ends after a final state, or after some seconds, when browsers reconnect.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}/events",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The event stream", body = EventText, content_type = "text/event-stream"),
        refusals::Unauthenticated,
        refusals::NoSubmission
    )
)]
pub(crate) async fn events(
    State(store): State<PublicStore>,
    State(transfers): State<Arc<Transfers>>,
    State(feed): State<Arc<ProgressFeed>>,
    caller: Authenticated,
    client: Client,
    Path(id): Path<String>,
    RequestConnection(connection): RequestConnection,
) -> Result<impl IntoResponse, Failure> {
    let submission = visible(&store, &caller, id).await?;
    let slots = transfers.stream(&caller.0.user, client, connection);
    let changed = feed.watch(&submission.id);
    let now = store.submissions().progress(std::slice::from_ref(&submission.id)).await?;
    let now = now.get(&submission.id).copied();
    let stream = EventStream {
        changed,
        next: now,
        ends_at: Instant::now() + MAX_STREAM_DURATION,
        _slots: slots,
    };
    Ok(Sse::new(stream.events()).keep_alive(KeepAlive::default()))
}

/// State of an event stream.
struct EventStream {
    changed: watch::Receiver<Option<SubmissionProgress>>,
    /// Progress to be sent; none after the last.
    next: Option<SubmissionProgress>,
    ends_at: Instant,
    _slots: StreamSlots,
}

impl EventStream {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold((self, None), |(mut stream, last)| async move {
            if last.is_some() {
                stream.next = stream.change(last).await;
            }
            let (state, JobProgress { done, total }) = stream.next?;
            let text = serde_json::json!({ "state": state, "done": done, "total": total });
            let event = Event::default().data(text.to_string());
            let sent = stream.next;
            Some((Ok(event), (stream, sent)))
        })
        .fuse()
    }

    /// The next progress that differs from `last`; none after a final state, and at the end of
    /// the stream.
    async fn change(&mut self, last: Option<SubmissionProgress>) -> Option<SubmissionProgress> {
        if last.is_some_and(|(state, _)| state.is_final()) {
            return None;
        }
        let next = self.changed.wait_for(|now| now.is_some() && *now != last);
        let found = tokio::time::timeout_at(self.ends_at, next).await;
        found.ok()?.ok().and_then(|now| *now)
    }
}
