//! Refusals: error responses in the OpenAPI document, shared by all handlers.
//!
//! These types only describe; handlers answer with [`Failure`](crate::error::Failure).
#![expect(dead_code, reason = "types of the OpenAPI document only: `Failure` answers")]

use scr_documents::Refusal;
use utoipa::IntoResponses;

/// Refusals of a body or a query that cannot be read.
#[derive(IntoResponses)]
pub(crate) enum UnreadableBody {
    /// Malformed body or query.
    #[response(status = 400)]
    Malformed(#[to_schema] Refusal),
    /// Body above the size limit.
    #[response(status = 413)]
    TooLarge(#[to_schema] Refusal),
    /// Unsupported media type.
    #[response(status = 415)]
    UnsupportedMediaType(#[to_schema] Refusal),
}

/// Invalid query parameter.
#[derive(IntoResponses)]
#[response(status = 400)]
pub(crate) struct InvalidQuery(#[to_schema] Refusal);

/// Refusals of requests without a valid token.
#[derive(IntoResponses)]
pub(crate) enum Unauthenticated {
    /// Missing, unknown, expired or revoked token.
    #[response(status = 401)]
    InvalidToken(#[to_schema] Refusal),
    /// Rate limit exceeded; `Retry-After` gives the waiting time.
    #[response(status = 429)]
    RateLimited(#[to_schema] Refusal),
}

/// Rate limit exceeded; `Retry-After` gives the waiting time.
#[derive(IntoResponses)]
#[response(status = 429)]
pub(crate) struct RateLimited(#[to_schema] Refusal);

/// Not allowed for this account, or the token lacks the scope.
#[derive(IntoResponses)]
#[response(status = 403)]
pub(crate) struct Forbidden(#[to_schema] Refusal);

/// Redistribution is forbidden, or the terms are not accepted yet.
#[derive(IntoResponses)]
#[response(status = 403)]
pub(crate) struct CopiesForbidden(#[to_schema] Refusal);

/// Invalid fields; the answer lists all errors.
#[derive(IntoResponses)]
#[response(status = 422)]
pub(crate) struct InvalidFields(#[to_schema] Refusal);

/// No such benchmark.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoBenchmark(#[to_schema] Refusal);

/// No such submission, or one of another submitter.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoSubmission(#[to_schema] Refusal);

/// No such job.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoJob(#[to_schema] Refusal);

/// No such publication.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoPublication(#[to_schema] Refusal);

/// No such token, or one of another account.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoToken(#[to_schema] Refusal);

/// No such file, or one that the site does not offer.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoFile(#[to_schema] Refusal);

/// Refusals of unknown and withdrawn entries.
#[derive(IntoResponses)]
pub(crate) enum NoEntry {
    /// No such entry.
    #[response(status = 404)]
    Unknown(#[to_schema] Refusal),
    /// The entry is withdrawn.
    #[response(status = 410)]
    Withdrawn(#[to_schema] Refusal),
}
