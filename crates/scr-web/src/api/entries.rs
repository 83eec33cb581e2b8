//! Entries with their cards and results, as JSON.

use axum::Json;
use scr_report::ResultDocument;
use scr_store::{CardDocument, EntryRole, EntryRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema;
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
        (status = 404, description = "No such entry", body = schema::Refusal)
    )
)]
pub(crate) async fn entry(PublishedEntry(row): PublishedEntry) -> Json<EntrySummary> {
    Json(EntrySummary::from(row))
}
