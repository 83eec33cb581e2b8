//! Session end: one session, or all at once.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::PublicStore;
use serde::Deserialize;

use super::answers::back_to_account;
use super::browser::Browser;
use crate::error::Failure;
use crate::extractors::Member;

/// Form with a session.
#[derive(Deserialize)]
pub(crate) struct EndSessionForm {
    session: String,
}

/// Ends one session of the member.
pub(crate) async fn end_session(
    State(store): State<PublicStore>,
    member: Member,
    Form(form): Form<EndSessionForm>,
) -> Result<Response, Failure> {
    store.sessions().end(&member.user.id, &form.session).await?;
    Ok(back_to_account())
}

/// Ends all sessions of the member, with the current one.
pub(crate) async fn end_all_sessions(
    State(store): State<PublicStore>,
    member: Member,
    browser: Browser,
) -> Result<Response, Failure> {
    store.sessions().end_all(&member.user.id).await?;
    Ok((browser.sign_out(&store).await?, Redirect::to("/")).into_response())
}
