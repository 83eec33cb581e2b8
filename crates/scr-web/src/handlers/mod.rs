//! One file a page: what it shows, put into a struct that its template draws.

pub(crate) mod account;
pub(crate) mod add;
pub(crate) mod benchmark;
pub(crate) mod browse;
pub(crate) mod data;
pub(crate) mod download;
pub(crate) mod entry;
pub(crate) mod entry_files;
pub(crate) mod feedback;
pub(crate) mod home;
pub(crate) mod images;
mod layers;
pub(crate) mod operate;
pub(crate) mod publications;
pub(crate) mod results;
pub(crate) mod review;
mod scored_before;
pub(crate) mod scores;
pub(crate) mod submissions;
pub(crate) mod submit;
pub(crate) mod terms;

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use scr_documents::BenchmarkDocument;
use scr_store::PublicStore;

use crate::error::Failure;

/// Draws a page. It is asked for anew each time, since results are added to it.
fn page(template: &impl Template) -> Result<Response, Failure> {
    let mut response = Html(template.render()?).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// The benchmark of an entry or a submission, which the store has whenever it has one.
pub(crate) async fn benchmark_of(
    store: &PublicStore,
    id: &str,
) -> Result<BenchmarkDocument, Failure> {
    let row = store.benchmark(id).await?;
    row.map(|row| row.document).ok_or_else(|| {
        tracing::error!(benchmark = id, "the benchmark of something is not in the store");
        Failure::Internal
    })
}
