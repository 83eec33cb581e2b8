//! Session cookie, and the attributes of all cookies of this site.
//!
//! It holds only a secret. Scripts cannot read it, and other sites' pages cannot send it
//! with state-changing requests. Over TLS its name begins with `__Host-`, which binds it to
//! this host and to TLS.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use scr_store::SESSION_AGE;

use crate::settings::SiteSettings;

/// Cookie name, without and with TLS.
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

/// Session cookie of the request. Over TLS, a cookie without the prefix is ignored: another
/// host of the domain may have set it.
pub(crate) fn cookie<'a>(
    jar: &'a CookieJar,
    settings: &SiteSettings,
) -> Option<&'a Cookie<'static>> {
    jar.get(SESSION.over(settings))
}

/// Cookies with a session.
pub(crate) fn begun(jar: CookieJar, secret: String, settings: &SiteSettings) -> CookieJar {
    let mut cookie = made(SESSION, secret, settings);
    cookie.set_max_age(SESSION_AGE.try_into().ok());
    jar.add(cookie)
}

/// Cookies without a session.
pub(crate) fn ended(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
    jar.remove(made(SESSION, String::new(), settings))
}

/// Cookie of this site.
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
