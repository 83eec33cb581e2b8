//! The JSON and the files under `/api/v1`, and the document that describes them.
//!
//! The answers carry the stored documents as they are; [`schema`] says in
//! OpenAPI what is in them, and [`refusals`] how a refusal is told.

pub(crate) mod account;
pub(crate) mod benchmarks;
pub(crate) mod downloads;
pub(crate) mod entries;
pub(crate) mod feedback;
pub(crate) mod files;
pub(crate) mod handing_in;
pub(crate) mod jobs;
pub(crate) mod publications;
pub(crate) mod record;
mod refusals;
pub(crate) mod review;
pub(crate) mod schema;
pub(crate) mod submissions;
pub(crate) mod terms;
pub(crate) mod watching;

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What a token is good for, and what none is.
const TOKENS: &str = "A token of an account, made on the account's page or by `scr admin token \
    create`. It lets its holder do what both its scopes and its owner's role allow: `read` what \
    is not public, `submit` masks and change what is one's own, `review` what others handed in. \
    No token makes another token, adds an identity, changes a password, ends a session or \
    deletes an account: whoever has a token that is not theirs must not be able to stay, or to \
    lock its owner out.";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SCR",
        description = "Segmentation in chest radiographs: benchmarks, entries, results and the \
            files behind them, open to all. Handing in, reviewing and all that is a person's own \
            needs a token. Making tokens, ways of signing in, ending sessions and deleting an \
            account are for pages alone.",
        license(name = "MIT OR Apache-2.0")
    ),
    modifiers(&Tokens),
    paths(
        benchmarks::benchmarks,
        benchmarks::benchmark,
        benchmarks::entries,
        terms::terms,
        terms::accept,
        publications::publications,
        publications::report,
        publications::show,
        publications::hide,
        feedback::send,
        feedback::messages,
        entries::entry,
        entries::past_results,
        files::image,
        files::image_display,
        files::thumbnail,
        files::outlines,
        files::outlines_display,
        files::mask,
        files::entry_outlines,
        files::entry_outlines_display,
        files::entry_mask,
        files::entry_posterior,
        record::head,
        record::log,
        record::entry,
        downloads::manifest,
        downloads::sums,
        downloads::file,
        handing_in::begin,
        submissions::submissions,
        handing_in::piece,
        handing_in::complete,
        submissions::submission,
        submissions::confirm,
        watching::events,
        watching::outlines,
        submissions::withdraw,
        review::queue,
        review::review,
        account::account,
        account::set_name,
        account::tokens,
        account::revoke_token,
        jobs::jobs,
        jobs::cancel,
        openapi,
    )
)]
struct Document;

/// Adds how a token is shown.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(TOKENS));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    }
}

/// The document that describes the API.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "about",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub(crate) async fn openapi() -> impl IntoResponse {
    Json(document())
}
