//! The browser that a request comes from: its cookies, and what it calls itself.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use scr_store::{PublicStore, UserRow};

use crate::error::Failure;
use crate::identity::Attempt;
use crate::routes::SiteSettings;
use crate::session;

/// A browser, with the cookies that it is sent back.
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
    /// The cookies with a new session of a person, and without the one from before.
    pub(super) async fn sign_in(
        self,
        store: &PublicStore,
        user: &UserRow,
    ) -> Result<CookieJar, Failure> {
        self.end_session(store).await?;
        let secret = store.begin_session(&user.id, &self.agent).await?;
        let jar = Attempt::ended(self.jar, &self.settings);
        Ok(session::begun(jar, secret, &self.settings))
    }

    /// The cookies without a session.
    pub(super) async fn sign_out(self, store: &PublicStore) -> Result<CookieJar, Failure> {
        self.end_session(store).await?;
        Ok(session::ended(self.jar, &self.settings))
    }

    /// The cookies with a sign-in elsewhere under way.
    pub(super) fn begin(self, attempt: Attempt) -> CookieJar {
        attempt.into_jar(self.jar, &self.settings)
    }

    /// The sign-in elsewhere that was begun last.
    pub(super) fn attempt(&self) -> Option<Attempt> {
        Attempt::of(&self.jar, &self.settings)
    }

    async fn end_session(&self, store: &PublicStore) -> Result<(), Failure> {
        let Some(cookie) = session::cookie(&self.jar, &self.settings) else { return Ok(()) };
        if let Some((user, session)) = store.session(cookie.value()).await? {
            store.end_session(&user.id, &session.digest).await?;
        }
        Ok(())
    }
}
