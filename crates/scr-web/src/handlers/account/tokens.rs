//! Tokens: creation, which shows the token once, and revocation.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{AccountError, PublicStore, Scope, TokenLifetime};
use serde::Deserialize;

use super::answers::{back_to_account, input_errors};
use super::overview::refuse;
use super::password::{NOT_THE_PASSWORD, is_password};
use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::draw::private_page;
use crate::limits::Limits;

#[derive(Template)]
#[template(path = "account/token.html")]
struct TokenPage {
    token: String,
}

/// Form of a new token, with a checkbox per scope.
#[derive(Deserialize)]
pub(crate) struct NewTokenForm {
    #[serde(default)]
    note: String,
    submit: Option<String>,
    review: Option<String>,
    read: Option<String>,
    account: Option<String>,
    /// Days until expiry, or `never`; the default lifetime if absent.
    #[serde(default)]
    expires: String,
    #[serde(default)]
    password: String,
}

/// Form of a revocation.
#[derive(Deserialize)]
pub(crate) struct RevokeTokenForm {
    token: String,
}

/// Creates a token and shows it once. It needs the account's password, so that a stranger
/// at an open browser gets no credential.
pub(crate) async fn create_token(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    member: Member,
    Form(form): Form<NewTokenForm>,
) -> Result<Response, Failure> {
    if !is_password(&store, &limits, &member, &form.password).await? {
        return refuse(&store, member, vec![NOT_THE_PASSWORD.to_owned()]).await;
    }
    let boxes = [
        (Scope::Submit, form.submit),
        (Scope::Review, form.review),
        (Scope::Read, form.read),
        (Scope::Account, form.account),
    ];
    let scopes = boxes.into_iter().filter_map(|(scope, ticked)| ticked.map(|_| scope));
    let lifetime = match form.expires.as_str() {
        "" => TokenLifetime::default(),
        chosen => match chosen.parse() {
            Ok(lifetime) => lifetime,
            Err(error) => return refuse(&store, member, vec![format!("expiry: {error}")]).await,
        },
    };
    let user = &member.user.email;
    match input_errors(store.tokens().create_for(lifetime, user, scopes, form.note.trim()).await)? {
        Ok(token) => private_page(StatusCode::OK, &TokenPage { token }),
        Err(errors) => refuse(&store, member, errors).await,
    }
}

/// Revokes a token of the member.
pub(crate) async fn revoke_token(
    State(store): State<PublicStore>,
    member: Member,
    Form(form): Form<RevokeTokenForm>,
) -> Result<Response, Failure> {
    match store.tokens().revoke_own(&member.user.id, &form.token).await {
        Ok(()) => Ok(back_to_account()),
        Err(AccountError::UnknownToken) => {
            refuse(&store, member, vec!["There is no such token.".to_owned()]).await
        }
        Err(other) => Err(other.into()),
    }
}
