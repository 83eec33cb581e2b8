//! Submission form: data requirements, terms, card and file.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, ModelAccess, Protocol};
use scr_store::{BenchmarkRow, PublicStore};

use crate::address;
use crate::card_input::{CardInput, Intent, MAX_FILE_BYTES, MAX_NAME, MAX_TEXT};
use crate::error::Failure;
use crate::extractors::{Member, PublishedBenchmark};
use crate::field_error::FieldError;
use crate::handlers::draw::private_page;
use crate::numbers::date;
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::rights::has_accepted_terms;

/// Most entries and interrupted uploads that the form lists, the newest ones.
const MAX_LISTED: u32 = 100;

#[derive(Template)]
#[template(path = "submit/form.html")]
struct FormPage {
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    cite: Vec<Vec<Piece>>,
    obtain: Vec<Piece>,
    n_masks: usize,
    first_image: String,
    has_accepted: bool,
    card: CardInput,
    authors: String,
    accepts_terms: bool,
    model: Option<ModelAccess>,
    own: Vec<OwnEntry>,
    unfinished: Vec<UnfinishedUpload>,
    errors: Vec<FieldError>,
    max_name: usize,
    max_text: usize,
    max_bytes: u64,
    limit: String,
}

/// Published entry of the submitter, which this one can correct.
struct OwnEntry {
    id: String,
    name: String,
    is_chosen: bool,
}

/// Interrupted upload.
struct UnfinishedUpload {
    name: String,
    href: String,
    begun: String,
}

impl FormPage {
    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(&error.message)
    }
}

/// Answers `/benchmarks/ID/submit`; with `?from=SUBMISSION` the card is that one's.
pub(crate) async fn form(
    State(store): State<PublicStore>,
    member: Member,
    PublishedBenchmark(benchmark): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let mut intent = Intent::default();
    if let Some(from) = options.first("from") {
        let submission = store.submissions().get(from).await?;
        if let Some(own) = submission.filter(|found| found.user_id == member.user.id) {
            intent = Intent {
                card: CardInput::from(&own.card),
                corrects: own.supersedes,
                accepts_terms: false,
                model: own.model,
            };
        }
    }
    if let Some(entry) = options.first("corrects") {
        intent.corrects = Some(entry.to_owned());
    }
    page(&store, &member, benchmark, intent, Vec::new()).await
}

/// Form with the input and its errors.
pub(super) async fn page(
    store: &PublicStore,
    member: &Member,
    benchmark: BenchmarkRow,
    intent: Intent,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let id = &benchmark.document.id;
    if !store.benchmarks().accepts_submissions(&benchmark.document).await? {
        return Err(Failure::takes_no_submissions(&benchmark.document));
    }
    let has_accepted = has_accepted_terms(store, &benchmark.document, &member.user).await?;
    let user = &member.user.id;
    let entries = store.submissions().entries_of(user, id, MAX_LISTED).await?;
    let mut own: Vec<OwnEntry> = entries
        .into_iter()
        .map(|(id, name)| OwnEntry { is_chosen: intent.corrects.as_ref() == Some(&id), id, name })
        .collect();
    if let Some(chosen) = &intent.corrects
        && !own.iter().any(|entry| entry.is_chosen)
        && store.submissions().is_entry_of(user, id, chosen).await?
        && let Some(entry) = store.entries().summary(chosen).await?
    {
        own.push(OwnEntry { id: entry.id, name: entry.card.name, is_chosen: true });
    }
    let unfinished = store.submissions().unfinished_of(user, id, MAX_LISTED).await?;
    let unfinished = unfinished.into_iter().map(|submission| UnfinishedUpload {
        name: submission.card.name,
        href: address::submission(&submission.id),
        begun: date(&submission.created_at).to_owned(),
    });
    let unfinished = unfinished.collect();
    let is_wrong = !errors.is_empty();
    let document = benchmark.document;
    let page = FormPage {
        benchmark_href: address::benchmark(&document.id, ""),
        cite: document.terms.cite.iter().map(|text| linked(text)).collect(),
        obtain: linked(&document.terms.obtain),
        n_masks: document.images.len() * document.structures.len(),
        first_image: document.images.first().map(|image| image.id.clone()).unwrap_or_default(),
        has_accepted,
        authors: intent.card.authors.join("\n"),
        accepts_terms: intent.accepts_terms,
        model: intent.model,
        card: intent.card,
        own,
        unfinished,
        errors,
        max_name: MAX_NAME,
        max_text: MAX_TEXT,
        max_bytes: MAX_FILE_BYTES,
        limit: format!("{} GiB", MAX_FILE_BYTES >> 30),
        benchmark: document,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    private_page(status, &page)
}
