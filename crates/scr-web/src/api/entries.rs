//! Entries with their cards, current results and past results, as JSON.

use axum::Json;
use axum::extract::State;
use scr_documents::{EntrySummary, PastResultAnswer, PastResultList};
use scr_store::{EntryRow, PastResult, PublicStore};

use super::refusals;
use crate::error::Failure;
use crate::extractors::PublishedEntry;

fn past_result(past: PastResult) -> PastResultAnswer {
    let PastResult { scored_at, replaced_at, result, .. } = past;
    PastResultAnswer { scored_at, replaced_at, results: result }
}

/// The written form of an entry.
pub(super) fn entry_summary(row: EntryRow) -> EntrySummary {
    EntrySummary {
        name: row.card.name.clone(),
        id: row.id,
        benchmark: row.benchmark_id,
        role: row.role,
        card: row.card,
        results: row.result,
        posteriors: row.posteriors,
        verified_run: row.verified_run,
        published_at: row.published_at,
    }
}

/// One entry, with the values of every image.
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
    Json(entry_summary(row))
}

/// Past results of an entry, from before it was scored again by other rules, with the values
/// of every image. Empty for an entry that was scored once.
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
    Ok(Json(PastResultList { past_results: past.into_iter().map(past_result).collect() }))
}
