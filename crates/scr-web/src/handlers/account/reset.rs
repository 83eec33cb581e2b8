//! Password reset by a mailed link.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{OtherKeys, PublicStore};
use serde::Deserialize;

use super::answers::{NotePage, input_errors};
use crate::client::Client;
use crate::error::Failure;
use crate::handlers::draw::private_page;
use crate::limits::{Limit, Limits};
use crate::options::Options;

#[derive(Template)]
#[template(path = "account/reset.html")]
struct ResetPage;

/// Form that asks for a link.
#[derive(Deserialize)]
pub(crate) struct ResetForm {
    email: String,
}

/// Answers `/account/reset`: the form.
pub(crate) async fn reset_form() -> Result<Response, Failure> {
    private_page(StatusCode::OK, &ResetPage)
}

/// Mails a link if the address has an account. The answer does not wait for the mail, so
/// that its time does not reveal an account.
pub(crate) async fn reset(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    Form(form): Form<ResetForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0).await?;
    let email = form.email.trim().to_lowercase();
    limits.check(Limit::MailTo, &email).await?;
    tokio::spawn(async move {
        if let Err(error) = store.accounts().request_reset(&email).await {
            tracing::error!(error = &error as &dyn std::error::Error, "no link was mailed");
        }
    });
    let note = NotePage {
        title: "Check your mail",
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
    errors: Vec<String>,
}

/// Form of a new password.
#[derive(Deserialize)]
pub(crate) struct NewPasswordForm {
    link: String,
    password: String,
    /// Check box that keeps tokens and identities.
    keep: Option<String>,
}

/// Answers `/account/new-password?link=SECRET`: the form, which does not use up the link.
pub(crate) async fn new_password_form(options: Options) -> Result<Response, Failure> {
    let link = options.first("link").unwrap_or_default().to_owned();
    private_page(StatusCode::OK, &NewPasswordPage { link, errors: Vec::new() })
}

/// Sets the password and revokes all other credentials.
pub(crate) async fn set_new(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    Form(form): Form<NewPasswordForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0).await?;
    let keys = OtherKeys::kept_if(form.keep.is_some());
    let errors = match input_errors(
        store.accounts().reset_password(&form.link, &form.password, keys).await,
    )? {
        Ok(true) => {
            let note = NotePage {
                title: "The password is set",
                text: match keys {
                    OtherKeys::Ended => {
                        "The site signed out all browsers, revoked all tokens and disconnected all \
                         identities."
                    }
                    OtherKeys::Kept => "The site signed out all browsers.",
                },
                way_on: Some(("/account/sign-in", "Sign in")),
            };
            return private_page(StatusCode::OK, &note);
        }
        Ok(false) => vec!["This link is used or has expired: ask for another.".to_owned()],
        Err(errors) => errors,
    };
    let page = NewPasswordPage { link: form.link, errors };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
