//! Results of a submission as files, before it is published.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use scr_documents::ResultDocument;
use scr_store::PublicStore;

use super::access::seen;
use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::entry_files::{file, images_csv, plain};

/// Answers `/submissions/ID/results.json`.
pub(crate) async fn results_json(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let name = format!("{}.json", plain(&id));
    let result = result(&store, &member, id).await?;
    Ok(private(file(&name, "application/json", result.to_json())))
}

/// Answers `/submissions/ID/results.csv`.
pub(crate) async fn results_csv(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let name = format!("{}.csv", plain(&id));
    let result = result(&store, &member, id).await?;
    Ok(private(file(&name, "text/csv; charset=utf-8", images_csv(&result))))
}

async fn result(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<ResultDocument, Failure> {
    seen(store, member, id).await?.result.ok_or(Failure::NoFile)
}

fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
