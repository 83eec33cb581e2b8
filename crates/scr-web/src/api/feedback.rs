//! Messages of readers: a reader sends one, operators read them.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use scr_documents::{MessageList, SentMessage};
use scr_store::{FeedbackRow, PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::{PageQuery, cut};
use super::refusals;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::list_pages::place_text;
use crate::public_form::PublicJson;

/// Message of a reader to the operator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// Identifier of the benchmark concerned; empty for the site.
    #[serde(default)]
    benchmark: String,
    /// Mail address for an answer; empty without one.
    #[serde(default)]
    reply_to: String,
    /// The message.
    message: String,
}

fn sent(row: FeedbackRow) -> SentMessage {
    let FeedbackRow { id, benchmark_id, reply_to, message, sent_at } = row;
    SentMessage { id, benchmark: benchmark_id, reply_to, message, sent_at }
}

/// Sends a message to the operator. Needs no token; shares the rate limit of all public
/// forms.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "feedback",
    request_body = Message,
    responses(
        (status = 202, description = "The message is stored for the operator"),
        refusals::NoBenchmark,
        refusals::RateLimited,
        refusals::InvalidFields,
        refusals::UnreadableBody
    )
)]
pub(crate) async fn send(
    State(store): State<PublicStore>,
    PublicJson(sent): PublicJson<Message>,
) -> Result<StatusCode, Failure> {
    let Message { benchmark, reply_to, message } = sent;
    store.feedback().add(&benchmark, reply_to.trim(), &message).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Messages of readers, for operators, the newest first. `next` is the address of the messages that
/// follow; null at the end.
#[utoipa::path(
    get,
    path = "/api/v1/feedback",
    tag = "feedback",
    params(
        ("after" = Option<String>, Query, description = "Place after which the list begins, as `next` has it: time and identifier of a message"),
        ("limit" = Option<u32>, Query, description = "Largest number of messages, from 1 to 500, by default 100", minimum = 1, maximum = 500)
    ),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The messages", body = MessageList),
        refusals::InvalidQuery,
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::InvalidFields
    )
)]
pub(crate) async fn messages(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Query(query): Query<PageQuery>,
) -> Result<Json<MessageList>, Failure> {
    caller.operates(Scope::Read)?;
    let limit = query.limit()?;
    let mut found = store.feedback().list(query.time_and_id()?, limit + 1).await?;
    let next = cut(&mut found, limit, "/feedback", |last| place_text(&last.sent_at, &last.id));
    Ok(Json(MessageList { messages: found.into_iter().map(sent).collect(), next }))
}
