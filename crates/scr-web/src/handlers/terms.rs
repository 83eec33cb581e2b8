//! Terms page of a benchmark, and their acceptance.
//!
//! Acceptance is bound to a version: a form with an old version shows the current terms
//! again.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_documents::BenchmarkDocument;
use scr_store::PublicStore;
use serde::Deserialize;

use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::extractors::{Member, PublishedBenchmark, Visitor};
use crate::numbers::date;
use crate::references::{Piece, linked};
use crate::rights::terms_version;
use crate::rights::{accept_terms, terms_accepted_at};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    obtain: Vec<Piece>,
    version: String,
    /// Visitor, if someone is signed in, with the day of their acceptance.
    visitor: Option<Option<String>>,
    sign_in_href: String,
    benchmark: BenchmarkDocument,
}

/// Form with the version of the terms on the page.
#[derive(Deserialize)]
pub(crate) struct AcceptForm {
    version: String,
}

/// Answers `/benchmarks/ID/terms`.
pub(crate) async fn terms(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Visitor(visitor): Visitor,
) -> Result<Response, Failure> {
    let document = row.document;
    let version = terms_version(&document.terms);
    let visitor = match visitor {
        None => None,
        Some(member) => {
            let accepted = terms_accepted_at(&store, &document, &member.user).await?;
            Some(accepted.map(|time| date(&time).to_owned()))
        }
    };
    page(&TermsPage {
        obtain: linked(&document.terms.obtain),
        version,
        visitor,
        sign_in_href: address::sign_in(&address::benchmark(&document.id, "terms")),
        benchmark: document,
    })
}

/// Records the acceptance of the version on the page.
pub(crate) async fn accept(
    State(store): State<PublicStore>,
    member: Member,
    PublishedBenchmark(row): PublishedBenchmark,
    Form(form): Form<AcceptForm>,
) -> Result<Response, Failure> {
    let document = row.document;
    accept_terms(&store, &document, &member.user, &form.version).await?;
    Ok(Redirect::to(&address::benchmark(&document.id, "terms")).into_response())
}
