//! The cookie of a session.
//!
//! Holds a secret and nothing else. No script reads it; other sites' pages cannot
//! send it along with what changes something. Over TLS its name begins with
//! `__Host-`, which binds it to this host and to TLS.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use scr_store::SESSION_AGE;

use crate::routes::SiteSettings;

const SECURE_NAME: &str = "__Host-scr-session";
const PLAIN_NAME: &str = "scr-session";

/// The session's cookie, where the request carries one.
pub(crate) fn cookie(jar: &CookieJar) -> Option<&Cookie<'static>> {
    jar.get(SECURE_NAME).or_else(|| jar.get(PLAIN_NAME))
}

/// The jar with a session begun.
pub(crate) fn begun(jar: CookieJar, secret: String, settings: &SiteSettings) -> CookieJar {
    let mut cookie = made(secret, settings);
    cookie.set_max_age(SESSION_AGE.try_into().ok());
    jar.add(cookie)
}

/// The jar without a session.
pub(crate) fn ended(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
    jar.remove(made(String::new(), settings))
}

fn made(secret: String, settings: &SiteSettings) -> Cookie<'static> {
    let name = if settings.is_secure() { SECURE_NAME } else { PLAIN_NAME };
    Cookie::build((name, secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.is_secure())
        .build()
}
