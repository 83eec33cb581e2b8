//! Local view: the pages of a site over a person's own files, for a browser on this machine.
//!
//! Answers with the site's own [`router`], without the parts that need other people: elements
//! with the attribute `data-site`, and the addresses of accounts and submissions. Takes no
//! request that could change something, and none with the host name of another site, which a
//! page of that site could have pointed at this machine (DNS rebinding).
//!
//! A script on every page asks for the version of the view, and loads the page again when it
//! has changed. The main type is [`LocalView`].

use std::net::IpAddr;
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use axum::routing::get;
use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use scr_store::PublicStore;
use serde::Serialize;
use tower::ServiceExt;

use crate::address;
use crate::options::Options;
use crate::routes::router;
use crate::security;
use crate::settings::SiteSettings;

/// Beginnings of addresses that only a site has.
const SITE_ONLY: [&str; 9] = [
    "/account",
    "/submissions",
    "/review",
    "/operate",
    "/feedback",
    "/privacy",
    "/terms",
    "/add",
    "/metrics",
];
/// Sets of masks that are drawn on an image before anybody chooses.
const N_DRAWN: usize = 3;

/// View of a person's own files, which can be exchanged while it is served. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct LocalView {
    shown: Arc<RwLock<ViewContent>>,
}

/// Pages and status of a view.
#[derive(Debug, Clone, Default)]
struct ViewContent {
    /// Number of exchanges.
    version: u64,
    /// Status for people, such as progress or a problem; empty without one.
    status: String,
    /// Pages, once there are any.
    pages: Option<Pages>,
}

#[derive(Debug, Clone)]
struct Pages {
    router: Router,
    benchmark: String,
    sets: Vec<String>,
}

/// State of a view, which its script asks for.
#[derive(Serialize)]
struct ViewState {
    version: u64,
    status: String,
}

impl LocalView {
    /// Shows the benchmark of a store and the sets of masks with these identifiers, in place
    /// of all before. Open pages load again.
    pub fn show(&self, store: &PublicStore, benchmark: &str, sets: &[String]) {
        let pages = Pages {
            router: router(store, SiteSettings::default()),
            benchmark: benchmark.to_owned(),
            sets: sets.to_vec(),
        };
        let mut shown = self.write();
        shown.version += 1;
        shown.pages = Some(pages);
    }

    /// Says something on every page: progress, or a problem. An empty text says nothing.
    pub fn say(&self, status: impl Into<String>) {
        self.write().status = status.into();
    }

    /// Router of the view.
    pub fn router(&self) -> Router {
        let router = Router::new()
            .route("/view/state", get(state))
            .fallback(answer)
            .with_state(self.clone())
            .layer(middleware::from_fn(refuse_others));
        security::with_security_headers(router)
    }

