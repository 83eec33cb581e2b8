//! What can go wrong with a request, and how it is told: a page for people,
//! JSON under `/api`.
//!
//! Handlers return a [`Failure`]; it becomes a bare answer that carries itself,
//! and [`draw`], a layer around the whole router, gives it its body in the form
//! that the address asks for. Answers that axum makes by itself, such as to a
//! method that no address takes, pass the same way.

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use scr_documents::BenchmarkDocument;
use scr_store::StoreError;

use crate::card_input::Fault;
use crate::numbers::date;

/// Where all else leads.
const HOME: (&str, &str) = ("/", "All benchmarks");
/// The longest reason that is passed on from axum.
const MAX_REASON_BYTES: usize = 8 << 10;

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// No benchmark has the identifier.
    #[error("There is no benchmark `{id}` here.")]
    NoBenchmark {
        /// Identifier in the address.
        id: String,
    },
    /// No entry has the identifier.
    #[error("There is no entry `{id}` here.")]
    NoEntry {
        /// Identifier in the address.
        id: String,
    },
    /// The entry was taken back.
    #[error("The entry `{id}` was withdrawn: {reason}")]
    Withdrawn {
        /// Identifier of the entry.
        id: String,
        /// Why.
        reason: String,
    },
    /// The benchmark has no such image.
    #[error("The benchmark `{benchmark}` has no image `{image}`.")]
    NoImage {
        /// Identifier of the benchmark.
        benchmark: String,
        /// Identifier in the address.
        image: String,
    },
    /// No file of the name, or none that may be given out.
    #[error("There is no such file, or the terms of the data do not allow to offer it.")]
    NoFile,
    /// Nobody is given copies.
    #[error("Copies of this benchmark are not offered. {why}")]
    NotOffered {
        /// Why, and what to do instead.
        why: String,
    },
    /// Whoever asks for a copy has not accepted the terms, or another wording of them.
    #[error(
        "The terms of these data are to be accepted first, at {href}, or by a program with \
         `Accept-Terms: {version}`."
    )]
    TermsNotAccepted {
        /// The page of the terms.
        href: String,
        /// Their version.
        version: String,
    },
    /// No submission has the identifier, or none that is the caller's.
    #[error("There is no submission `{id}` here.")]
    NoSubmission {
        /// Identifier in the address.
        id: String,
    },
    /// The benchmark can be read here, and not handed in to.
    #[error("Nothing can be handed in for `{id}` here: its masks were not added for scoring.")]
    NotScored {
        /// Identifier of the benchmark.
        id: String,
    },
    /// The operator has ended the benchmark.
    #[error("The benchmark `{id}` ended on {}: nothing more is handed in.", date(at))]
    Ended {
        /// Identifier of the benchmark.
        id: String,
        /// When, RFC 3339.
        at: String,
    },
    /// No token, or none that is known.
    #[error("This needs a token: `Authorization: Bearer TOKEN`.")]
    Unsigned,
    /// Nobody is signed in.
    #[error("This page is for people with an account: sign in first.")]
    SignIn {
        /// The page that was wanted.
        next: String,
    },
    /// Someone is signed in who may not do this.
    #[error("This is for the role `{role}`.")]
    NotForRole {
        /// The least role that may.
        role: scr_store::Role,
    },
    /// A page of another site sent it.
    #[error("This was sent from another site's page, and is not done.")]
    OtherSite,
    /// A token that does not let its owner do this.
    #[error("This token may not do this: it needs the scope `{scope}`.")]
    Forbidden {
        /// What is needed.
        scope: scr_store::Scope,
    },
    /// Tried too often.
    #[error("That was too often: try again in {wait_seconds} s.")]
    TooMany {
        /// After how long it may be tried again.
        wait_seconds: u64,
    },
    /// As many submissions as the operator allows were begun.
    #[error("{what}")]
    Quota {
        /// What is allowed.
        what: String,
        /// After how long the next may be begun.
        wait_seconds: u64,
    },
    /// What was sent does not fit what is here.
    #[error("{what}")]
    Conflict {
        /// What is here, and what was sent.
        what: String,
    },
    /// What was sent makes no sense.
    #[error("{what}")]
    Wrong {
        /// All that is wrong.
        what: String,
    },
    /// Fields of what was sent are wrong.
    #[error("{}", listed(faults))]
    Faulty {
        /// All of them.
        faults: Vec<Fault>,
    },
    /// A provider of identities does not answer as it should.
    #[error(
        "{name} did not answer as it should; this is recorded. Try again later, or sign in with a password."
    )]
    Provider {
        /// Its name for people.
        name: String,
    },
    /// The body of a request is too long, no JSON, or did not come in time.
    #[error("{what}")]
    Body {
        /// How it is told.
        status: StatusCode,
        /// What is wrong.
        what: String,
    },
    /// Nothing has the address.
    #[error("Nothing has this address.")]
    NoPage,
    /// An address that is only read was written to.
    #[error("This address can only be read.")]
    ReadOnly,
    /// The disk is full, or would be.
    #[error(
        "This site has no room left for what was sent. Nothing of it was kept; everything else \
         goes on. Please tell the operator, and try again later."
    )]
    NoSpace,
    /// The fault is here.
    #[error("Something failed on this server. It is recorded in its log.")]
    Internal,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::ReadOnly => StatusCode::METHOD_NOT_ALLOWED,
            Self::Body { status, .. } => *status,
            Self::Withdrawn { .. } => StatusCode::GONE,
            Self::Unsigned => StatusCode::UNAUTHORIZED,
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Forbidden { .. }
            | Self::NotForRole { .. }
            | Self::NotOffered { .. }
            | Self::TermsNotAccepted { .. }
            | Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Conflict { .. } | Self::NotScored { .. } | Self::Ended { .. } => {
                StatusCode::CONFLICT
            }
            Self::Wrong { .. } | Self::Faulty { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } | Self::Quota { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Provider { .. } => StatusCode::BAD_GATEWAY,
            Self::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::NOT_FOUND,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NoBenchmark { .. } => "No such benchmark",
            Self::NoEntry { .. } => "No such entry",
            Self::Withdrawn { .. } => "Withdrawn",
            Self::NoImage { .. } => "No such image",
            Self::NoSubmission { .. } => "No such submission",
            Self::NotScored { .. } | Self::Ended { .. } => "Nothing to hand in to",
            Self::Unsigned => "No token",
            Self::SignIn { .. } => "Sign in first",
            Self::Forbidden { .. } | Self::NotForRole { .. } => "Not allowed",
            Self::OtherSite => "Sent from elsewhere",
            Self::Body { .. } => "Cannot be read",
            Self::TooMany { .. } => "Too often",
            Self::Quota { .. } => "Enough for now",
            Self::Conflict { .. } => "Does not fit",
            Self::Wrong { .. } | Self::Faulty { .. } => "Cannot be taken",
            Self::NotOffered { .. } => "Not offered",
            Self::TermsNotAccepted { .. } => "Terms first",
            Self::NoFile => "No such file",
            Self::NoPage => "No such page",
            Self::ReadOnly => "Not possible here",
            Self::Provider { .. } => "No answer from elsewhere",
            Self::NoSpace => "No room left",
            Self::Internal => "Server error",
        }
    }

    /// Why a benchmark takes no masks: it has ended, or was not added for scoring.
    pub(crate) fn takes_nothing(benchmark: &BenchmarkDocument) -> Self {
        let id = benchmark.id.clone();
        match benchmark.ended_at.clone() {
            Some(at) => Self::Ended { id, at },
            None => Self::NotScored { id },
        }
    }

    /// After how many seconds it may be tried again, where time is all that is wrong.
    const fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::TooMany { wait_seconds } | Self::Quota { wait_seconds, .. } => {
                Some(*wait_seconds)
            }
            _ => None,
        }
    }

    /// Where to go instead: an address and what it is called.
    fn way_out(&self) -> (String, &'static str) {
        match self {
            Self::TermsNotAccepted { href, .. } => (href.clone(), "The terms"),
            Self::NoImage { benchmark, .. } => {
                (crate::address::benchmark(benchmark, "browse"), "All images of the benchmark")
            }
            Self::Withdrawn { id, .. } => (crate::address::entry(id), "What is left of the entry"),
            _ => (HOME.0.to_owned(), HOME.1),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::State { .. } | StoreError::Piece { .. } => {
                return Self::Conflict { what: error.to_string() };
            }
            StoreError::Quota { wait_seconds, .. } => {
                return Self::Quota { what: error.to_string(), wait_seconds };
            }
            StoreError::OwnSubmission { .. }
            | StoreError::Unanswered { .. }
            | StoreError::OpenUploads { .. }
            | StoreError::Unfinished { .. }
            | StoreError::Stored { .. } => {
                return Self::Conflict { what: format!("{error}: {}", error.hint()) };
            }
            StoreError::Ended { id, at } => return Self::Ended { id, at },
            StoreError::NoSubmission { id } => return Self::NoSubmission { id },
            StoreError::UnknownBenchmark { id } => return Self::NoBenchmark { id },
            StoreError::UnknownPublication { .. } | StoreError::UnknownToken => {
                return Self::NoPage;
            }
            StoreError::Report { problems }
            | StoreError::Account { problems }
            | StoreError::Answer { problems } => {
                return Self::Faulty { faults: problems.list().iter().map(Fault::of).collect() };
            }
            _ => {}
        }
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
        if error.is_disk_full() { Self::NoSpace } else { Self::Internal }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a page could not be drawn");
        Self::Internal
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct FailurePage {
    title: &'static str,
    message: String,
    status: u16,
    way_out_href: String,
    way_out: &'static str,
}

/// The layer that gives failures their body.
pub(crate) async fn draw(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path == "/api" || path.starts_with("/api/");
    let mut response = next.run(request).await;
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Failure::ReadOnly,
        None if response.status().is_client_error() && (is_api || is_plain(&response)) => {
            return refused(response, is_api).await;
        }
        None => return response,
    };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut drawn = if is_api { as_json(&failure) } else { as_page(&failure) };
    if let Some(seconds) = failure.wait_seconds() {
        drawn.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(methods) = allow {
        drawn.headers_mut().insert(header::ALLOW, methods);
    }
    drawn
}

/// An answer of axum's own to a request that it could not read, in the form of all
/// others.
async fn refused(response: Response, is_api: bool) -> Response {
    let status = response.status();
    let title = status.canonical_reason().unwrap_or("Refused");
    let body = axum::body::to_bytes(response.into_body(), MAX_REASON_BYTES).await;
    let reason = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    if is_api {
        let error = refusal(status, title, &reason);
        (status, Json(serde_json::json!({ "error": error }))).into_response()
    } else {
        drawn(status, title, reason, HOME)
    }
}

/// Whether an answer is a bare text, as axum's own are.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn as_json(failure: &Failure) -> Response {
    let mut error = refusal(failure.status(), failure.title(), &failure.to_string());
    if let Failure::Faulty { faults } = failure {
        error["fields"] = serde_json::json!(faults);
    }
    (failure.status(), Json(serde_json::json!({ "error": error }))).into_response()
}

fn refusal(status: StatusCode, title: &str, message: &str) -> serde_json::Value {
    serde_json::json!({ "status": status.as_u16(), "title": title, "message": message })
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<String> =
        faults.iter().map(|Fault { field, message }| format!("{field}: {message}")).collect();
    lines.join("; ")
}

fn as_page(failure: &Failure) -> Response {
    if let Failure::SignIn { next } = failure {
        return Redirect::to(&crate::address::sign_in(next)).into_response();
    }
    let (href, label) = failure.way_out();
    drawn(failure.status(), failure.title(), failure.to_string(), (&href, label))
}

fn drawn(
    status: StatusCode,
    title: &'static str,
    message: String,
    (href, way_out): (&str, &'static str),
) -> Response {
    let way_out_href = href.to_owned();
    let page = FailurePage { title, message, status: status.as_u16(), way_out_href, way_out };
    // A page about a failure that itself cannot be drawn still says what failed.
    let body = page.render().unwrap_or_else(|_| title.to_owned());
    (status, Html(body)).into_response()
}
