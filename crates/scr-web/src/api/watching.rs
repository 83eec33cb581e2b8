//! Looking at a submission on its way: its state as it changes, and its outlines.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use scr_documents::SubmissionState;
use scr_store::{JobProgress, PublicStore};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::ToSchema;

use super::refusals;
use super::submissions::seen;
use crate::client::Client;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::slots::RequestConnection;
use crate::transfers::{StreamSlots, Transfers};

/// A server-sent event, for the OpenAPI document.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "described alone: axum writes events")]
struct EventText {
    /// Kind: `message`.
    event: String,
    /// A JSON object of `state`, and `done` of `total` images.
    data: String,
}

/// How often the state is looked up.
const LOOKED_EVERY: Duration = Duration::from_millis(400);
/// How long one answer goes on; a browser then asks again by itself. A server that is
/// told to stop waits no longer than this.
const ANSWERED_FOR: Duration = Duration::from_secs(20);

/// The state of a submission as server-sent events, one at once and one for every
/// change: `{"state": "scoring", "done": 12, "total": 247}`, in images. Ends after a
/// final state, or after some seconds, when a browser asks again.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}/events",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The events", body = EventText, content_type = "text/event-stream"),
        refusals::Unsigned,
        refusals::NoSubmission
    )
)]
pub(crate) async fn events(
    State(store): State<PublicStore>,
    State(transfers): State<Arc<Transfers>>,
    signed: Authenticated,
    client: Client,
    Path(id): Path<String>,
    RequestConnection(connection): RequestConnection,
) -> Result<impl IntoResponse, Failure> {
    let submission = seen(&store, &signed, id).await?;
    let slots = transfers.stream(&signed.0.user, client, connection);
    Ok(Sse::new(changes(store, submission.id, slots)).keep_alive(KeepAlive::default()))
}

/// Where a stream of events is.
struct Watch {
    store: PublicStore,
    id: String,
    since: Instant,
    told: Option<(SubmissionState, JobProgress)>,
    _slots: StreamSlots,
}

fn changes(
    store: PublicStore,
    id: String,
    slots: StreamSlots,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let watch = Watch { store, id, since: Instant::now(), told: None, _slots: slots };
    stream::unfold(watch, |mut watch| async move {
        loop {
            if watch.told.is_some_and(|(state, _)| state.is_final()) {
                return None;
            }
            if watch.told.is_some() {
                tokio::time::sleep(LOOKED_EVERY).await;
            }
            let now = watch.store.submissions().progress(&watch.id).await.ok()??;
            if watch.told != Some(now) {
                watch.told = Some(now);
                let (state, JobProgress { done, total }) = now;
                let text = serde_json::json!({ "state": state, "done": done, "total": total });
                return Some((Ok(Event::default().data(text.to_string())), watch));
            }
            if watch.since.elapsed() > ANSWERED_FOR {
                return None;
            }
        }
    })
    .fuse()
}

/// The parts of an outline file's address.
#[derive(Deserialize)]
pub(crate) struct Parts {
    submission: String,
    file: String,
}

/// A submission's outlines in one image, in the form of an entry's, for its submitter
/// and for curators while its file is kept.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}/outlines/{image}.json",
    operation_id = "submission_outlines",
    tag = "submissions",
    params(
        ("submission" = String, Path, description = "Identifier of the submission"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::Unsigned,
        refusals::NoFile
    )
)]
pub(crate) async fn outlines(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(parts): Path<Parts>,
) -> Result<impl IntoResponse, Failure> {
    let image = parts.file.strip_suffix(".json").ok_or(Failure::NoFile)?;
    let submission = seen(&store, &signed, parts.submission).await?;
    let outlines =
        store.submissions().outlines(&submission, image).await?.ok_or(Failure::NoFile)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, outlines.to_json()))
}
