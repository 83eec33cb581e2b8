//! The pages of a person's account: signing up, in and out, and what they have here.
//!
//! Each form is a plain POST that answers with a redirect, or with its page again
//! and what is wrong. None of these pages is kept by a browser.

mod browser;
mod delete;
mod identity;
mod overview;
mod own_data;
mod profile;
mod reset;
mod sessions;
mod sign_in;
mod sign_up;
mod tokens;

pub(crate) use delete::delete;
pub(crate) use identity::{arrive, connect, disconnect, go_to_provider, identities, sign_up_with};
pub(crate) use overview::overview;
pub(crate) use own_data::{OwnData, OwnToken, data_of, own_data, tokens_of};
pub(crate) use profile::{set_name, set_password};
pub(crate) use reset::{ask_new, ask_reset, reset, set_new};
pub(crate) use sessions::{end_all_sessions, end_session};
pub(crate) use sign_in::{ask, sign_in, sign_out};
pub(crate) use sign_up::{ask_confirm, ask_sign_up, confirm, sign_up};
pub(crate) use tokens::{create_token, revoke_token};

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use scr_store::{PublicStore, StoreError};

use crate::error::Failure;
use crate::extractors::Member;
use crate::limits::{Limit, Limits};

/// A page that says one thing.
#[derive(Template)]
#[template(path = "account/note.html")]
struct NotePage {
    title: &'static str,
    text: &'static str,
    /// Where to go from here, and what that is called.
    way_on: Option<(&'static str, &'static str)>,
}

/// Draws a page that is its reader's alone.
pub(super) fn private_page(
    status: StatusCode,
    template: &impl Template,
) -> Result<Response, Failure> {
    let mut response = (status, Html(template.render()?)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What is said where a password is asked for again and is not right.
const NOT_THE_PASSWORD: &str = "The password is not right.";

/// Whether this is the password of who is signed in; counted as a sign-in is.
async fn is_password(
    store: &PublicStore,
    limits: &Limits,
    member: &Member,
    password: &str,
) -> Result<bool, Failure> {
    limits.check(Limit::PasswordOfAccount, &member.user.email)?;
    Ok(store.verify_password(&member.user.email, password).await?.is_some())
}

/// Back to the account's page.
fn done() -> Response {
    Redirect::to("/account").into_response()
}

/// What is wrong with what was typed, a sentence each. Any other error ends the request.
fn wrong<T>(result: Result<T, StoreError>) -> Result<Result<T, Vec<String>>, Failure> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(StoreError::Account { problems }) => Ok(Err(problems
            .list()
            .iter()
            .map(|problem| {
                let (place, expected) = (&problem.place, &problem.expected);
                format!("{place}: expected {expected}, found {}", problem.found)
            })
            .collect())),
        Err(StoreError::ScopeRefused { .. }) => {
            Ok(Err(vec!["Your role does not allow a token for reviewing.".to_owned()]))
        }
        Err(other) => Err(other.into()),
    }
}
