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

/// The session's cookie, where the request carries one. Over TLS one without the
/// prefix is none: another host of the domain may have set it.
pub(crate) fn cookie<'a>(
    jar: &'a CookieJar,
    settings: &SiteSettings,
) -> Option<&'a Cookie<'static>> {
    jar.get(name(settings))
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

fn name(settings: &SiteSettings) -> &'static str {
    if settings.is_secure() { SECURE_NAME } else { PLAIN_NAME }
}

fn made(secret: String, settings: &SiteSettings) -> Cookie<'static> {
    Cookie::build((name(settings), secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.is_secure())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_host_alone_and_over_tls_for_tls_alone() {
        let plain = made("secret".into(), &SiteSettings::default()).to_string();
        assert_eq!(plain, "scr-session=secret; HttpOnly; SameSite=Lax; Path=/");
        let public_url = Some("https://scr.example.org".to_owned());
        let settings = SiteSettings { public_url, ..SiteSettings::default() };
        let secure = made("secret".into(), &settings).to_string();
        assert_eq!(secure, "__Host-scr-session=secret; HttpOnly; SameSite=Lax; Secure; Path=/");
    }
}
