//! The API under `/api/v1`: its operations and its OpenAPI document.
//!
//! The answers are documents of [`scr_documents`], which describe themselves in OpenAPI;
//! [`refusals`] describes refusals.

mod account;
mod benchmarks;
mod cases;
mod downloads;
mod entries;
mod entry_stream;
mod events;
mod feedback;
mod files;
mod jobs;
mod operation;
mod paging;
mod publications;
mod record;
mod refusals;
mod review;
mod submission_outlines;
mod submissions;
mod terms;
mod thumbnails;
mod upload;

use axum::Json;
use axum::response::IntoResponse;
use scr_store::MAX_CHUNK_BYTES;
use std::sync::LazyLock;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

pub(crate) use operation::Operation;
use operation::operation;

/// Largest request that creates a submission, in bytes.
const MAX_CARD_BYTES: usize = 512 << 10;
/// Largest report of a reader or message of a curator, in bytes.
pub(crate) const MAX_REPORT_BYTES: usize = 64 << 10;

/// Description of tokens.
const TOKENS: &str = "Token of an account, created on the account's page or by `scr admin token \
    create`. It grants the rights that both its scopes and its owner's role allow: `read` reads \
    private data, `submit` submits masks and changes the owner's submissions, `review` decides \
    on submissions of others, `account` renames the account and revokes tokens. No token creates \
    a token, adds an identity, changes a password, ends a session or deletes an account: a \
    stolen token must not give lasting access or lock its owner out.";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SCR",
        description = "Segmentation in chest radiographs: benchmarks, entries, results and their \
            files are public. Submissions, reviews and account data need a token. Tokens are \
            created, identities and passwords changed, sessions ended and accounts deleted on \
            pages only.",
        license(name = "MIT OR Apache-2.0")
    ),
    modifiers(&Tokens)
)]
struct Document;

/// Adds the security scheme of tokens.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(TOKENS));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    }
}

/// All operations except [`uploads`], with the size limits of their bodies.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation!(openapi),
        operation!(benchmarks::benchmarks),
        operation!(benchmarks::benchmark),
        operation!(benchmarks::entries),
        operation!(cases::cases),
        operation!(cases::entry_scores),
        operation!(terms::terms),
        operation!(terms::accept),
        operation!(publications::publications),
        operation!(publications::report).with_body(MAX_REPORT_BYTES),
        operation!(publications::show),
        operation!(publications::hide),
        operation!(feedback::send).with_body(MAX_REPORT_BYTES),
        operation!(feedback::messages),
        operation!(entries::entry),
        operation!(entries::past_results),
        operation!(files::image),
        operation!(files::image_display),
        operation!(files::thumbnail),
        operation!(thumbnails::mean_image),
        operation!(thumbnails::thumbnail_outlines),
        operation!(thumbnails::entry_thumbnail_outlines),
        operation!(files::outlines),
        operation!(files::outlines_display),
        operation!(files::mask),
        operation!(files::entry_outlines),
        operation!(files::entry_outlines_display),
        operation!(files::entry_mask),
        operation!(files::entry_model),
        operation!(files::entry_posterior),
        operation!(record::head),
        operation!(record::log),
        operation!(record::entry),
        operation!(downloads::manifest),
        operation!(downloads::sums),
        operation!(downloads::file),
        operation!(upload::begin).with_body(MAX_CARD_BYTES),
        operation!(submissions::submissions),
        operation!(upload::complete),
        operation!(submissions::submission),
        operation!(submissions::confirm),
        operation!(submissions::withdraw),
        operation!(events::events),
        operation!(submission_outlines::outlines),
        operation!(review::queue),
        operation!(review::review).with_body(MAX_REPORT_BYTES),
        operation!(account::account),
        operation!(account::set_name),
        operation!(account::tokens),
        operation!(account::revoke_token),
        operation!(jobs::jobs),
        operation!(jobs::cancel),
        operation!(jobs::retry),
        operation!(jobs::drop_job),
    ]
}

/// Operations that receive files, with a longer deadline.
pub(crate) fn uploads() -> Vec<Operation> {
    vec![operation!(upload::upload_chunk).with_body(MAX_CHUNK_BYTES)]
}

/// OpenAPI document of all operations.
static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    let operations = operations().into_iter().chain(uploads());
    operations
        .fold(Document::openapi(), |document, operation| document.merge_from(operation.description))
});

/// The OpenAPI document.
pub(crate) fn document() -> &'static utoipa::openapi::OpenApi {
    &DOCUMENT
}

/// OpenAPI document of this API.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "about",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub(crate) async fn openapi() -> impl IntoResponse {
    Json(document())
}
