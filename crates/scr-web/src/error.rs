//! Request failures: status, title and message of each, in one table.
//!
//! Handlers return a [`Failure`]. It becomes an empty answer that carries the failure, and
//! the layer in `error_answers.rs` writes the body: HTML for pages, JSON for the API.

use scr_documents::BenchmarkDocument;
use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::address;
use crate::field_error::FieldError;
use crate::numbers::date;

/// Failure of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No benchmark has this identifier.
    NoBenchmark {
        /// Identifier in the address.
        id: String,
        /// Identifiers that it may mean, the nearest first.
        nearest: Vec<String>,
    },
    /// No entry has this identifier.
    NoEntry {
        /// Identifier in the address.
        id: String,
        /// Identifiers that it may mean, the nearest first.
        nearest: Vec<String>,
    },
    /// The entry is withdrawn.
    Withdrawn {
        /// Identifier of the entry.
        id: String,
        /// Reason for the withdrawal.
        reason: String,
    },
    /// The benchmark has no image with this identifier.
    NoImage {
        /// Identifier of the benchmark.
        benchmark: String,
        /// Identifier in the address.
        image: String,
        /// Identifiers of images that it may mean, the nearest first.
        nearest: Vec<String>,
    },
    /// No submission has this identifier, or the caller may not see it.
    NoSubmission {
        /// Identifier in the address.
        id: String,
    },
    /// No job has this identifier.
    NoJob {
        /// Identifier in the address.
        id: String,
    },
    /// The file does not exist, or the terms of the data forbid it.
    NoFile,
    /// No route has this address.
    NoPage,
    /// The address does not take the method of the request.
    MethodNotAllowed,
    /// The terms forbid copies of the benchmark.
    CopiesNotOffered {
        /// Reason, and the alternative.
        reason: String,
    },
    /// The caller has not accepted the current version of the terms.
    TermsNotAccepted {
        /// Address of the terms.
        href: String,
        /// Current version of the terms.
        version: String,
    },
    /// The benchmark takes no submissions: its masks are not stored for scoring.
    NotScored {
        /// Identifier of the benchmark.
        id: String,
    },
    /// The operator has ended the benchmark.
    Ended {
        /// Identifier of the benchmark.
        id: String,
        /// End, RFC 3339.
        at: String,
    },
    /// The request has no token, or an invalid one.
    Unauthenticated,
    /// The page needs a session.
    SignInRequired {
        /// Address to return to after sign-in.
        next: String,
    },
    /// The account's role does not allow the request.
    RoleRequired {
        /// Lowest role that does.
        role: scr_store::Role,
    },
    /// The token's scopes do not allow the request.
    ScopeRequired {
        /// Missing scope.
        scope: scr_store::Scope,
    },
    /// A page of another site sent the request.
    CrossSite,
    /// A rate limit is exceeded.
    RateLimited {
        /// Seconds until the next attempt.
        wait_seconds: u64,
    },
    /// The account's submission quota is used up.
    QuotaExceeded {
        /// Quota in words.
        message: String,
        /// Seconds until the next submission.
        wait_seconds: u64,
    },
    /// The request conflicts with the current state.
    Conflict {
        /// Current state and request.
        message: String,
    },
    /// The request is well-formed and makes no sense.
    Unprocessable {
        /// Expected and found values.
        message: String,
    },
    /// Fields of the request are invalid.
    InvalidFields {
        /// All invalid fields.
        errors: Vec<FieldError>,
    },
    /// The body is too long, malformed or incomplete.
    InvalidBody {
        /// Status of the answer.
        status: StatusCode,
        /// Reason.
        message: String,
    },
    /// An identity provider failed.
    Provider {
        /// Display name of the provider.
        name: String,
    },
    /// The disk is full, or would be.
    StorageFull,
    /// An internal error, which the log records.
    Internal,
}

/// Status, title and message of a failure.
pub(crate) struct Description {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Heading of the error page.
    pub(crate) title: &'static str,
    /// One or two sentences.
    pub(crate) message: String,
}

/// Link to continue with.
pub(crate) struct WayOut {
    /// Address.
    pub(crate) href: String,
    /// Link text.
    pub(crate) label: String,
}

impl WayOut {
    /// Link to the front page.
    pub(crate) fn home() -> Self {
        Self { href: "/".to_owned(), label: "All benchmarks".to_owned() }
    }
}

