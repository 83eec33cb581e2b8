//! What was published on a benchmark: the list, reporting more, and what curators do
//! with reports.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use scr_documents::{Publication, PublicationDocument, PublicationList, PublicationState};
use scr_store::{PublicStore, PublicationRow, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use crate::error::Failure;
use crate::extractors::{Authenticated, PublishedBenchmark};
use crate::public_form::PublicJson;

/// What a reader says of a publication.
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
    /// Identifiers of entries on this benchmark that it describes.
    #[serde(default)]
    entries: Vec<String>,
}

/// Which publications.
#[derive(Deserialize)]
pub(crate) struct Which {
    state: Option<PublicationState>,
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

/// The publications on a benchmark: those that readers see, or for curators those in
/// another state.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/publications",
    tag = "publications",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("state" = Option<PublicationState>, Query, description = "Which; without it those shown. Others need the scope `review`")
    ),
    security((), ("token" = ["review"])),
    responses(
        (status = 200, description = "The publications", body = PublicationList),
        refusals::BadOption,
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoBenchmark
    )
)]
pub(crate) async fn publications(
    State(store): State<PublicStore>,
    signed: Option<Authenticated>,
    PublishedBenchmark(row): PublishedBenchmark,
    Query(which): Query<Which>,
) -> Result<Json<PublicationList>, Failure> {
    let id = &row.document.id;
    let found = match which.state.unwrap_or(PublicationState::Shown) {
        PublicationState::Shown => store.publications().shown(id).await?,
        state => {
            signed.ok_or(Failure::Unauthenticated)?.needs(Scope::Review)?;
            let mut all = store.publications().list().await?;
            all.retain(|one| one.benchmark_id == *id && one.state == state);
            all
        }
    };
    Ok(Json(PublicationList { publications: found.into_iter().map(publication).collect() }))
}

/// Reports a publication, which a curator looks at before it is shown. A DOI that is
/// known changes nothing. Needs no token; counted with all other forms for everyone.
#[utoipa::path(
    post,
    path = "/api/v1/benchmarks/{benchmark}/publications",
    tag = "publications",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    request_body = Report,
    responses(
        (status = 202, description = "It waits for a curator"),
        refusals::NoBenchmark,
        refusals::TooOften,
        refusals::Faulty,
        refusals::BodyRefusals
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
        (status = 204, description = "It is shown"),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoPublication
    )
)]
pub(crate) async fn show(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    set_state(&store, &signed, &id, PublicationState::Shown).await
}

/// Takes a publication off the list, or keeps it from it.
#[utoipa::path(
    post,
    path = "/api/v1/publications/{publication}/hide",
    tag = "publications",
    params(("publication" = String, Path, description = "Identifier of the publication")),
    security(("token" = ["review"])),
    responses(
        (status = 204, description = "It is hidden"),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoPublication
    )
)]
pub(crate) async fn hide(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    set_state(&store, &signed, &id, PublicationState::Hidden).await
}

async fn set_state(
    store: &PublicStore,
    signed: &Authenticated,
    id: &str,
    state: PublicationState,
) -> Result<StatusCode, Failure> {
    signed.needs(Scope::Review)?;
    store.publications().set_state(id, state).await?;
    Ok(StatusCode::NO_CONTENT)
}
