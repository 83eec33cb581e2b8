//! Refusals as the OpenAPI document tells them, each said once for all handlers.
//!
//! Refuses nothing: what is answered is a [`Failure`](crate::error::Failure).
#![expect(dead_code, reason = "described alone: `Failure` writes them")]

use scr_documents::Refusal;
use utoipa::IntoResponses;

/// Refusals of a body, or of a query, that cannot be read.
#[derive(IntoResponses)]
pub(crate) enum BodyRefusals {
    /// Not what it says it is.
    #[response(status = 400)]
    Malformed(#[to_schema] Refusal),
    /// Larger than it may be.
    #[response(status = 413)]
    TooLarge(#[to_schema] Refusal),
    /// Of another type than is read here.
    #[response(status = 415)]
    OtherType(#[to_schema] Refusal),
}

/// An option of the address that cannot be read.
#[derive(IntoResponses)]
#[response(status = 400)]
pub(crate) struct BadOption(#[to_schema] Refusal);

/// Refusals of who is not known.
#[derive(IntoResponses)]
pub(crate) enum Unsigned {
    /// No token that is known.
    #[response(status = 401)]
    Unknown(#[to_schema] Refusal),
    /// Too often; `Retry-After` says how long to wait.
    #[response(status = 429)]
    TooOften(#[to_schema] Refusal),
}

/// Tried too often; `Retry-After` says how long to wait.
#[derive(IntoResponses)]
#[response(status = 429)]
pub(crate) struct TooOften(#[to_schema] Refusal);

/// Known, and may not do this, or not with this token.
#[derive(IntoResponses)]
#[response(status = 403)]
pub(crate) struct Forbidden(#[to_schema] Refusal);

/// Not to be passed on, or the terms are to be accepted first.
#[derive(IntoResponses)]
#[response(status = 403)]
pub(crate) struct NotOffered(#[to_schema] Refusal);

/// What is wrong with the fields, all of it.
#[derive(IntoResponses)]
#[response(status = 422)]
pub(crate) struct Faulty(#[to_schema] Refusal);

/// No such benchmark.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoBenchmark(#[to_schema] Refusal);

/// No such submission, or another's.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoSubmission(#[to_schema] Refusal);

/// No such publication.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoPublication(#[to_schema] Refusal);

/// No such token, or another's.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoToken(#[to_schema] Refusal);

/// Not there, or nobody may have it.
#[derive(IntoResponses)]
#[response(status = 404)]
pub(crate) struct NoFile(#[to_schema] Refusal);

/// An entry that is not there, or no longer.
#[derive(IntoResponses)]
pub(crate) enum NoEntry {
    /// No such entry.
    #[response(status = 404)]
    Unknown(#[to_schema] Refusal),
    /// It was withdrawn.
    #[response(status = 410)]
    Withdrawn(#[to_schema] Refusal),
}