    fn read(&self) -> ViewContent {
        self.shown.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, ViewContent> {
        self.shown.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Layer that refuses other hosts' names, and methods that change something.
async fn refuse_others(request: Request, next: Next) -> Response {
    if !is_this_machine(request.headers()) {
        let said = "expected the address that scr view printed, found the name of another host";
        return (StatusCode::MISDIRECTED_REQUEST, said).into_response();
    }
    if !request.method().is_safe() {
        return (StatusCode::METHOD_NOT_ALLOWED, "a view changes nothing").into_response();
    }
    let mut response = next.run(request).await;
    // Files of the same name and digest may have changed.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// True where the host is `localhost` or an IP address: no name of another site.
fn is_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    name == "localhost" || inner.unwrap_or(name).parse::<IpAddr>().is_ok()
}

async fn state(State(view): State<LocalView>) -> Json<ViewState> {
    let ViewContent { version, status, .. } = view.read();
    Json(ViewState { version, status })
}

async fn answer(State(view): State<LocalView>, mut request: Request) -> Response {
    let ViewContent { version, status, pages } = view.read();
    let Some(pages) = pages else { return waiting(&status) };
    let path = request.uri().path();
    if path == "/" {
        return Redirect::to(&address::benchmark(&pages.benchmark, "browse")).into_response();
    }
    let is_site_only = |start: &&str| {
        path.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if SITE_ONLY.iter().any(is_site_only) {
        return (StatusCode::NOT_FOUND, "a view has no such page").into_response();
    }
    if let Some(target) = pages.with_sets(path, request.uri().query().unwrap_or_default()) {
        return Redirect::to(&target).into_response();
    }
    // Pages are changed on their way, which needs them uncompressed.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let response = pages.router.clone().oneshot(request).await;
    let response = response.unwrap_or_else(|never| match never {});
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if !content_type.is_some_and(|found| found.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The template has rendered the page into memory already.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = local_page(&String::from_utf8_lossy(&body), &pages, version);
    parts.headers.remove(header::CONTENT_LENGTH);
    match page {
        Ok(page) => Response::from_parts(parts, Body::from(page)),
        Err(error) => {
            tracing::error!(%error, "a page is not valid HTML");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Pages {
    /// Address of an image with sets of masks, for one without a choice of entries.
    fn with_sets(&self, path: &str, query: &str) -> Option<String> {
        let browse = address::benchmark(&self.benchmark, "browse");
        let image = path.strip_prefix(&browse)?.strip_prefix('/')?;
        let is_chosen = Options::of_query(query).list("entries").is_some();
        if self.sets.is_empty() || is_chosen || image.is_empty() || image.contains('/') {
            return None;
        }
        let sets: Vec<&str> = self.sets.iter().take(N_DRAWN).map(String::as_str).collect();
        let separator = if query.is_empty() { "" } else { "&" };
        Some(format!("{path}?{query}{separator}entries={}", sets.join(",")))
    }
}

/// A page of the site as one of the view.
fn local_page(html: &str, pages: &Pages, version: u64) -> Result<String, String> {
    let link = |section: &str, name: &str| {
        format!("<a href=\"{}\">{name}</a> ", address::benchmark(&pages.benchmark, section))
    };
    let links =
        link("browse", "Images") + &link("results", "Scores") + "<a href=\"/docs\">Docs</a>";
    let script = format!(
        "<meta name=\"view-version\" content=\"{version}\">\
         <script type=\"module\" src=\"/static/local_view.js\"></script>"
    );
    let foot = "<p>A view of files on this machine, by <code>scr view</code>. It changes when the \
                files change, and ends with the command. Nobody else is asked or told anything.</p>";
    let status = "<p id=\"view-status\" class=\"view-status\" role=\"status\" hidden></p>";
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("[data-site]", |part| {
            part.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("head", |head| {
            head.append(&script, ContentType::Html);
            Ok(())
        }))
        .append_element_content_handler(element!(".site-head nav", |nav| {
            nav.set_inner_content(&links, ContentType::Html);
            Ok(())
        }))
        .append_element_content_handler(element!("footer.site-foot", |footer| {
            footer.set_inner_content(foot, ContentType::Html);
            Ok(())
        }))
        .append_element_content_handler(element!("main", |main| {
            main.prepend(status, ContentType::Html);
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|error| error.to_string())
}

/// Page before there is anything to show.
fn waiting(status: &str) -> Response {
    let status = status.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"refresh\" content=\"1\"><title>scr view</title></head>\
         <body><p role=\"status\">{status}</p></body></html>"
    );
    Html(page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_hosts_are_not_this_machine() {
        for (is_here, host) in [
            (true, "localhost"),
            (true, "localhost:8080"),
            (true, "127.0.0.1:18084"),
            (true, "[::1]:8080"),
            (true, "192.168.1.7"),
            (false, "evil.example.org"),
            (false, "evil.example.org:8080"),
            (false, "localhost.evil.example.org"),
            (false, "127.0.0.1.nip.io"),
            (false, ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(is_this_machine(&headers), is_here, "{host}");
        }
        assert!(!is_this_machine(&HeaderMap::new()));
    }

    #[test]
    fn an_image_without_a_choice_is_drawn_with_the_first_sets() {
        let pages = Pages {
            router: Router::new(),
            benchmark: "b".to_owned(),
            sets: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
        };
        let of = |path: &str, query: &str| pages.with_sets(path, query);
        let found = of("/benchmarks/b/browse/x", "invert=1");
        assert_eq!(found.as_deref(), Some("/benchmarks/b/browse/x?invert=1&entries=a,b,c"));
        assert_eq!(of("/benchmarks/b/browse/x", "entries="), None);
        assert_eq!(of("/benchmarks/b/browse", ""), None);
        assert_eq!(of("/benchmarks/b/browse/x/scores", ""), None);
    }
}
