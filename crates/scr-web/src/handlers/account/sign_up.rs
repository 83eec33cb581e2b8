//! Sign-up with confirmation of the address by a mailed link.
//!
//! The answer does not reveal if the address has an account; only the mail does.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{Confirmation, PublicStore};
use serde::Deserialize;

use super::answers::{NotePage, input_errors};
use super::browser::Browser;
use crate::address;
use crate::client::Client;
use crate::error::Failure;
use crate::handlers::draw::private_page;
use crate::identity::{Provider, Providers};
use crate::limits::{Limit, Limits};
use crate::options::Options;

#[derive(Template)]
#[template(path = "account/sign_up.html")]
struct SignUpPage<'a> {
    name: &'a str,
    email: &'a str,
    /// Page to open once the address is confirmed.
    next: &'a str,
    providers: &'a [Provider],
    errors: Vec<String>,
}

/// Sign-up form.
#[derive(Deserialize)]
pub(crate) struct SignUpForm {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Answers `/account/sign-up?next=ADDRESS`: the form.
pub(crate) async fn sign_up_form(
    State(providers): State<Arc<Providers>>,
    options: Options,
) -> Result<Response, Failure> {
    let next = address::own(options.first("next").unwrap_or_default());
    let providers = providers.list();
    let page = SignUpPage { name: "", email: "", next, providers, errors: Vec::new() };
    private_page(StatusCode::OK, &page)
}

/// Creates an account, whose address is to be confirmed.
pub(crate) async fn sign_up(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    client: Client,
    browser: Browser,
    Form(form): Form<SignUpForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0).await?;
    let email = form.email.trim();
    limits.check(Limit::MailTo, &email.to_lowercase()).await?;
    let made = store.accounts().sign_up(email, &form.name, &form.password).await;
    let next = address::own(&form.next);
    let Err(errors) = input_errors(made)? else {
        return Ok((browser.remember_next(next), check_mail_note()?).into_response());
    };
    let name = &form.name;
    let email = &form.email;
    let providers = providers.list();
    let page = SignUpPage { name, email, next, providers, errors };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Note that a mail is on its way.
pub(super) fn check_mail_note() -> Result<Response, Failure> {
    let note = NotePage {
        title: "Check your mail",
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
    /// Page to open after the provider confirms the address.
    next: &'a str,
    /// Provider of an account that signed up with an identity; `None` for a password.
    provider: Option<&'a Provider>,
    error: Option<&'static str>,
}

/// Form of a confirmation.
#[derive(Deserialize)]
pub(crate) struct ConfirmForm {
    link: String,
    password: String,
}

/// Answers `/account/confirm?link=SECRET`: the form, or with `with=PROVIDER` a link to the
/// provider. It does not use up the link, since mail scanners open links too.
pub(crate) async fn confirm_form(
    State(providers): State<Arc<Providers>>,
    browser: Browser,
    options: Options,
) -> Result<Response, Failure> {
    let next = &browser.next();
    let link = options.first("link").unwrap_or_default();
    let provider = options.first("with").and_then(|id| providers.with_id(id));
    private_page(StatusCode::OK, &ConfirmPage { link, next, provider, error: None })
}

/// Confirms the address and signs in.
pub(crate) async fn confirm(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0).await?;
    let error = match store.accounts().confirm(&form.link, &form.password).await? {
        Confirmation::Yes(user) => {
            let next = browser.next();
            return Ok((browser.sign_in(&store, &user).await?, Redirect::to(&next)).into_response());
        }
        Confirmation::OtherPassword => {
            "This is not the password that you chose when you signed up."
        }
        Confirmation::NoLink => "This link is used or has expired: sign up again.",
    };
    let page = ConfirmPage { link: &form.link, next: "", provider: None, error: Some(error) };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
