//! What a curator decides, by form.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{PublicStore, StoreError};
use serde::Deserialize;

use super::decidable;
use super::one::{Lack, page};
use crate::address;
use crate::bodies::Unread;
use crate::error::Failure;
use crate::extractors::Member;

/// Why a submission is returned.
#[derive(Deserialize)]
pub(crate) struct Return {
    #[serde(default)]
    message: String,
}

/// Answer to flags.
#[derive(Deserialize)]
pub(crate) struct Publish {
    #[serde(default)]
    answer: String,
}

/// Has the entry made. Without an answer to flags the page comes back.
pub(crate) async fn publish(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
    body: Unread,
) -> Result<Response, Failure> {
    let submission = decidable(&store, &member, id).await?;
    let Publish { answer } = body.form().await?;
    match store.submission_accepted(&submission.id, &member.user.id, &answer).await {
        Err(StoreError::Unanswered { .. }) => {
            page(&store, &member, submission, Some(Lack::Answer)).await
        }
        accepted => {
            accepted?;
            Ok(Redirect::to(&address::submission(&submission.id)).into_response())
        }
    }
}

/// Returns it with a message, without which the page comes back.
pub(crate) async fn send_back(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
    body: Unread,
) -> Result<Response, Failure> {
    let submission = decidable(&store, &member, id).await?;
    let Return { message } = body.form().await?;
    let message = message.trim().replace("\r\n", "\n");
    if message.is_empty() {
        return page(&store, &member, submission, Some(Lack::Message)).await;
    }
    store.submission_returned(&submission.id, &member.user.id, &message).await?;
    Ok(Redirect::to("/review").into_response())
}
