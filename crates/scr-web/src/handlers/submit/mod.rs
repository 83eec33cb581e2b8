//! Handing in by a form: what is needed, the terms, the card, the file.
//!
//! Works without script as one POST; `static/submit/` sends the file piece by piece
//! through the API where script runs, from the same fields.

mod parts;
mod receive;

pub(crate) use receive::submit;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, SubmissionState};
use scr_store::{BenchmarkRow, PublicStore};

use super::account::private_page;
use crate::address;
use crate::card_input::{CardInput, Fault, Intent, MAX_FILE_BYTES, MAX_NAME, MAX_TEXT};
use crate::error::Failure;
use crate::extractors::{Member, Options, Published};
use crate::numbers::date;
use crate::references::{Piece, linked};
use crate::rights::has_accepted_terms;

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
    own: Vec<OwnEntry>,
    unfinished: Vec<Unfinished>,
    faults: Vec<Fault>,
    max_name: usize,
    max_text: usize,
    max_bytes: u64,
    limit: String,
}

/// A published entry of the submitter's that this one may correct.
struct OwnEntry {
    id: String,
    name: String,
    is_chosen: bool,
}

/// An upload that broke off.
struct Unfinished {
    name: String,
    href: String,
    begun: String,
}

impl FormPage {
    fn fault(&self, field: &str) -> Option<&str> {
        let fault = self.faults.iter().find(|fault| fault.field == field)?;
        Some(&fault.message)
    }
}

/// Answers `/benchmarks/ID/submit`; with `?from=SUBMISSION` the card is that one's.
pub(crate) async fn form(
    State(store): State<PublicStore>,
    member: Member,
    Published(benchmark): Published,
    options: Options,
) -> Result<Response, Failure> {
    let mut intent = Intent::default();
    if let Some(from) = options.first("from") {
        let submission = store.submission(from).await?;
        if let Some(own) = submission.filter(|found| found.user_id == member.user.id) {
            intent = Intent {
                card: CardInput::from(&own.card),
                corrects: own.supersedes,
                accepts_terms: false,
            };
        }
    }
    if let Some(entry) = options.first("corrects") {
        intent.corrects = Some(entry.to_owned());
    }
    page(&store, &member, benchmark, intent, Vec::new()).await
}

/// The form with what was typed, and what is wrong with it.
async fn page(
    store: &PublicStore,
    member: &Member,
    benchmark: BenchmarkRow,
    intent: Intent,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let id = &benchmark.document.id;
    if !store.takes_masks(&benchmark.document) {
        return Err(Failure::takes_nothing(&benchmark.document));
    }
    let has_accepted = has_accepted_terms(store, &benchmark.document, &member.user).await?;
    let mut own = Vec::new();
    for id in store.own_entries(&member.user.id, id).await? {
        if let Some(entry) = store.entry(&id).await? {
            let is_chosen = intent.corrects.as_ref() == Some(&id);
            own.push(OwnEntry { id, name: entry.card.name, is_chosen });
        }
    }
    let submissions = store.submissions_of(&member.user.id).await?;
    let is_unfinished = |submission: &&scr_store::Submission| {
        submission.state == SubmissionState::Receiving && submission.benchmark_id == *id
    };
    let unfinished = submissions.iter().filter(is_unfinished).map(|submission| Unfinished {
        name: submission.card.name.clone(),
        href: address::submission(&submission.id),
        begun: date(&submission.created_at).to_owned(),
    });
    let is_wrong = !faults.is_empty();
    let unfinished = unfinished.collect();
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
        card: intent.card,
        own,
        unfinished,
        faults,
        max_name: MAX_NAME,
        max_text: MAX_TEXT,
        max_bytes: MAX_FILE_BYTES,
        limit: format!("{} GiB", MAX_FILE_BYTES >> 30),
        benchmark: document,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    private_page(status, &page)
}
