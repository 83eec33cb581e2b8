//! Browser of a request: cookies and user agent.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use scr_store::{PublicStore, UserRow};

use super::next_page;
use crate::error::Failure;
use crate::identity::SignInAttempt;
use crate::session;
use crate::settings::SiteSettings;

/// Browser, with its cookies.
pub(crate) struct Browser {
    pub(super) jar: CookieJar,
    settings: Arc<SiteSettings>,
    agent: String,
}

impl<S> FromRequestParts<S> for Browser
where
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            jar: CookieJar::from_headers(&parts.headers),
            settings: Arc::from_ref(state),
            agent: agent.unwrap_or_default().to_owned(),
        })
    }
}

impl Browser {
    /// Cookies with a new session, without the old one.
    pub(super) async fn sign_in(
        self,
        store: &PublicStore,
        user: &UserRow,
    ) -> Result<CookieJar, Failure> {
        self.end_session(store).await?;
        let secret = store.sessions().begin(&user.id, &self.agent).await?;
        let jar = SignInAttempt::ended(self.jar, &self.settings);
        let jar = next_page::forget(jar, &self.settings);
        Ok(session::begun(jar, secret, &self.settings))
    }

    /// Cookies without a session.
    pub(super) async fn sign_out(self, store: &PublicStore) -> Result<CookieJar, Failure> {
        self.end_session(store).await?;
        Ok(session::ended(self.jar, &self.settings))
    }

    /// Cookies with the page to open once the address is confirmed.
    pub(super) fn remember_next(self, next: &str) -> CookieJar {
        next_page::remember(self.jar, next, &self.settings)
    }

    /// Page to open once the address is confirmed.
    pub(super) fn next(&self) -> String {
        next_page::recall(&self.jar, &self.settings)
    }

    /// Cookies with a new sign-in attempt.
    pub(super) fn begin(self, attempt: SignInAttempt) -> CookieJar {
        attempt.into_jar(self.jar, &self.settings)
    }

    /// Sign-in attempt that the browser began last.
    pub(super) fn attempt(&self) -> Option<SignInAttempt> {
        SignInAttempt::of(&self.jar, &self.settings)
    }

    async fn end_session(&self, store: &PublicStore) -> Result<(), Failure> {
        let Some(cookie) = session::cookie(&self.jar, &self.settings) else { return Ok(()) };
        if let Some((user, session)) = store.sessions().get(cookie.value()).await? {
            store.sessions().end(&user.id, &session.digest).await?;
        }
        Ok(())
    }
}