impl Failure {
    /// The table: one row per failure.
    pub(crate) fn description(&self) -> Description {
        use Failure as F;
        use StatusCode as S;
        let row = |status, title, message: &str| Description {
            status,
            title,
            message: message.to_owned(),
        };
        match self {
            F::NoBenchmark { id, .. } => row(
                S::NOT_FOUND,
                "No such benchmark",
                &format!("There is no benchmark `{id}` here."),
            ),
            F::NoEntry { id, .. } => {
                row(S::NOT_FOUND, "No such entry", &format!("There is no entry `{id}` here."))
            }
            F::Withdrawn { id, reason } => {
                row(S::GONE, "Withdrawn", &format!("The entry `{id}` was withdrawn: {reason}"))
            }
            F::NoImage { benchmark, image, .. } => row(
                S::NOT_FOUND,
                "No such image",
                &format!("The benchmark `{benchmark}` has no image `{image}`."),
            ),
            F::NoSubmission { id } => row(
                S::NOT_FOUND,
                "No such submission",
                &format!("There is no submission `{id}` here."),
            ),
            F::NoJob { id } => {
                row(S::NOT_FOUND, "No such job", &format!("There is no job `{id}` here."))
            }
            F::NoFile => row(
                S::NOT_FOUND,
                "No such file",
                "There is no such file, or the terms of the data do not allow the site to offer it.",
            ),
            F::NoPage => row(S::NOT_FOUND, "No such page", "There is no page at this address."),
            F::MethodNotAllowed => row(
                S::METHOD_NOT_ALLOWED,
                "Method not allowed",
                "This address does not take requests of this method.",
            ),
            F::CopiesNotOffered { reason } => row(
                S::FORBIDDEN,
                "Not offered",
                &format!("This site offers no copies of this benchmark. {reason}"),
            ),
            F::TermsNotAccepted { href, version } => row(
                S::FORBIDDEN,
                "Terms not accepted",
                &format!(
                    "Accept the terms of these data first, at {href}, or in a program with the \
                     header `Accept-Terms: {version}`."
                ),
            ),
            F::NotScored { id } => row(
                S::CONFLICT,
                "No submissions",
                &format!(
                    "The benchmark `{id}` takes no submissions: the operator added it without \
                     masks for scoring."
                ),
            ),
            F::Ended { id, at } => row(
                S::CONFLICT,
                "Benchmark ended",
                &format!(
                    "The benchmark `{id}` ended on {}: it takes no more submissions.",
                    date(at)
                ),
            ),
            F::Unauthenticated => row(
                S::UNAUTHORIZED,
                "No valid token",
                "This address needs a valid token: `Authorization: Bearer TOKEN`.",
            ),
            F::SignInRequired { .. } => row(
                S::SEE_OTHER,
                "Sign in first",
                "This page is for people with an account: sign in first.",
            ),
            F::RoleRequired { role } => {
                row(S::FORBIDDEN, "Not allowed", &format!("This address needs the role `{role}`."))
            }
            F::ScopeRequired { scope } => row(
                S::FORBIDDEN,
                "Not allowed",
                &format!("The token may not do this: it needs the scope `{scope}`."),
            ),
            F::CrossSite => row(
                S::FORBIDDEN,
                "Cross-site request",
                "A page of another site sent this request. This site did nothing.",
            ),
            F::RateLimited { wait_seconds } => row(
                S::TOO_MANY_REQUESTS,
                "Too many attempts",
                &format!("Too many attempts: try again in {wait_seconds} s."),
            ),
            F::QuotaExceeded { message, .. } => row(S::TOO_MANY_REQUESTS, "Quota used up", message),
            F::Conflict { message } => row(S::CONFLICT, "Conflict", message),
            F::Unprocessable { message } => {
                row(S::UNPROCESSABLE_ENTITY, "Invalid request", message)
            }
            F::InvalidFields { errors } => {
                row(S::UNPROCESSABLE_ENTITY, "Invalid request", &joined(errors))
            }
            F::InvalidBody { status, message } => row(*status, "Cannot be read", message),
            F::Provider { name } => row(
                S::BAD_GATEWAY,
                "Identity provider failed",
                &format!(
                    "{name} gave no valid answer; the log records it. Try again later, or sign in \
                     with a password."
                ),
            ),
            F::StorageFull => row(
                S::INSUFFICIENT_STORAGE,
                "Disk full",
                "This site has no disk space left for the upload and kept none of it; everything \
                 else works. Please tell the operator, and try again later.",
            ),
            F::Internal => row(
                S::INTERNAL_SERVER_ERROR,
                "Server error",
                "Something failed on this server. Its log records the failure.",
            ),
        }
    }

    /// Failure of a submission to a benchmark that takes none: ended, or not scored here.
    pub(crate) fn takes_no_submissions(benchmark: &BenchmarkDocument) -> Self {
        let id = benchmark.id.clone();
        match benchmark.ended_at.clone() {
            Some(at) => Self::Ended { id, at },
            None => Self::NotScored { id },
        }
    }

    /// Seconds to wait before a retry; `None` if waiting does not help.
    pub(crate) const fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited { wait_seconds } | Self::QuotaExceeded { wait_seconds, .. } => {
                Some(*wait_seconds)
            }
            _ => None,
        }
    }

    /// Link to continue with.
    pub(crate) fn way_out(&self) -> WayOut {
        match self {
            Self::TermsNotAccepted { href, .. } => {
                WayOut { href: href.clone(), label: "The terms".to_owned() }
            }
            Self::NoImage { benchmark, .. } => WayOut {
                href: address::benchmark(benchmark, "browse"),
                label: "All images of the benchmark".to_owned(),
            },
            Self::Withdrawn { id, .. } => {
                WayOut { href: address::entry(id), label: "Page of the withdrawn entry".to_owned() }
            }
            _ => WayOut::home(),
        }
    }

    /// Pages that a mistyped address may mean, the nearest first.
    pub(crate) fn nearest(&self) -> Vec<WayOut> {
        match self {
            Self::NoImage { benchmark, nearest, .. } => nearest
                .iter()
                .map(|id| WayOut { href: address::browse(benchmark, id, ""), label: id.clone() })
                .collect(),
            Self::NoBenchmark { nearest, .. } => nearest
                .iter()
                .map(|id| WayOut { href: address::benchmark(id, ""), label: id.clone() })
                .collect(),
            Self::NoEntry { nearest, .. } => nearest
                .iter()
                .map(|id| WayOut { href: address::entry(id), label: id.clone() })
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description().message)
    }
}

fn joined(errors: &[FieldError]) -> String {
    let line = |error: &FieldError| format!("{}: {}", error.field, error.message);
    errors.iter().map(line).collect::<Vec<_>>().join("; ")
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a template failed");
        Self::Internal
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.description().status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
