//! Signing up: an account whose address is confirmed by a link that is mailed.
//!
//! The answer is the same whether the address has an account or not; the mail tells.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use scr_store::{Confirmed, PublicStore};
use serde::Deserialize;

use super::browser::Browser;
use super::{NotePage, done, private_page, wrong};
use crate::error::Failure;
use crate::extractors::Options;
use crate::identity::{Provider, Providers};
use crate::limits::{Client, Limit, Limits};

#[derive(Template)]
#[template(path = "account/sign_up.html")]
struct SignUpPage<'a> {
    name: &'a str,
    email: &'a str,
    providers: &'a [Provider],
    wrong: Vec<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct SignUp {
    name: String,
    email: String,
    password: String,
}

/// Answers `/account/sign-up`: the form.
pub(crate) async fn ask_sign_up(
    State(providers): State<Arc<Providers>>,
) -> Result<Response, Failure> {
    let providers = providers.list();
    let page = SignUpPage { name: "", email: "", providers, wrong: Vec::new() };
    private_page(StatusCode::OK, &page)
}

/// Makes an account that is to be confirmed.
pub(crate) async fn sign_up(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    client: Client,
    Form(form): Form<SignUp>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0)?;
    let email = form.email.trim();
    limits.check(Limit::MailTo, &email.to_lowercase())?;
    let made = store.sign_up(email, &form.name, &form.password).await;
    let Err(wrong) = wrong(made)? else { return look_into_mail() };
    let (name, email, providers) = (&form.name, &form.email, providers.list());
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &SignUpPage { name, email, providers, wrong })
}

/// That a mail is on its way, whatever it says.
pub(super) fn look_into_mail() -> Result<Response, Failure> {
    let note = NotePage {
        title: "Look into your mail",
        text: "A mail is on its way to the address that you gave. Open the link in it within a \
               day, and the account is yours.",
        way_on: None,
    };
    private_page(StatusCode::OK, &note)
}

#[derive(Template)]
#[template(path = "account/confirm.html")]
struct ConfirmPage<'a> {
    link: &'a str,
    /// Of the identity that signed up; without one it was a password.
    provider: Option<&'a Provider>,
    wrong: Option<&'static str>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Confirmation {
    link: String,
    password: String,
}

/// Answers `/account/confirm?link=SECRET`: the form, or with `with=PROVIDER` the way to
/// the provider. Looking at it uses nothing up, since programs that scan mails look at
/// it too.
pub(crate) async fn ask_confirm(
    State(providers): State<Arc<Providers>>,
    options: Options,
) -> Result<Response, Failure> {
    let link = options.first("link").unwrap_or_default();
    let provider = options.first("with").and_then(|id| providers.with_id(id));
    private_page(StatusCode::OK, &ConfirmPage { link, provider, wrong: None })
}

/// Confirms the address and signs in.
pub(crate) async fn confirm(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    browser: Browser,
    Form(form): Form<Confirmation>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0)?;
    let wrong = match store.confirm(&form.link, &form.password).await? {
        Confirmed::Yes(user) => {
            return Ok((browser.sign_in(&store, &user).await?, done()).into_response());
        }
        Confirmed::OtherPassword => "This is not the password that you chose when you signed up.",
        Confirmed::NoLink => "This link is used or over: sign up again.",
    };
    let page = ConfirmPage { link: &form.link, provider: None, wrong: Some(wrong) };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
