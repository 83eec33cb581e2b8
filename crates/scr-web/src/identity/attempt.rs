//! A sign-in under way, all of it in a cookie of the browser's: nobody can make a
//! browser end what it did not begin, and this server keeps nothing of it.
//!
//! What the provider gets to see is derived from the cookie's secret, each for its own
//! purpose, and the secret cannot be told from it.

use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scr_store::{SHOWN_AGE, StoreError, random_secret};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::extractors::Options;
use crate::routes::SiteSettings;
use crate::session::{self, CookieName};

const COOKIE: CookieName = CookieName::new("scr-identity", "__Host-scr-identity");

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    secret: String,
    /// The provider that the browser was sent to, by its name in addresses of this site.
    provider: String,
    /// Where to go when signed in, an address of this site.
    pub(crate) next: String,
    /// The secret of a mailed link that is to be confirmed by it, or an empty text.
    pub(crate) link: String,
}

impl Attempt {
    /// Another one.
    pub(crate) fn begin(provider: &str, next: &str, link: &str) -> Result<Self, StoreError> {
        Ok(Self {
            secret: random_secret()?,
            provider: provider.to_owned(),
            next: next.to_owned(),
            link: link.to_owned(),
        })
    }

    /// Whether it was begun at this provider, which now sends the browser back with
    /// `state`: what one provider says never ends what was begun at another (RFC 9700,
    /// 4.4).
    pub(crate) fn is_of(&self, provider: &str, state: &str) -> bool {
        self.provider == provider && self.state() == state
    }

    /// The one that the browser began last.
    pub(crate) fn of(jar: &CookieJar, settings: &SiteSettings) -> Option<Self> {
        let cookie = jar.get(COOKIE.over(settings))?;
        let options = Options::of_query(cookie.value());
        let text = |name| options.first(name).unwrap_or_default().to_owned();
        let secret = options.first("secret")?.to_owned();
        Some(Self { secret, provider: text("provider"), next: text("next"), link: text("link") })
    }

    /// The jar with it.
    pub(crate) fn into_jar(self, jar: CookieJar, settings: &SiteSettings) -> CookieJar {
        let Self { secret, provider, next, link } = self;
        let fields = [("secret", secret), ("provider", provider), ("next", next), ("link", link)];
        let value = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut cookie = session::made(COOKIE, value, settings);
        cookie.set_max_age(SHOWN_AGE.try_into().ok());
        jar.add(cookie)
    }

    /// The jar without any.
    pub(crate) fn ended(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
        jar.remove(session::made(COOKIE, String::new(), settings))
    }

    /// What opens the identity that the browser showed, in the store.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// What the provider sends back with the browser (RFC 6749, 10.12).
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// What the provider repeats in what it says of the person (Core, 3.1.2.1).
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What shows that a code is asked about by who had it made (RFC 7636, 4.1).
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// The verifier's digest, which the provider keeps with the code (RFC 7636, 4.2).
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
        let attempt = Attempt::begin("orcid", "/benchmarks/a;b?x=1&y=2", "00ff").unwrap();
        let settings = SiteSettings::default();
        let jar = attempt.clone().into_jar(CookieJar::new(), &settings);
        assert_eq!(Attempt::of(&jar, &settings), Some(attempt.clone()));
        let shown = [attempt.state(), attempt.nonce(), attempt.challenge()];
        for (at, one) in shown.iter().enumerate() {
            assert!(!shown[..at].contains(one), "{one} serves two purposes");
            assert!(!one.contains(&attempt.secret) && !one.contains(&attempt.verifier()));
        }
        assert_ne!(attempt.state(), Attempt::begin("orcid", "", "").unwrap().state());
        assert!(attempt.is_of("orcid", &attempt.state()));
        assert!(!attempt.is_of("other", &attempt.state()) && !attempt.is_of("orcid", ""));
        assert_eq!(Attempt::of(&Attempt::ended(jar, &settings), &settings), None);
    }

    #[test]
    fn a_challenge_is_what_its_document_says() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(digest(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
