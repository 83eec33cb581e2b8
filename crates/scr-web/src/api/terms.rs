//! Terms of a benchmark and their acceptance.
//!
//! An acceptance holds for one version of the terms.

use axum::Json;
use axum::extract::State;
use scr_documents::{BenchmarkDocument, Refusal, TermsAnswer};
use scr_store::{PublicStore, UserRow};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use crate::error::Failure;
use crate::extractors::{Authenticated, PublishedBenchmark};
use crate::rights::terms_version;
use crate::rights::{accept_terms, terms_accepted_at};

/// Acceptance of terms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// Version of the accepted terms.
    version: String,
}

/// Current terms of a benchmark.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/terms",
    tag = "terms",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The terms", body = TermsAnswer),
        refusals::Unauthenticated,
        refusals::NoBenchmark
    )
)]
pub(crate) async fn terms(
    State(store): State<PublicStore>,
    caller: Option<Authenticated>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Json<TermsAnswer>, Failure> {
    let user = caller.map(|Authenticated(caller)| caller.user);
    answer(&store, row.document, user.as_ref()).await
}

/// Accepts the current terms. A repetition changes nothing. Any scope is enough, as for the
/// header `Accept-Terms` of a download.
#[utoipa::path(
    post,
    path = "/api/v1/benchmarks/{benchmark}/terms",
    tag = "terms",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    request_body = Acceptance,
    security(("token" = [])),
    responses(
        (status = 200, description = "The terms, accepted", body = TermsAnswer),
        refusals::Unauthenticated,
        refusals::NoBenchmark,
        (status = 409, description = "The version is not the current one", body = Refusal),
        refusals::InvalidFields,
        refusals::UnreadableBody
    )
)]
pub(crate) async fn accept(
    State(store): State<PublicStore>,
    Authenticated(caller): Authenticated,
    PublishedBenchmark(row): PublishedBenchmark,
    Json(Acceptance { version }): Json<Acceptance>,
) -> Result<Json<TermsAnswer>, Failure> {
    let benchmark = row.document;
    if !accept_terms(&store, &benchmark, &caller.user, &version).await? {
        let now = terms_version(&benchmark.terms);
        let message =
            format!("version: expected `{now}`, that of the current terms, found `{version}`");
        return Err(Failure::Conflict { message });
    }
    answer(&store, benchmark, Some(&caller.user)).await
}

async fn answer(
    store: &PublicStore,
    benchmark: BenchmarkDocument,
    user: Option<&UserRow>,
) -> Result<Json<TermsAnswer>, Failure> {
    let accepted_at = match user {
        Some(user) => terms_accepted_at(store, &benchmark, user).await?,
        None => None,
    };
    Ok(Json(TermsAnswer {
        version: terms_version(&benchmark.terms),
        benchmark: benchmark.id,
        terms: benchmark.terms,
        accepted_at,
    }))
}
