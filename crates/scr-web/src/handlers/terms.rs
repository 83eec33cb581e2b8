//! The terms of a benchmark, and accepting them.
//!
//! What is accepted is one wording: who accepts another than there is now is shown the
//! present one again.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_documents::BenchmarkDocument;
use scr_store::PublicStore;
use serde::Deserialize;

use super::page;
use crate::address;
use crate::error::Failure;
use crate::extractors::{Member, Published, Visitor, terms_version};
use crate::numbers::date;
use crate::references::{Piece, linked};
use crate::rights::{accept_terms, terms_accepted_at};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    obtain: Vec<Piece>,
    version: String,
    /// Whether someone is signed in, and on which day they accepted this wording.
    visitor: Option<Option<String>>,
    sign_in_href: String,
    benchmark: BenchmarkDocument,
}

/// What the form sends: the wording that was on the page.
#[derive(Deserialize)]
pub(crate) struct Accepted {
    version: String,
}

/// Answers `/benchmarks/ID/terms`.
pub(crate) async fn terms(
    State(store): State<PublicStore>,
    Published(row): Published,
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

/// Notes that the wording on the page was accepted.
pub(crate) async fn accept(
    State(store): State<PublicStore>,
    member: Member,
    Published(row): Published,
    Form(form): Form<Accepted>,
) -> Result<Response, Failure> {
    let document = row.document;
    accept_terms(&store, &document, &member.user, &form.version).await?;
    Ok(Redirect::to(&address::benchmark(&document.id, "terms")).into_response())
}
