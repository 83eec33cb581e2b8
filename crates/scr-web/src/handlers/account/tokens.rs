//! Making a token, which is shown once, and making one void.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{PublicStore, Scope, StoreError};
use serde::Deserialize;

use super::overview::refuse;
use super::{NOT_THE_PASSWORD, done, is_password, private_page, wrong};
use crate::error::Failure;
use crate::extractors::Member;
use crate::limits::Limits;

#[derive(Template)]
#[template(path = "account/token.html")]
struct TokenPage {
    token: String,
}

/// What the form sends: a box a scope.
#[derive(Deserialize)]
pub(crate) struct NewToken {
    #[serde(default)]
    note: String,
    submit: Option<String>,
    review: Option<String>,
    read: Option<String>,
    account: Option<String>,
    #[serde(default)]
    password: String,
}

/// Which token.
#[derive(Deserialize)]
pub(crate) struct Revoked {
    token: String,
}

/// Makes a token for who knows the account's password, and shows it, this once: who finds
/// an open browser takes no key along.
pub(crate) async fn create_token(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    member: Member,
    Form(form): Form<NewToken>,
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
    match wrong(store.create_token(&member.user.email, scopes, form.note.trim()).await)? {
        Ok(token) => private_page(StatusCode::OK, &TokenPage { token }),
        Err(wrong) => refuse(&store, member, wrong).await,
    }
}

/// Makes a token of one's own void; another's is as good as none.
pub(crate) async fn revoke_token(
    State(store): State<PublicStore>,
    member: Member,
    Form(form): Form<Revoked>,
) -> Result<Response, Failure> {
    match store.revoke_own_token(&member.user.id, &form.token).await {
        Ok(()) => Ok(done()),
        Err(StoreError::UnknownToken) => {
            refuse(&store, member, vec!["There is no such token.".to_owned()]).await
        }
        Err(other) => Err(other.into()),
    }
}
