//! Sign-in with address and password, and sign-out.
//!
//! Every sign-in begins a new session and ends the browser's old one, so that no earlier
//! secret stays valid (session fixation).

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::PublicStore;
use serde::Deserialize;

use super::browser::Browser;
use crate::address;
use crate::client::Client;
use crate::error::Failure;
use crate::extractors::Visitor;
use crate::handlers::draw::private_page;
use crate::identity::{Provider, Providers};
use crate::limits::{Limit, Limits};
use crate::options::Options;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage<'a> {
    email: &'a str,
    next: &'a str,
    providers: &'a [Provider],
    error: Option<&'static str>,
}

/// Sign-in form.
#[derive(Deserialize)]
pub(crate) struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Answers `/account/sign-in?next=ADDRESS`: the form, or a redirect for someone who is
/// signed in.
pub(crate) async fn sign_in_form(
    State(providers): State<Arc<Providers>>,
    Visitor(visitor): Visitor,
    options: Options,
) -> Result<Response, Failure> {
    let next = address::own(options.first("next").unwrap_or_default());
    if visitor.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let page = SignInPage { email: "", next, providers: providers.list(), error: None };
    private_page(StatusCode::OK, &page)
}

/// Form with an error.
pub(super) fn refuse(
    providers: &Providers,
    email: &str,
    next: &str,
    error: &'static str,
) -> Result<Response, Failure> {
    let page = SignInPage { email, next, providers: providers.list(), error: Some(error) };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Signs in.
pub(crate) async fn sign_in(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    client: Client,
    browser: Browser,
    Form(form): Form<SignInForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0).await?;
    limits.check(Limit::PasswordOfAccount, &form.email.trim().to_lowercase()).await?;
    let next = address::own(&form.next);
    let error = match store.accounts().verify_password(form.email.trim(), &form.password).await? {
        Some(user) if user.confirmed_at.is_some() => {
            let cookies = browser.sign_in(&store, &user).await?;
            return Ok((cookies, Redirect::to(next)).into_response());
        }
        Some(_) => "This address is not confirmed yet: open the link in the mail.",
        None => "Address or password is not right.",
    };
    refuse(&providers, &form.email, next, error)
}

/// Signs out; without a session nothing changes.
pub(crate) async fn sign_out(
    State(store): State<PublicStore>,
    browser: Browser,
) -> Result<Response, Failure> {
    Ok((browser.sign_out(&store).await?, Redirect::to("/")).into_response())
}
