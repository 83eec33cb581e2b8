//! Sign-in with an identity provider such as ORCID: redirect, return, and the question for
//! an unknown identity.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{Identity, PublicStore};
use serde::Deserialize;

use super::answers::{NotePage, input_errors};
use super::browser::Browser;
use super::password::{NOT_THE_PASSWORD, is_password};
use super::sign_in;
use super::sign_up::check_mail_note;
use crate::address;
use crate::client::Client;
use crate::error::Failure;
use crate::extractors::{self, Member, Visitor};
use crate::handlers::draw::private_page;
use crate::identity::{Provider, ProviderError, Providers, SignInAttempt};
use crate::limits::{Limit, Limits};
use crate::options::Options;
use crate::settings::SiteSettings;

/// Page of connected identities.
const IDENTITIES: &str = "/account/identities";
/// Message for a browser without an attempt.
const NOT_BEGUN: &str = "This browser has no sign-in attempt, or it has expired. Start again.";

/// Page for an identity that belongs to no account yet.
#[derive(Template)]
#[template(path = "account/identity.html")]
struct IdentityPage {
    provider: String,
    subject: String,
    /// E-mail address of the signed-in account; without one the visitor can sign up.
    member: Option<String>,
    name: String,
    email: String,
    errors: Vec<String>,
}

/// Provider in the path, with its redirect URI.
pub(crate) struct ProviderPath {
    providers: Arc<Providers>,
    id: String,
    back: String,
}

impl<S> FromRequestParts<S> for ProviderPath
where
    Arc<Providers>: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let id = extractors::named(parts, "provider").await?;
        let back = format!("/account/with/{id}/arrived");
        let back = Arc::<SiteSettings>::from_ref(state).url_of(&back).ok_or(Failure::NoPage)?;
        let at = Self { providers: Arc::from_ref(state), id, back };
        at.provider()?;
        Ok(at)
    }
}

impl ProviderPath {
    fn provider(&self) -> Result<&Provider, Failure> {
        self.providers.with_id(&self.id).ok_or(Failure::NoPage)
    }
}

/// Answers `/account/with/PROVIDER?next=ADDRESS`: a redirect to the provider. `link=SECRET`
/// confirms an address with the identity.
pub(crate) async fn go_to_provider(
    at: ProviderPath,
    browser: Browser,
    options: Options,
) -> Result<Response, Failure> {
    let provider = at.provider()?;
    let next = address::own(options.first("next").unwrap_or_default());
    let attempt = SignInAttempt::begin(&at.id, next, options.first("link").unwrap_or_default())?;
    let there = provider.address(&attempt, &at.back).await;
    let there = there.map_err(|error| provider_failure(provider, &error))?;
    Ok((browser.begin(attempt), Redirect::to(there.as_str())).into_response())
}

/// Answers `/account/with/PROVIDER/arrived`, the redirect URI: signs in with a known
/// identity, confirms an address, or asks for the account of an unknown identity.
pub(crate) async fn arrive(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    at: ProviderPath,
    client: Client,
    Visitor(visitor): Visitor,
    browser: Browser,
    options: Options,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0).await?;
    let provider = at.provider()?;
    let refuse = |next: &str, error| sign_in::refuse(&at.providers, "", next, error);
    let state = options.first("state").unwrap_or_default();
    // Providers that name themselves are held to it (RFC 9207).
    let is_other = options.first("iss").is_some_and(|named| named != provider.issuer());
    let begun = browser.attempt().filter(|begun| !is_other && begun.is_of(&at.id, state));
    let Some(attempt) = begun else { return refuse("/account", NOT_BEGUN) };
    let Some(code) = options.first("code") else {
        let error = "The provider did not sign you in, or you did not allow it.";
        return refuse(&attempt.next, error);
    };
    let person = provider.person(code, &attempt, &at.back).await;
    let person = person.map_err(|error| provider_failure(provider, &error))?;
    let user = if attempt.link.is_empty() {
        store.identities().account(&person.identity).await?
    } else {
        let confirmed = store.identities().confirm(&attempt.link, &person.identity).await?;
        let Some(user) = confirmed else {
            let error = "This link has expired, or belongs to another person: sign up again.";
            return refuse("/account", error);
        };
        Some(user)
    };
    let Some(user) = user else {
        store.identities().set_pending(attempt.secret(), &person.identity).await?;
        let page = IdentityPage {
            provider: provider.name().to_owned(),
            subject: person.identity.subject,
            member: visitor.map(|member| member.user.email),
            name: person.name,
            email: person.email,
            errors: Vec::new(),
        };
        return private_page(StatusCode::OK, &page);
    };
    if visitor.is_some_and(|member| member.user.id != user.id) {
        return opens_another();
    }
    Ok((browser.sign_in(&store, &user).await?, Redirect::to(&attempt.next)).into_response())
}

