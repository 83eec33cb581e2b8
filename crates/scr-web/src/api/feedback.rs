//! Messages of readers: sending one, and reading them as the operator.

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

/// What a reader wants the operator to know.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// The benchmark that it is about; empty where it is about the site.
    #[serde(default)]
    benchmark: String,
    /// A mail address for an answer; empty where none is wanted.
    #[serde(default)]
    reply_to: String,
    /// The message.
    message: String,
}

fn sent(row: FeedbackRow) -> SentMessage {
    let FeedbackRow { id, benchmark_id, reply_to, message, sent_at } = row;
    SentMessage { id, benchmark: benchmark_id, reply_to, message, sent_at }
}

/// Sends the operator a message. Needs no token; counted with all other forms for
/// everyone.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "feedback",
    request_body = Message,
    responses(
        (status = 202, description = "The operator will read it"),
        refusals::NoBenchmark,
        refusals::TooOften,
        refusals::Faulty,
        refusals::BodyRefusals
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

/// What readers wrote, for operators.
#[utoipa::path(
    get,
    path = "/api/v1/feedback",
    tag = "feedback",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The messages", body = MessageList),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn messages(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<Json<MessageList>, Failure> {
    signed.operates(Scope::Read)?;
    let messages = store.feedback().list().await?.into_iter().map(sent).collect();
    Ok(Json(MessageList { messages }))
}
