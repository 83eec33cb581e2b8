//! Every address of the site and who answers it, and the layers around them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::middleware;
use axum::routing::{get, post, put};
use scr_store::{MAX_CHUNK_BYTES, Store};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::api;
use crate::assets;
use crate::card_input::MAX_FILE_BYTES;
use crate::error::{self, Failure};
use crate::handlers::{
    account, add, benchmark, browse, data, download, entry, entry_files, home, images, operate,
    results, review, submissions, submit,
};
use crate::security;

/// The largest form of handing in: the file, and the fields around it.
const MAX_FORM_BYTES: usize = MAX_FILE_BYTES as usize + (1 << 20);

/// How the site is run, beside what it keeps.
#[derive(Debug, Clone, Default)]
pub struct SiteSettings {
    /// The site's own address as people see it, `https://scr.example.org`, without a
    /// path; none where nobody said, as on one's own machine. With `https` cookies are
    /// sent over TLS only.
    pub public_url: Option<String>,
}

impl SiteSettings {
    /// Whether people reach the site over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }
}

/// What handlers take with `State`: the store, or how the site is run.
#[derive(Clone)]
pub(crate) struct SiteState {
    store: Store,
    settings: Arc<SiteSettings>,
}

impl FromRef<SiteState> for Store {
    fn from_ref(state: &SiteState) -> Self {
        state.store.clone()
    }
}

impl FromRef<SiteState> for Arc<SiteSettings> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.settings)
    }
}

/// The whole site over a store: pages, JSON, files, styles and scripts.
///
/// Every answer carries the security headers; a request without an answer gets
/// a page that says so, or JSON under `/api`.
pub fn router(store: Store, settings: SiteSettings) -> Router {
    let state = SiteState { store, settings: Arc::new(settings) };
    let router = pages()
        .merge(account_pages())
        .merge(submission_pages())
        .merge(api_routes())
        .merge(submission_routes())
        .route("/static/{*path}", get(assets::asset))
        .route("/healthz", get(healthz))
        .fallback(async || Failure::NoPage)
        .layer(middleware::from_fn(security::refuse_other_sites))
        .layer(middleware::from_fn(error::draw))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .with_state(state);
    security::with_security_headers(router)
}

fn pages() -> Router<SiteState> {
    Router::new()
        .route("/", get(home::home))
        .route("/benchmarks/{benchmark}", get(benchmark::benchmark))
        .route("/benchmarks/{benchmark}/data", get(data::data))
        .route("/benchmarks/{benchmark}/download", get(download::download))
        .route("/benchmarks/{benchmark}/download/files.txt", get(download::files))
        .route("/benchmarks/{benchmark}/results", get(results::results))
        .route("/benchmarks/{benchmark}/browse", get(images::images))
        .route("/benchmarks/{benchmark}/browse/{image}", get(browse::browse))
        .route("/entries/{entry}", get(entry::entry))
        .route("/entries/{entry}/results.json", get(entry_files::results_json))
        .route("/entries/{entry}/results.csv", get(entry_files::results_csv))
        .route("/add", get(add::add))
}

/// Pages of handing in, watching and deciding; all are for people with an account.
fn submission_pages() -> Router<SiteState> {
    let form_limit = DefaultBodyLimit::max(MAX_FORM_BYTES);
    Router::new()
        .route(
            "/benchmarks/{benchmark}/submit",
            get(submit::form).post(submit::submit).layer(form_limit),
        )
        .route("/operate", get(operate::operate))
        .route("/operate/jobs/{submission}/cancel", post(operate::cancel))
        .route("/review", get(review::queue))
        .route("/review/{submission}", get(review::one))
        .route("/review/{submission}/publish", post(review::publish))
        .route("/review/{submission}/return", post(review::send_back))
        .route("/submissions", get(submissions::list))
        .route("/submissions/{submission}", get(submissions::submission))
        .route("/submissions/{submission}/confirm", post(submissions::confirm))
        .route("/submissions/{submission}/withdraw", post(submissions::withdraw))
}

fn account_pages() -> Router<SiteState> {
    Router::new()
        .route("/account", get(account::overview))
        .route("/account/sign-in", get(account::ask).post(account::sign_in))
        .route("/account/sign-out", post(account::sign_out))
}

fn api_routes() -> Router<SiteState> {
    use api::{benchmarks, entries, files};
    Router::new()
        .route("/api/openapi.json", get(api::openapi))
        .route("/api/v1/benchmarks", get(benchmarks::benchmarks))
        .route("/api/v1/benchmarks/{benchmark}", get(benchmarks::benchmark))
        .route("/api/v1/benchmarks/{benchmark}/entries", get(benchmarks::entries))
        .route("/api/v1/benchmarks/{benchmark}/images/{file}", get(files::image))
        .route("/api/v1/benchmarks/{benchmark}/thumbnails/{file}", get(files::thumbnail))
        .route("/api/v1/benchmarks/{benchmark}/outlines/{observer}/{file}", get(files::outlines))
        .route(
            "/api/v1/benchmarks/{benchmark}/masks/{observer}/{structure}/{file}",
            get(files::mask),
        )
        .route("/api/v1/entries/{entry}", get(entries::entry))
        .route("/api/v1/entries/{entry}/outlines/{file}", get(files::entry_outlines))
        .route("/api/v1/entries/{entry}/masks/{structure}/{file}", get(files::entry_mask))
        .route("/api/v1/entries/{entry}/posteriors/{structure}/{file}", get(files::entry_posterior))
}

/// What changes something; every address asks for a token.
fn submission_routes() -> Router<SiteState> {
    use api::{submissions, watching};
    let one = "/api/v1/submissions/{submission}";
    Router::new()
        .route("/api/v1/benchmarks/{benchmark}/submissions", post(submissions::begin))
        .route(one, get(submissions::submission))
        .route(
            &format!("{one}/file"),
            put(submissions::piece).layer(DefaultBodyLimit::max(MAX_CHUNK_BYTES)),
        )
        .route(&format!("{one}/complete"), post(submissions::complete))
        .route(&format!("{one}/confirm"), post(submissions::confirm))
        .route(&format!("{one}/events"), get(watching::events))
        .route(&format!("{one}/outlines/{{file}}"), get(watching::outlines))
        .route(&format!("{one}/review"), post(submissions::review))
        .route(&format!("{one}/withdraw"), post(submissions::withdraw))
}

/// Serves the site until `shutdown` completes; requests under way are finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    settings: SiteSettings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(store, settings)).with_graceful_shutdown(shutdown).await
}

/// Answers `/healthz`: whether the store can be read.
async fn healthz(State(store): State<Store>) -> Result<&'static str, Failure> {
    store.benchmark("").await?;
    Ok("ok\n")
}
