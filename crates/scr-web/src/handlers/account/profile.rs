//! Changing one's name and password.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use scr_store::{OtherKeys, PublicStore};
use serde::Deserialize;

use super::browser::Browser;
use super::overview::refuse;
use super::{NOT_THE_PASSWORD, done, is_password, wrong};
use crate::error::Failure;
use crate::extractors::Member;
use crate::limits::Limits;

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct NewName {
    name: String,
}

/// Changes the name.
pub(crate) async fn set_name(
    State(store): State<PublicStore>,
    member: Member,
    Form(form): Form<NewName>,
) -> Result<Response, Failure> {
    match wrong(store.set_name(&member.user.id, &form.name).await)? {
        Ok(()) => Ok(done()),
        Err(wrong) => refuse(&store, member, wrong).await,
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct ChangedPassword {
    old: String,
    new: String,
    /// A box: tokens and identities stay.
    keep: Option<String>,
}

/// Changes the password, ends what else opens the account and begins a session for this
/// browser.
pub(crate) async fn set_password(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    member: Member,
    browser: Browser,
    Form(form): Form<ChangedPassword>,
) -> Result<Response, Failure> {
    if !is_password(&store, &limits, &member, &form.old).await? {
        return refuse(&store, member, vec![NOT_THE_PASSWORD.to_owned()]).await;
    }
    let keys = OtherKeys::kept_if(form.keep.is_some());
    if let Err(wrong) = wrong(store.set_password(&member.user.id, &form.new, keys).await)? {
        return refuse(&store, member, wrong).await;
    }
    Ok((browser.sign_in(&store, &member.user).await?, done()).into_response())
}
