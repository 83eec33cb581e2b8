//! The cookie of a session, and how this site's cookies are made.
//!
//! A session's holds a secret and nothing else. No script reads a cookie; other sites'
//! pages cannot send it along with what changes something. Over TLS its name begins
//! with `__Host-`, which binds it to this host and to TLS.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use scr_store::SESSION_AGE;

use crate::routes::SiteSettings;

/// What a cookie is called without TLS and over it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CookieName {
    plain: &'static str,
    secure: &'static str,
}

impl CookieName {
    /// `secure` begins with `__Host-`.
    pub(crate) const fn new(plain: &'static str, secure: &'static str) -> Self {
        Self { plain, secure }
    }

    /// The name on this site.
    pub(crate) fn over(self, settings: &SiteSettings) -> &'static str {
        if settings.is_secure() { self.secure } else { self.plain }
    }
}

const SESSION: CookieName = CookieName::new("scr-session", "__Host-scr-session");

/// The session's cookie, where the request carries one. Over TLS one without the
/// prefix is none: another host of the domain may have set it.
pub(crate) fn cookie<'a>(
    jar: &'a CookieJar,
    settings: &SiteSettings,
) -> Option<&'a Cookie<'static>> {
    jar.get(SESSION.over(settings))
}

/// The jar with a session begun.
pub(crate) fn begun(jar: CookieJar, secret: String, settings: &SiteSettings) -> CookieJar {
    let mut cookie = made(SESSION, secret, settings);
    cookie.set_max_age(SESSION_AGE.try_into().ok());
    jar.add(cookie)
}

/// The jar without a session.
pub(crate) fn ended(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
    jar.remove(made(SESSION, String::new(), settings))
}

/// A cookie of this site's.
pub(crate) fn made(name: CookieName, value: String, settings: &SiteSettings) -> Cookie<'static> {
    Cookie::build((name.over(settings), value))
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
        let plain = made(SESSION, "secret".into(), &SiteSettings::default()).to_string();
        assert_eq!(plain, "scr-session=secret; HttpOnly; SameSite=Lax; Path=/");
        let public_url = Some("https://scr.example.org".to_owned());
        let settings = SiteSettings { public_url, ..SiteSettings::default() };
        let secure = made(SESSION, "secret".into(), &settings).to_string();
        assert_eq!(secure, "__Host-scr-session=secret; HttpOnly; SameSite=Lax; Secure; Path=/");
    }
}
