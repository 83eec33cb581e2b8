//! Account deletion. Published entries stay, without the account.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use scr_store::{PublicStore, SubmissionError};
use serde::Deserialize;

use super::answers::NotePage;
use super::browser::Browser;
use super::overview::refuse;
use super::password::{NOT_THE_PASSWORD, is_password};
use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::draw::private_page;
use crate::limits::Limits;

/// Form of an account deletion.
#[derive(Deserialize)]
pub(crate) struct DeletionForm {
    password: String,
}

/// Deletes the account and withdraws its unpublished submissions.
pub(crate) async fn delete(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    member: Member,
    browser: Browser,
    Form(form): Form<DeletionForm>,
) -> Result<Response, Failure> {
    if !is_password(&store, &limits, &member, &form.password).await? {
        return refuse(&store, member, vec![NOT_THE_PASSWORD.to_owned()]).await;
    }
    let user = &member.user.id;
    for id in store.submissions().ids_of_user(user).await? {
        match store.submissions().withdraw(&id, user).await {
            // It is published, or was withdrawn before.
            Ok(()) | Err(SubmissionError::State { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    store.accounts().remove(user).await?;
    let note = NotePage {
        title: "The account is deleted",
        text: "Name and address are gone from this site. Entries that were published stay, with \
               the authors on their cards.",
        way_on: Some(("/", "All benchmarks")),
    };
    let page = private_page(StatusCode::OK, &note)?;
    Ok((browser.sign_out(&store).await?, page).into_response())
}
