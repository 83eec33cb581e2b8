//! Entries with their cards and results, present and past, as JSON.

use axum::Json;
use axum::extract::State;
use scr_documents::{CardDocument, EntryRole, ResultDocument};
use scr_store::{EntryRow, PastResult, PublicStore};
use serde::Serialize;
use utoipa::ToSchema;

use super::{refusals, schema};
use crate::error::Failure;
use crate::extractors::PublishedEntry;

/// An entry. In lists, `results` is without `images`.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntrySummary {
    /// Identifier, as in its address; permanent.
    id: String,
    /// Name in tables.
    name: String,
    /// Identifier of the benchmark.
    benchmark: String,
    /// What it is in a table of results.
    #[schema(value_type = schema::Role)]
    role: EntryRole,
    /// What made the masks.
    #[schema(value_type = schema::Card)]
    card: CardDocument,
    /// What was measured.
    #[schema(value_type = schema::Results)]
    results: ResultDocument,
    /// Identifiers of the structures that have a posterior in each of its images.
    posteriors: Vec<String>,
    /// When it was published here, RFC 3339.
    published_at: String,
}

/// The results that an entry had before it was scored again by other rules.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastResultList {
    /// The first first.
    past_results: Vec<PastResultAnswer>,
}

/// A result that an entry had.
#[derive(Serialize, ToSchema)]
struct PastResultAnswer {
    /// When it became the entry's, RFC 3339.
    scored_at: String,
    /// When another took its place, RFC 3339.
    replaced_at: String,
    /// What was measured, with every image's values.
    #[schema(value_type = schema::Results)]
    results: ResultDocument,
}

impl From<PastResult> for PastResultAnswer {
    fn from(PastResult { scored_at, replaced_at, result, .. }: PastResult) -> Self {
        Self { scored_at, replaced_at, results: result }
    }
}

impl From<EntryRow> for EntrySummary {
    fn from(row: EntryRow) -> Self {
        Self {
            name: row.card.name.clone(),
            id: row.id,
            benchmark: row.benchmark_id,
            role: row.role,
            card: row.card,
            results: row.result,
            posteriors: row.posteriors,
            published_at: row.published_at,
        }
    }
}

/// One entry, with every image's values.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}",
    tag = "entries",
    params(("entry" = String, Path, description = "Identifier of the entry")),
    responses(
        (status = 200, description = "The entry", body = EntrySummary),
        refusals::NoEntry
    )
)]
pub(crate) async fn entry(PublishedEntry(row): PublishedEntry) -> Json<EntrySummary> {
    Json(EntrySummary::from(row))
}

/// The results that an entry had before it was scored again by other rules, with every
/// image's values; none where it never was.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/past-results",
    tag = "entries",
    params(("entry" = String, Path, description = "Identifier of the entry")),
    responses(
        (status = 200, description = "The results", body = PastResultList),
        refusals::NoEntry
    )
)]
pub(crate) async fn past_results(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
) -> Result<Json<PastResultList>, Failure> {
    let past = store.entries().past_results(&row).await?;
    Ok(Json(PastResultList { past_results: past.into_iter().map(Into::into).collect() }))
}
