//! Security headers on every answer, and protection against cross-site requests.
//!
//! A page runs only this site's scripts and styles and loads nothing from other sites.
//! Forms need no CSRF token: browsers state the origin of each request.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::error::Failure;
use crate::settings::SiteSettings;

/// Content Security Policy of every page.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Router with the security headers on each answer, failures included.
pub(crate) fn with_security_headers(router: Router) -> Router {
    HEADERS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}

/// Lifetime of HTTP Strict Transport Security: a year, as is common.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Layer that sends Strict-Transport-Security if people reach the site over TLS: by the
/// public URL, or by the proxy's `X-Forwarded-Proto`.
pub(crate) async fn keep_to_tls(
    State(settings): State<Arc<SiteSettings>>,
    request: Request,
    next: Next,
) -> Response {
    let by_proxy = request.headers().get("x-forwarded-proto").is_some_and(|by| by == "https");
    let is_tls = settings.is_secure() || settings.behind_proxy && by_proxy;
    let mut response = next.run(request).await;
    if is_tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}

/// Layer that refuses state-changing requests of other sites' pages.
pub(crate) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_of_this_site(request.headers()) {
        return next.run(request).await;
    }
    Failure::CrossSite.into_response()
}

/// True for a request of a page of this site, or of no page at all.
///
/// Browsers say so in `Sec-Fetch-Site`, which no script can set; older ones in `Origin`,
/// which must equal the requested host. Programs other than browsers send neither, and have no
/// cookie.
fn is_of_this_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let of_origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    of_origin.is_some_and(|(_, found)| Some(found) == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn what_a_browser_says_of_another_site_is_refused() {
        let host = ("host", "scr.example.org");
        for (good, pair) in [
            (true, ("sec-fetch-site", "same-origin")),
            (true, ("sec-fetch-site", "none")),
            (false, ("sec-fetch-site", "same-site")),
            (false, ("sec-fetch-site", "cross-site")),
            (true, ("origin", "https://scr.example.org")),
            (false, ("origin", "https://scr.example.org.evil.org")),
            (false, ("origin", "https://evil.org")),
            (false, ("origin", "null")),
            (true, ("x-nothing", "of interest")),
        ] {
            assert_eq!(is_of_this_site(&headers(&[host, pair])), good, "{pair:?}");
        }
    }
}