/// Sign-up form after an unknown identity.
#[derive(Deserialize)]
pub(crate) struct IdentitySignUpForm {
    name: String,
    email: String,
}

/// Creates an account with the shown identity; its address is to be confirmed.
pub(crate) async fn sign_up_with(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    client: Client,
    browser: Browser,
    Form(form): Form<IdentitySignUpForm>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0).await?;
    let email = form.email.trim();
    limits.check(Limit::MailTo, &email.to_lowercase()).await?;
    let Some((shown, provider)) = shown(&store, &providers, &browser).await? else {
        return sign_in::refuse(&providers, "", "/account", NOT_BEGUN);
    };
    let made = store.identities().sign_up(&shown, provider.id(), email, &form.name).await;
    let Err(errors) = input_errors(made)? else {
        let next = browser.attempt().map(|attempt| attempt.next).unwrap_or_default();
        return Ok((browser.remember_next(&next), check_mail_note()?).into_response());
    };
    let page = IdentityPage {
        provider: provider.name().to_owned(),
        subject: shown.subject,
        member: None,
        name: form.name,
        email: form.email,
        errors,
    };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Form that connects an identity.
#[derive(Deserialize)]
pub(crate) struct ConnectForm {
    password: String,
}

/// Connects the shown identity with the signed-in account. It needs the account's password,
/// so that a stranger at an open browser adds no credential.
pub(crate) async fn connect(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    member: Member,
    browser: Browser,
    Form(form): Form<ConnectForm>,
) -> Result<Response, Failure> {
    let Some((shown, provider)) = shown(&store, &providers, &browser).await? else {
        return sign_in::refuse(&providers, "", "/account", NOT_BEGUN);
    };
    if !is_password(&store, &limits, &member, &form.password).await? {
        let page = IdentityPage {
            provider: provider.name().to_owned(),
            subject: shown.subject,
            member: Some(member.user.email),
            name: String::new(),
            email: String::new(),
            errors: vec![NOT_THE_PASSWORD.to_owned()],
        };
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if !store.identities().connect(&member.user.id, &shown).await? {
        return opens_another();
    }
    Ok(Redirect::to(IDENTITIES).into_response())
}

#[derive(Template)]
#[template(path = "account/identities.html")]
struct IdentitiesPage {
    identities: Vec<Identity>,
    providers: Arc<Providers>,
}

/// Answers `/account/identities`: connected identities, and available providers.
pub(crate) async fn identities(
    State(store): State<PublicStore>,
    State(providers): State<Arc<Providers>>,
    member: Member,
) -> Result<Response, Failure> {
    let identities = store.identities().of_user(&member.user.id).await?;
    private_page(StatusCode::OK, &IdentitiesPage { identities, providers })
}

/// Form that disconnects an identity.
#[derive(Deserialize)]
pub(crate) struct DisconnectForm {
    issuer: String,
    subject: String,
}

/// Disconnects an identity from the account.
pub(crate) async fn disconnect(
    State(store): State<PublicStore>,
    member: Member,
    Form(DisconnectForm { issuer, subject }): Form<DisconnectForm>,
) -> Result<Redirect, Failure> {
    store.identities().disconnect(&member.user.id, &Identity { issuer, subject }).await?;
    Ok(Redirect::to(IDENTITIES))
}

/// Identity that this browser has shown, with its provider.
async fn shown<'a>(
    store: &PublicStore,
    providers: &'a Providers,
    browser: &Browser,
) -> Result<Option<(Identity, &'a Provider)>, Failure> {
    let Some(attempt) = browser.attempt() else { return Ok(None) };
    let Some(shown) = store.identities().pending(attempt.secret()).await? else { return Ok(None) };
    let mut list = providers.list().iter();
    let provider = list.find(|provider| provider.issuer() == shown.issuer);
    Ok(provider.map(|provider| (shown, provider)))
}

fn opens_another() -> Result<Response, Failure> {
    let note = NotePage {
        title: "The identity belongs to another account",
        text: "This identity is connected with another account here. Sign in with that one, or \
               disconnect it there first.",
        way_on: Some((IDENTITIES, "Your identities")),
    };
    private_page(StatusCode::CONFLICT, &note)
}

fn provider_failure(provider: &Provider, error: &ProviderError) -> Failure {
    let provider = provider.name();
    let cause = error as &dyn std::error::Error;
    tracing::warn!(provider, error = cause, "a provider of identities did not help");
    Failure::Provider { name: provider.to_owned() }
}
