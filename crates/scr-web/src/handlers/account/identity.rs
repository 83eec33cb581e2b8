//! Signing in with an identity from elsewhere, such as ORCID: going there, coming back,
//! and what is asked when the identity opens no account yet.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::{Identity, PublicStore};
use serde::Deserialize;

use super::browser::Browser;
use super::sign_in;
use super::sign_up::look_into_mail;
use super::{NOT_THE_PASSWORD, NotePage, is_password, private_page, wrong};
use crate::address;
use crate::error::Failure;
use crate::extractors::{self, Member, Options, Visitor};
use crate::identity::{Attempt, Provider, ProviderError, Providers};
use crate::limits::{Client, Limit, Limits};
use crate::routes::SiteSettings;

/// The page of what opens an account.
const IDENTITIES: &str = "/account/identities";
/// What is said where a browser comes with nothing that it began here.
const NOT_BEGUN: &str = "This was not begun in this browser, or too long ago. Begin again.";

/// An identity that opens no account yet, and its owner is asked.
#[derive(Template)]
#[template(path = "account/identity.html")]
struct IdentityPage {
    provider: String,
    subject: String,
    /// The address of who is signed in; whoever is not can sign up.
    member: Option<String>,
    name: String,
    email: String,
    wrong: Vec<String>,
}

/// The provider that the address names, and where it sends browsers back to.
pub(crate) struct AtProvider {
    providers: Arc<Providers>,
    id: String,
    back: String,
}

impl<S> FromRequestParts<S> for AtProvider
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

impl AtProvider {
    fn provider(&self) -> Result<&Provider, Failure> {
        self.providers.with_id(&self.id).ok_or(Failure::NoPage)
    }
}

/// Answers `/account/with/PROVIDER?next=ADDRESS`: on to the provider. `link=SECRET`
/// confirms an address with whom the provider knows.
pub(crate) async fn go_to_provider(
    at: AtProvider,
    browser: Browser,
    options: Options,
) -> Result<Response, Failure> {
    let provider = at.provider()?;
    let next = address::own(options.first("next").unwrap_or_default());
    let attempt = Attempt::begin(&at.id, next, options.first("link").unwrap_or_default())?;
    let there = provider.address(&attempt, &at.back).await;
    let there = there.map_err(|error| told(provider, &error))?;
    Ok((browser.begin(attempt), Redirect::to(there.as_str())).into_response())
}

