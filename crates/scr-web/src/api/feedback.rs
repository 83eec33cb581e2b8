//! Messages of readers: a reader sends one, operators read them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use scr_documents::{MessageList, SentMessage};
use scr_store::{FeedbackRow, PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use crate::error::Failure;
use crate::extractors::Authenticated;
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

/// Messages of readers, for operators.
#[utoipa::path(
    get,
    path = "/api/v1/feedback",
    tag = "feedback",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The messages", body = MessageList),
        refusals::Unauthenticated,
        refusals::Forbidden
    )
)]
pub(crate) async fn messages(
    State(store): State<PublicStore>,
    caller: Authenticated,
) -> Result<Json<MessageList>, Failure> {
    caller.operates(Scope::Read)?;
    let messages = store.feedback().list().await?.into_iter().map(sent).collect();
    Ok(Json(MessageList { messages }))
}
