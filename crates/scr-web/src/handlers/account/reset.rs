//! Setting another password where the old one is lost, by a link that is mailed.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{OtherKeys, PublicStore};
use serde::Deserialize;

use super::{NotePage, private_page, wrong};
use crate::error::Failure;
use crate::extractors::Options;
use crate::limits::{Client, Limit, Limits};

#[derive(Template)]
#[template(path = "account/reset.html")]
struct ResetPage;

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Asked {
    email: String,
}

/// Answers `/account/reset`: the form.
pub(crate) async fn ask_reset() -> Result<Response, Failure> {
    private_page(StatusCode::OK, &ResetPage)
}

/// Mails a link, where the address has an account. The answer does not wait for it, so
/// that it takes as long where there is none.
pub(crate) async fn reset(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    Form(form): Form<Asked>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0)?;
    let email = form.email.trim().to_lowercase();
    limits.check(Limit::MailTo, &email)?;
    tokio::spawn(async move {
        if let Err(error) = store.ask_reset(&email).await {
            tracing::error!(error = &error as &dyn std::error::Error, "no link was mailed");
        }
    });
    let note = NotePage {
        title: "Look into your mail",
        text: "If there is an account with this address, a mail is on its way to it. Open the \
               link in it within a day to set another password.",
        way_on: None,
    };
    private_page(StatusCode::OK, &note)
}

#[derive(Template)]
#[template(path = "account/new_password.html")]
struct NewPasswordPage {
    link: String,
    wrong: Vec<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    link: String,
    password: String,
    /// A box: tokens and identities stay.
    keep: Option<String>,
}

/// Answers `/account/new-password?link=SECRET`: the form, which uses nothing up.
pub(crate) async fn ask_new(options: Options) -> Result<Response, Failure> {
    let link = options.first("link").unwrap_or_default().to_owned();
    private_page(StatusCode::OK, &NewPasswordPage { link, wrong: Vec::new() })
}

/// Sets the password and ends what else opens the account.
pub(crate) async fn set_new(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    Form(form): Form<NewPassword>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0)?;
    let keys = OtherKeys::kept_if(form.keep.is_some());
    let wrong = match wrong(store.reset_password(&form.link, &form.password, keys).await)? {
        Ok(true) => {
            let note = NotePage {
                title: "The password is set",
                text: match keys {
                    OtherKeys::Ended => {
                        "Every browser that was signed in is signed out, every token is void, and \
                         no identity from elsewhere opens the account."
                    }
                    OtherKeys::Kept => "Every browser that was signed in is signed out.",
                },
                way_on: Some(("/account/sign-in", "Sign in")),
            };
            return private_page(StatusCode::OK, &note);
        }
        Ok(false) => vec!["This link is used or over: ask for another.".to_owned()],
        Err(wrong) => wrong,
    };
    let page = NewPasswordPage { link: form.link, wrong };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