/// Answers `/account/with/PROVIDER/arrived`, where the provider sends the browser: signs
/// in where the identity opens an account, confirms an address where that was begun, and
/// else asks what to do.
pub(crate) async fn arrive(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    at: AtProvider,
    client: Client,
    Visitor(visitor): Visitor,
    browser: Browser,
    options: Options,
) -> Result<Response, Failure> {
    limits.check(Limit::PasswordFrom, &client.0)?;
    let (provider, refuse) =
        (at.provider()?, |next: &str, wrong| sign_in::refuse(&at.providers, "", next, wrong));
    let state = options.first("state").unwrap_or_default();
    // Providers that name themselves are held to it (RFC 9207).
    let is_other = options.first("iss").is_some_and(|named| named != provider.issuer());
    let begun = browser.attempt().filter(|begun| !is_other && begun.is_of(&at.id, state));
    let Some(attempt) = begun else { return refuse("/account", NOT_BEGUN) };
    let Some(code) = options.first("code") else {
        let wrong = "You were not signed in there, or did not want to be known here.";
        return refuse(&attempt.next, wrong);
    };
    let person = provider.person(code, &attempt, &at.back).await;
    let person = person.map_err(|error| told(provider, &error))?;
    let user = if attempt.link.is_empty() {
        store.user_of_identity(&person.identity).await?
    } else {
        let confirmed = store.confirm_with(&attempt.link, &person.identity).await?;
        let Some(user) = confirmed else {
            let wrong = "This link is over, or someone else signed up with it: sign up again.";
            return refuse("/account", wrong);
        };
        Some(user)
    };
    let Some(user) = user else {
        store.keep_shown(attempt.secret(), &person.identity).await?;
        let page = IdentityPage {
            provider: provider.name().to_owned(),
            subject: person.identity.subject,
            member: visitor.map(|member| member.user.email),
            name: person.name,
            email: person.email,
            wrong: Vec::new(),
        };
        return private_page(StatusCode::OK, &page);
    };
    if visitor.is_some_and(|member| member.user.id != user.id) {
        return opens_another();
    }
    Ok((browser.sign_in(&store, &user).await?, Redirect::to(&attempt.next)).into_response())
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct SignUpWith {
    name: String,
    email: String,
}

/// Makes an account with the identity that the browser showed, to be confirmed.
pub(crate) async fn sign_up_with(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    client: Client,
    browser: Browser,
    Form(form): Form<SignUpWith>,
) -> Result<Response, Failure> {
    limits.check(Limit::MailFrom, &client.0)?;
    let email = form.email.trim();
    limits.check(Limit::MailTo, &email.to_lowercase())?;
    let Some((shown, provider)) = shown(&store, &providers, &browser).await? else {
        return sign_in::refuse(&providers, "", "/account", NOT_BEGUN);
    };
    let made = store.sign_up_with(&shown, provider.id(), email, &form.name).await;
    let Err(wrong) = wrong(made)? else { return look_into_mail() };
    let page = IdentityPage {
        provider: provider.name().to_owned(),
        subject: shown.subject,
        member: None,
        name: form.name,
        email: form.email,
        wrong,
    };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Connection {
    password: String,
}

/// Has the identity that the browser showed open the account of who is signed in, and
/// knows its password: who finds an open browser adds no key of their own.
pub(crate) async fn connect(
    State(store): State<PublicStore>,
    State(limits): State<Arc<Limits>>,
    State(providers): State<Arc<Providers>>,
    member: Member,
    browser: Browser,
    Form(form): Form<Connection>,
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
            wrong: vec![NOT_THE_PASSWORD.to_owned()],
        };
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if !store.connect(&member.user.id, &shown).await? {
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

/// Answers `/account/identities`: what opens the account, and what else could.
pub(crate) async fn identities(
    State(store): State<PublicStore>,
    State(providers): State<Arc<Providers>>,
    member: Member,
) -> Result<Response, Failure> {
    let identities = store.identities(&member.user.id).await?;
    private_page(StatusCode::OK, &IdentitiesPage { identities, providers })
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Disconnection {
    issuer: String,
    subject: String,
}

/// Has an identity open the account no more.
pub(crate) async fn disconnect(
    State(store): State<PublicStore>,
    member: Member,
    Form(Disconnection { issuer, subject }): Form<Disconnection>,
) -> Result<Redirect, Failure> {
    store.disconnect(&member.user.id, &Identity { issuer, subject }).await?;
    Ok(Redirect::to(IDENTITIES))
}

/// The identity that this browser showed a while ago, and whose it is.
async fn shown<'a>(
    store: &PublicStore,
    providers: &'a Providers,
    browser: &Browser,
) -> Result<Option<(Identity, &'a Provider)>, Failure> {
    let Some(attempt) = browser.attempt() else { return Ok(None) };
    let Some(shown) = store.shown(attempt.secret()).await? else { return Ok(None) };
    let mut list = providers.list().iter();
    let provider = list.find(|provider| provider.issuer() == shown.issuer);
    Ok(provider.map(|provider| (shown, provider)))
}

fn opens_another() -> Result<Response, Failure> {
    let note = NotePage {
        title: "It opens another account",
        text: "This identity is connected with another account here. Sign in with that one, or \
               disconnect it there first.",
        way_on: Some((IDENTITIES, "What opens your account")),
    };
    private_page(StatusCode::CONFLICT, &note)
}

fn told(provider: &Provider, error: &ProviderError) -> Failure {
    let (provider, cause) = (provider.name(), error as &dyn std::error::Error);
    tracing::warn!(provider, error = cause, "a provider of identities did not help");
    Failure::Provider { name: provider.to_owned() }
}
