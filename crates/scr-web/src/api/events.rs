//! Event stream of a submission: its state and progress as server-sent events.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use scr_documents::SubmissionState;
use scr_store::{JobProgress, PublicStore};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::ToSchema;

use super::refusals;
use super::submissions::visible;
use crate::client::Client;
use crate::error::Failure;
use crate::extractors::Authenticated;
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

/// Interval at which the store is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(400);
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
    caller: Authenticated,
    client: Client,
    Path(id): Path<String>,
    RequestConnection(connection): RequestConnection,
) -> Result<impl IntoResponse, Failure> {
    let submission = visible(&store, &caller, id).await?;
    let slots = transfers.stream(&caller.0.user, client, connection);
    Ok(Sse::new(changes(store, submission.id, slots)).keep_alive(KeepAlive::default()))
}

/// State of an event stream.
struct EventStream {
    store: PublicStore,
    submission_id: String,
    started: Instant,
    last_sent: Option<(SubmissionState, JobProgress)>,
    _slots: StreamSlots,
}

fn changes(
    store: PublicStore,
    submission_id: String,
    slots: StreamSlots,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let start = EventStream {
        store,
        submission_id,
        started: Instant::now(),
        last_sent: None,
        _slots: slots,
    };
    stream::unfold(start, |mut stream| async move {
        loop {
            if stream.last_sent.is_some_and(|(state, _)| state.is_final()) {
                return None;
            }
            if stream.last_sent.is_some() {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            let now = stream.store.submissions().progress(&stream.submission_id).await.ok()??;
            if stream.last_sent != Some(now) {
                stream.last_sent = Some(now);
                let (state, JobProgress { done, total }) = now;
                let text = serde_json::json!({ "state": state, "done": done, "total": total });
                return Some((Ok(Event::default().data(text.to_string())), stream));
            }
            if stream.started.elapsed() > MAX_STREAM_DURATION {
                return None;
            }
        }
    })
    .fuse()
}
