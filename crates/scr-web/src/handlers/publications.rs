//! Publications page of a benchmark: list, BibTeX and a form to report more.
//!
//! A curator reviews each report; DOIs are not resolved.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use scr_data::Problem;
use scr_documents::{BenchmarkDocument, PublicationDocument, PublicationState};
use scr_store::{ListedEntry, PublicStore, ReportError, Role};

use super::draw::page;
use super::entry_files::{BIBTEX, file, plain};
use crate::error::Failure;
use crate::extractors::{Member, PublishedBenchmark};
use crate::list_pages::{ListLinks, ROWS_A_PAGE, cut};
use crate::offered::Offered;
use crate::options::Options;
use crate::public_form::PublicForm;
use crate::references::{Piece, linked};
use crate::versions::EntryLink;
use crate::{address, citation};

/// Query option of the publication after which the list begins.
const AFTER: &str = "after";
/// Query option after a report.
const REPORTED: &str = "reported";

#[derive(Template)]
#[template(path = "publications.html")]
struct PublicationsPage {
    benchmark: BenchmarkDocument,
    publications: Vec<Publication>,
    links: ListLinks,
    bib_href: String,
    entries: Vec<EntryChoice>,
    /// Invalid report, to be corrected.
    report: PublicationDocument,
    /// Year as typed.
    year: String,
    problems: Vec<Problem>,
    is_reported: bool,
}

struct Publication {
    title: String,
    authors: String,
    appeared: String,
    doi: Vec<Piece>,
    entries: Vec<EntryLink>,
}

/// An entry of the form's list.
struct EntryChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// Answers `/benchmarks/ID/publications`.
pub(crate) async fn publications(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let is_reported = options.first(REPORTED).is_some();
    let mut whole =
        PublicationsPage::new(&store, row.document, PublicationDocument::default(), &options)
            .await?;
    whole.is_reported = is_reported;
    page(&whole)
}

/// Answers `/benchmarks/ID/publications.bib`.
pub(crate) async fn publications_bib(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let state = PublicationState::Shown;
    let handle = store.publications();
    let publications = handle.in_state_after(&row.document.id, state, None, u32::MAX).await?;
    let records = publications.iter().map(|one| citation::of_publication(&one.document));
    let name = format!("{}-publications.bib", plain(&row.document.id));
    Ok(file(&name, BIBTEX, citation::file_of(records)))
}

/// Stores a report, or shows the form again with all errors.
pub(crate) async fn report(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    PublicForm(sent): PublicForm,
) -> Result<Response, Failure> {
    let text = |name: &str| sent.first(name).unwrap_or_default().trim().to_owned();
    let list = |name: &str| sent.list(name).unwrap_or_default().into_iter().map(str::to_owned);
    let year = text("year");
    let report = PublicationDocument {
        doi: text("doi"),
        title: text("title"),
        authors: text("authors")
            .lines()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        // Year 0 stands for an invalid number and is refused with all other errors.
        year: year.parse().unwrap_or_default(),
        venue: text("venue"),
        entry_ids: list("entries").collect(),
    };
    let benchmark = row.document;
    match store.publications().propose(&benchmark.id, report.clone()).await {
        Ok(()) => {
            let href = address::benchmark(&benchmark.id, "publications");
            Ok(Redirect::to(&format!("{href}?{REPORTED}=1#report")).into_response())
        }
        Err(ReportError::Invalid { problems }) => {
            let mut whole =
                PublicationsPage::new(&store, benchmark, report, &Options::default()).await?;
            whole.problems = problems.list().to_vec();
            whole.year = year;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&whole)?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows a publication in the list, for curators.
pub(crate) async fn show(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    set_state(&store, &member, &id, PublicationState::Shown).await
}

/// Hides a publication from the list, for curators.
pub(crate) async fn hide(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    set_state(&store, &member, &id, PublicationState::Hidden).await
}

async fn set_state(
    store: &PublicStore,
    member: &Member,
    id: &str,
    state: PublicationState,
) -> Result<Redirect, Failure> {
    member.needs(Role::Curator)?;
    store.publications().set_state(id, state).await?;
    Ok(Redirect::to("/review#publications"))
}

impl PublicationsPage {
    async fn new(
        store: &PublicStore,
        benchmark: BenchmarkDocument,
        report: PublicationDocument,
        options: &Options,
    ) -> Result<Self, Failure> {
        let standings = store.standings(&benchmark.id).await?;
        let chosen: Vec<&str> = report.entry_ids.iter().map(String::as_str).collect();
        let offered = Offered::of(store, &standings, &benchmark, &chosen).await?;
        let after = match options.first(AFTER) {
            Some(id) => store.publications().get(id).await?,
            None => None,
        };
        let after = after.filter(|after| after.benchmark_id == benchmark.id);
        let handle = store.publications();
        let state = PublicationState::Shown;
        let mut rows =
            handle.in_state_after(&benchmark.id, state, after.as_ref(), ROWS_A_PAGE + 1).await?;
        let next = cut(&mut rows, ROWS_A_PAGE).map(|last| last.id.clone());
        let href = address::benchmark(&benchmark.id, "publications");
        let links = ListLinks::new(&href, options, AFTER, next);
        let choice = |entry: &ListedEntry| EntryChoice {
            chosen: report.entry_ids.contains(&entry.id),
            id: entry.id.clone(),
            name: entry.name.clone(),
        };
        let mut publications = Vec::new();
        for row in rows {
            let ids: Vec<&str> = row.document.entry_ids.iter().map(String::as_str).collect();
            let described = store.entries().listed_of(&benchmark.id, &ids).await?;
            publications.push(shown(row.document, described));
        }
        Ok(Self {
            publications,
            links,
            bib_href: address::benchmark(&benchmark.id, "publications.bib"),
            entries: offered.entries.iter().map(choice).collect(),
            year: String::new(),
            problems: Vec::new(),
            is_reported: false,
            report,
            benchmark,
        })
    }
}

fn shown(document: PublicationDocument, described: Vec<ListedEntry>) -> Publication {
    let separator = if document.venue.is_empty() { "" } else { ", " };
    let link = |entry: ListedEntry| EntryLink { href: address::entry(&entry.id), name: entry.name };
    Publication {
        authors: document.authors.join(", "),
        appeared: format!("{}{separator}{}", document.venue, document.year),
        doi: linked(&format!("doi:{}", document.doi)),
        entries: described.into_iter().map(link).collect(),
        title: document.title,
    }
}
