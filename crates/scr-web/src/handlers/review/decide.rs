//! Decision of a curator, by form.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{PublicStore, SubmissionError};
use serde::Deserialize;

use super::access::decidable;
use super::one::{MissingText, page};
use crate::address;
use crate::bodies::UnreadBody;
use crate::error::Failure;
use crate::extractors::Member;

/// Form of a return.
#[derive(Deserialize)]
pub(crate) struct ReturnForm {
    #[serde(default)]
    message: String,
}

/// Form of a publication, with the answer to flags.
#[derive(Deserialize)]
pub(crate) struct PublishForm {
    #[serde(default)]
    answer: String,
}

/// Publishes the submission. Without an answer to flags the page comes back.
pub(crate) async fn publish(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
    body: UnreadBody,
) -> Result<Response, Failure> {
    let submission = decidable(&store, &member, id).await?;
    let PublishForm { answer } = body.form().await?;
    match store.submissions().accept(&submission.id, &member.user.id, &answer).await {
        Err(SubmissionError::Unanswered { .. }) => {
            page(&store, &member, submission, Some(MissingText::Answer)).await
        }
        accepted => {
            accepted?;
            Ok(Redirect::to(&address::submission(&submission.id)).into_response())
        }
    }
}

/// Returns the submission with a message. Without a message the page comes back.
pub(crate) async fn send_back(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
    body: UnreadBody,
) -> Result<Response, Failure> {
    let submission = decidable(&store, &member, id).await?;
    let ReturnForm { message } = body.form().await?;
    let message = message.trim().replace("\r\n", "\n");
    if message.is_empty() {
        return page(&store, &member, submission, Some(MissingText::Message)).await;
    }
    store.submissions().return_to_submitter(&submission.id, &member.user.id, &message).await?;
    Ok(Redirect::to("/review").into_response())
}
