//! Signing in by address and password, and signing out.
//!
//! Every sign-in begins a session of its own and ends the one that the browser had,
//! so that no secret from before it opens anything after it.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use scr_store::{Store, UserRow};
use serde::Deserialize;

use super::private_page;
use crate::address;
use crate::error::Failure;
use crate::extractors::{Options, Visitor};
use crate::limits::{Client, Limit, Limits};
use crate::routes::SiteSettings;
use crate::session;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    email: String,
    next: String,
    wrong: Option<&'static str>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Answers `/account/sign-in?next=ADDRESS`: the form, or the address at once for
/// who is signed in.
pub(crate) async fn ask(Visitor(visitor): Visitor, options: Options) -> Result<Response, Failure> {
    let next = address::own(options.first("next").unwrap_or_default()).to_owned();
    if visitor.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    private_page(StatusCode::OK, &SignInPage { email: String::new(), next, wrong: None })
}

/// Signs in.
pub(crate) async fn sign_in(
    State(store): State<Store>,
    State(settings): State<Arc<SiteSettings>>,
    State(limits): State<Arc<Limits>>,
    client: Client,
    jar: CookieJar,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0)?;
    limits.check(Limit::PasswordOfAccount, &form.email.trim().to_lowercase())?;
    let next = address::own(&form.next).to_owned();
    let wrong = match store.verify_password(form.email.trim(), &form.password).await? {
        Some(user) if user.confirmed_at.is_some() => {
            let jar = begin(&store, &settings, jar, &headers, &user).await?;
            return Ok((jar, Redirect::to(&next)).into_response());
        }
        Some(_) => "This address is not confirmed yet: open the link in the mail.",
        None => "Address or password is not right.",
    };
    let page = SignInPage { email: form.email, next, wrong: Some(wrong) };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The jar with a new session of a person, and without the one that the browser had.
pub(crate) async fn begin(
    store: &Store,
    settings: &SiteSettings,
    jar: CookieJar,
    headers: &HeaderMap,
    user: &UserRow,
) -> Result<CookieJar, Failure> {
    end(store, &jar, settings).await?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let secret = store.begin_session(&user.id, agent.unwrap_or_default()).await?;
    Ok(session::begun(jar, secret, settings))
}

/// Signs out; who is not signed in stays so.
pub(crate) async fn sign_out(
    State(store): State<Store>,
    State(settings): State<Arc<SiteSettings>>,
    jar: CookieJar,
) -> Result<Response, Failure> {
    end(&store, &jar, &settings).await?;
    Ok((session::ended(jar, &settings), Redirect::to("/")).into_response())
}

/// Ends the session whose cookie the jar holds.
async fn end(store: &Store, jar: &CookieJar, settings: &SiteSettings) -> Result<(), Failure> {
    let Some(cookie) = session::cookie(jar, settings) else { return Ok(()) };
    if let Some((user, session)) = store.session(cookie.value()).await? {
        store.end_session(&user.id, &session.digest).await?;
    }
    Ok(())
}
