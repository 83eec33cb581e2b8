//! Sign-in attempt at an identity provider. A cookie holds all of it, so that an attempt
//! ends only in the browser that began it, and the server stores nothing.
//!
//! `state`, `nonce` and the PKCE verifier derive from the cookie's secret, each with its own
//! purpose string, and do not reveal it.

use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scr_store::{PENDING_AGE, StorageError, random_secret};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::options::Options;
use crate::session::{self, CookieName};
use crate::settings::SiteSettings;

const COOKIE: CookieName = CookieName::new("scr-identity", "__Host-scr-identity");

/// Sign-in attempt at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    secret: String,
    /// Identifier of the provider in addresses of this site.
    provider: String,
    /// Address of this site to open after sign-in.
    pub(crate) next: String,
    /// Secret of a mailed link that the attempt confirms, or an empty text.
    pub(crate) link: String,
}

impl SignInAttempt {
    /// New attempt with a fresh secret.
    pub(crate) fn begin(provider: &str, next: &str, link: &str) -> Result<Self, StorageError> {
        Ok(Self {
            secret: random_secret()?,
            provider: provider.to_owned(),
            next: next.to_owned(),
            link: link.to_owned(),
        })
    }

    /// True if the attempt began at this provider, which now returns `state`. An answer of
    /// one provider never ends an attempt at another (RFC 9700, 4.4).
    pub(crate) fn is_of(&self, provider: &str, state: &str) -> bool {
        self.provider == provider && self.state() == state
    }

    /// Latest sign-in attempt of the browser.
    pub(crate) fn of(jar: &CookieJar, settings: &SiteSettings) -> Option<Self> {
        let cookie = jar.get(COOKIE.over(settings))?;
        let options = Options::of_query(cookie.value());
        let text = |name| options.first(name).unwrap_or_default().to_owned();
        let secret = options.first("secret")?.to_owned();
        Some(Self { secret, provider: text("provider"), next: text("next"), link: text("link") })
    }

    /// Cookies with the attempt.
    pub(crate) fn into_jar(self, jar: CookieJar, settings: &SiteSettings) -> CookieJar {
        let Self { secret, provider, next, link } = self;
        let fields = [("secret", secret), ("provider", provider), ("next", next), ("link", link)];
        let value = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut cookie = session::made(COOKIE, value, settings);
        cookie.set_max_age(PENDING_AGE.try_into().ok());
        jar.add(cookie)
    }

    /// Cookies without an attempt.
    pub(crate) fn ended(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
        jar.remove(session::made(COOKIE, String::new(), settings))
    }

    /// Secret under which the store keeps the shown identity.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// `state`, which the provider sends back with the browser (RFC 6749, 10.12).
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// `nonce`, which the provider repeats in the ID token (Core, 3.1.2.1).
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// PKCE code verifier, which proves that the code is ours (RFC 7636, 4.1).
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// PKCE code challenge: the verifier's digest, which the provider keeps with the code
    /// (RFC 7636, 4.2).
    pub(crate) fn challenge(&self) -> String {
        digest(&self.verifier())
    }

    fn derived(&self, purpose: &str) -> String {
        digest(&format!("{purpose} {} {}", self.provider, self.secret))
    }
}

fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_comes_back_as_it_went_and_shows_no_secret() {
        let attempt = SignInAttempt::begin("orcid", "/benchmarks/a;b?x=1&y=2", "00ff").unwrap();
        let settings = SiteSettings::default();
        let jar = attempt.clone().into_jar(CookieJar::new(), &settings);
        assert_eq!(SignInAttempt::of(&jar, &settings), Some(attempt.clone()));
        let shown = [attempt.state(), attempt.nonce(), attempt.challenge()];
        for (at, one) in shown.iter().enumerate() {
            assert!(!shown[..at].contains(one), "{one} serves two purposes");
            assert!(!one.contains(&attempt.secret) && !one.contains(&attempt.verifier()));
        }
        assert_ne!(attempt.state(), SignInAttempt::begin("orcid", "", "").unwrap().state());
        assert!(attempt.is_of("orcid", &attempt.state()));
        assert!(!attempt.is_of("other", &attempt.state()) && !attempt.is_of("orcid", ""));
        assert_eq!(SignInAttempt::of(&SignInAttempt::ended(jar, &settings), &settings), None);
    }

    #[test]
    fn a_challenge_is_what_its_document_says() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(digest(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
