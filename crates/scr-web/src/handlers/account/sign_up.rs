//! Signing up: an account whose address is confirmed by a link that is mailed.
//!
//! The answer is the same whether the address has an account or not; the mail tells.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use scr_store::{Confirmed, Store};
use serde::Deserialize;

use super::sign_in::begin;
use super::{NotePage, done, private_page, wrong};
use crate::error::Failure;
use crate::extractors::Options;
use crate::limits::{Client, Limit, Limits};
use crate::routes::SiteSettings;

#[derive(Template, Default)]
#[template(path = "account/sign_up.html")]
struct SignUpPage {
    name: String,
    email: String,
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
pub(crate) async fn ask_sign_up() -> Result<Response, Failure> {
    private_page(StatusCode::OK, &SignUpPage::default())
}

/// Makes an account that is to be confirmed.
pub(crate) async fn sign_up(
    State(store): State<Store>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    Form(form): Form<SignUp>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0)?;
    let email = form.email.trim();
    limits.check(Limit::MailTo, &email.to_lowercase())?;
    let made = wrong(store.sign_up(email, &form.name, &form.password).await)?;
    if let Err(wrong) = made {
        let page = SignUpPage { name: form.name, email: form.email, wrong };
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
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
struct ConfirmPage {
    link: String,
    wrong: Option<&'static str>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Confirmation {
    link: String,
    password: String,
}

/// Answers `/account/confirm?link=SECRET`: the form. Looking at it uses nothing up,
/// since programs that scan mails look at it too.
pub(crate) async fn ask_confirm(options: Options) -> Result<Response, Failure> {
    let link = options.first("link").unwrap_or_default().to_owned();
    private_page(StatusCode::OK, &ConfirmPage { link, wrong: None })
}

/// Confirms the address and signs in.
pub(crate) async fn confirm(
    State(store): State<Store>,
    State(settings): State<Arc<SiteSettings>>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    jar: CookieJar,
    headers: HeaderMap,
    Form(form): Form<Confirmation>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0)?;
    let wrong = match store.confirm(&form.link, &form.password).await? {
        Confirmed::Yes(user) => {
            let jar = begin(&store, &settings, jar, &headers, &user).await?;
            return Ok((jar, done()).into_response());
        }
        Confirmed::OtherPassword => "This is not the password that you chose when you signed up.",
        Confirmed::NoLink => "This link is used or over: sign up again.",
    };
    let page = ConfirmPage { link: form.link, wrong: Some(wrong) };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
