//! Change of name and password.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use scr_store::{OtherKeys, PublicStore};
use serde::Deserialize;

use super::answers::{back_to_account, input_errors};
use super::browser::Browser;
use super::overview::refuse;
use super::password::{NOT_THE_PASSWORD, is_password};
use crate::error::Failure;
use crate::extractors::Member;
use crate::limits::Limits;

/// Form of a new name.
#[derive(Deserialize)]
pub(crate) struct NameForm {
    name: String,
}

/// Changes the name.
pub(crate) async fn set_name(
    State(store): State<PublicStore>,
    member: Member,
    Form(form): Form<NameForm>,
) -> Result<Response, Failure> {
    match input_errors(store.accounts().set_name(&member.user.id, &form.name).await)? {
        Ok(()) => Ok(back_to_account()),
        Err(errors) => refuse(&store, member, errors).await,
    }
}

/// Form of a new password.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    new: String,
    /// Check box that keeps tokens and identities.
    keep: Option<String>,
}

/// Changes the password, revokes all other credentials and begins a new session.
pub(crate) async fn set_password(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    member: Member,
    browser: Browser,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Failure> {
    if !is_password(&store, &limits, &member, &form.old).await? {
        return refuse(&store, member, vec![NOT_THE_PASSWORD.to_owned()]).await;
    }
    let keys = OtherKeys::kept_if(form.keep.is_some());
    if let Err(errors) =
        input_errors(store.accounts().set_password(&member.user.id, &form.new, keys).await)?
    {
        return refuse(&store, member, errors).await;
    }
    Ok((browser.sign_in(&store, &member.user).await?, back_to_account()).into_response())
}
