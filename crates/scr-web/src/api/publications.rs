//! Publications on a benchmark: the list, reports of readers, and the decisions of curators.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use scr_documents::{Publication, PublicationDocument, PublicationList, PublicationState};
use scr_store::{PublicStore, PublicationRow, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::{PageQuery, cut};
use super::refusals;
use crate::address::encoded;
use crate::error::Failure;
use crate::extractors::{Authenticated, PublishedBenchmark};
use crate::public_form::PublicJson;

/// Report of a publication by a reader.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// DOI, as a link or from `10.` on.
    doi: String,
    /// Title.
    title: String,
    /// Authors, in the publication's order.
    authors: Vec<String>,
    /// Year of publication.
    year: u16,
    /// Journal, conference or archive.
    #[serde(default)]
    venue: String,
    /// Identifiers of the entries on this benchmark that it describes.
    #[serde(default)]
    entries: Vec<String>,
}

/// Query of the list of publications, beside that of a page.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default = "shown")]
    state: PublicationState,
}

const fn shown() -> PublicationState {
    PublicationState::Shown
}

fn publication(row: PublicationRow) -> Publication {
    let PublicationDocument { doi, title, authors, year, venue, entry_ids } = row.document;
    Publication {
        id: row.id,
        doi,
        title,
        authors,
        year,
        venue,
        entries: entry_ids,
        state: row.state,
        proposed_at: row.proposed_at,
    }
}

impl From<Report> for PublicationDocument {
    fn from(Report { doi, title, authors, year, venue, entries }: Report) -> Self {
        Self { doi, title, authors, year, venue, entry_ids: entries }
    }
}

/// Publications on a benchmark: the ones shown to readers, or for curators the ones in another
/// state; the latest year first. `next` is the address of the publications that follow; null at the
/// end.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/publications",
    tag = "publications",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("state" = Option<PublicationState>, Query, description = "State of the publications, by default `shown`; others need the scope `review`"),
        ("after" = Option<String>, Query, description = "Identifier of the publication after which the list begins"),
        ("limit" = Option<u32>, Query, description = "Largest number of publications, from 1 to 500, by default 100", minimum = 1, maximum = 500)
    ),
    security((), ("token" = ["review"])),
    responses(
        (status = 200, description = "The publications", body = PublicationList),
        refusals::InvalidQuery,
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoBenchmark,
        refusals::InvalidFields
    )
)]
pub(crate) async fn publications(
    State(store): State<PublicStore>,
    caller: Option<Authenticated>,
    PublishedBenchmark(row): PublishedBenchmark,
    Query(query): Query<PageQuery>,
    Query(ListQuery { state }): Query<ListQuery>,
) -> Result<Json<PublicationList>, Failure> {
    let id = &row.document.id;
    if state != PublicationState::Shown {
        caller.ok_or(Failure::Unauthenticated)?.needs(Scope::Review)?;
    }
    let limit = query.limit()?;
    let after = match &query.after {
        Some(after) => {
            let found = store.publications().get(after).await?;
            let known = found.filter(|found| found.benchmark_id == *id && found.state == state);
            let expected = "a publication of this list";
            Some(known.ok_or_else(|| PageQuery::invalid_after(expected, after))?)
        }
        None => None,
    };
    let handle = store.publications();
    let mut found = handle.in_state_after(id, state, after.as_ref(), limit + 1).await?;
    let path = format!("/benchmarks/{}/publications?state={}", encoded(id), state.as_str());
    let next = cut(&mut found, limit, &path, |last| last.id.clone());
    let publications = found.into_iter().map(publication).collect();
    Ok(Json(PublicationList { publications, next }))
}

/// Reports a publication, to be shown after a curator's review. A known DOI changes nothing.
/// Needs no token; shares the rate limit of all public forms.
#[utoipa::path(
    post,
    path = "/api/v1/benchmarks/{benchmark}/publications",
    tag = "publications",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    request_body = Report,
    responses(
        (status = 202, description = "The report waits for a curator's review"),
        refusals::NoBenchmark,
        refusals::RateLimited,
        refusals::InvalidFields,
        refusals::UnreadableBody
    )
)]
pub(crate) async fn report(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    PublicJson(report): PublicJson<Report>,
) -> Result<StatusCode, Failure> {
    store.publications().propose(&row.document.id, report.into()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Shows a publication to readers.
#[utoipa::path(
    post,
    path = "/api/v1/publications/{publication}/show",
    tag = "publications",
    params(("publication" = String, Path, description = "Identifier of the publication")),
    security(("token" = ["review"])),
    responses(
        (status = 204, description = "The publication is shown"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoPublication
    )
)]
pub(crate) async fn show(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    set_state(&store, &caller, &id, PublicationState::Shown).await
}

/// Hides a publication from readers.
#[utoipa::path(
    post,
    path = "/api/v1/publications/{publication}/hide",
    tag = "publications",
    params(("publication" = String, Path, description = "Identifier of the publication")),
    security(("token" = ["review"])),
    responses(
        (status = 204, description = "The publication is hidden"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoPublication
    )
)]
pub(crate) async fn hide(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    set_state(&store, &caller, &id, PublicationState::Hidden).await
}

async fn set_state(
    store: &PublicStore,
    caller: &Authenticated,
    id: &str,
    state: PublicationState,
) -> Result<StatusCode, Failure> {
    caller.needs(Scope::Review)?;
    store.publications().set_state(id, state).await?;
    Ok(StatusCode::NO_CONTENT)
}
