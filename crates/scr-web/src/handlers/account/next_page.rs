//! Page to open once an address is confirmed, in a cookie of the browser.
//!
//! The mail with the link cannot carry it: a mail to an address that is not confirmed
//! repeats nothing that a stranger typed.

use std::time::Duration;

use axum_extra::extract::CookieJar;

use crate::address;
use crate::session::{self, CookieName};
use crate::settings::SiteSettings;

const COOKIE: CookieName = CookieName::new("scr-next", "__Host-scr-next");
/// Lifetime of the cookie: that of the mailed link.
const AGE: Duration = Duration::from_secs(24 * 3600);
/// Longest address that is kept, in bytes.
const MAX_BYTES: usize = 1000;

/// Cookies with the page `next`, unless it is the account page or its address is too long.
pub(super) fn remember(jar: CookieJar, next: &str, settings: &SiteSettings) -> CookieJar {
    let next = address::own(next);
    if next == address::own("") || next.len() > MAX_BYTES {
        return forget(jar, settings);
    }
    let value = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let mut cookie = session::made(COOKIE, value, settings);
    cookie.set_max_age(AGE.try_into().ok());
    jar.add(cookie)
}

/// Page that the browser keeps; the account page if it keeps none.
pub(super) fn recall(jar: &CookieJar, settings: &SiteSettings) -> String {
    let kept = jar.get(COOKIE.over(settings)).map(|cookie| format!("next={}", cookie.value()));
    let fields = url::form_urlencoded::parse(kept.as_deref().unwrap_or_default().as_bytes());
    let next = fields.map(|(_, next)| next.into_owned()).next().unwrap_or_default();
    address::own(&next).to_owned()
}

/// Cookies without the page.
pub(super) fn forget(jar: CookieJar, settings: &SiteSettings) -> CookieJar {
    jar.remove(session::made(COOKIE, String::new(), settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_this_site_is_recalled_and_no_other() {
        let settings = SiteSettings::default();
        let through = |next: &str| {
            let jar = remember(CookieJar::new(), next, &settings);
            recall(&jar, &settings)
        };
        let page = "/benchmarks/a;b/submit?from=x&y=%20,1";
        assert_eq!(through(page), page);
        for other in ["https://evil.org", "//evil.org", "", &format!("/{}", "a".repeat(2000))] {
            assert_eq!(through(other), "/account", "{other}");
        }
        assert_eq!(recall(&CookieJar::new(), &settings), "/account");
        let forgotten = forget(remember(CookieJar::new(), page, &settings), &settings);
        assert_eq!(recall(&forgotten, &settings), "/account");
    }
}
