//! Every address of the site and who answers it, and the layers around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post, put};
use scr_store::{MAX_CHUNK_BYTES, Store};
use std::time::Duration;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api;
use crate::assets;
use crate::error::{self, Failure};
use crate::handlers::{
    add, benchmark, browse, data, download, entry, entry_files, home, images, results,
};
use crate::operations::with_operations;
use crate::security;

/// The largest body of a request, in bytes; a piece of a file has a limit of its own.
const MAX_BODY_BYTES: usize = 1 << 20;
/// How long an answer may take to begin, with the request's body: a piece of the largest
/// size comes in at 50 kB/s.
const MAX_ANSWER_TIME: Duration = Duration::from_secs(180);
/// Pieces of files taken in at once, each of which lies in memory; others wait.
const MAX_PIECES: usize = 8;

/// The whole site over a store: pages, JSON, files, styles and scripts.
///
/// Every answer carries the security headers; a request without an answer gets
/// a page that says so, or JSON under `/api`.
pub fn router(store: Store) -> Router {
    let router = pages()
        .merge(api_routes())
        .merge(submission_routes())
        .route("/static/{*path}", get(assets::asset))
        .fallback(async || Failure::NoPage)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MAX_ANSWER_TIME))
        .layer(middleware::from_fn(error::draw))
        .layer(CompressionLayer::new())
        .with_state(store.clone());
    security::with_security_headers(with_operations(router, &store))
}

fn pages() -> Router<Store> {
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

fn api_routes() -> Router<Store> {
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
fn submission_routes() -> Router<Store> {
    use api::submissions;
    let one = "/api/v1/submissions/{submission}";
    Router::new()
        .route("/api/v1/benchmarks/{benchmark}/submissions", post(submissions::begin))
        .route(one, get(submissions::submission))
        .route(
            &format!("{one}/file"),
            put(submissions::piece).layer((
                GlobalConcurrencyLimitLayer::new(MAX_PIECES),
                DefaultBodyLimit::max(MAX_CHUNK_BYTES),
            )),
        )
        .route(&format!("{one}/complete"), post(submissions::complete))
        .route(&format!("{one}/review"), post(submissions::review))
        .route(&format!("{one}/withdraw"), post(submissions::withdraw))
}
