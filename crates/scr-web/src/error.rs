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
use axum::response::{Html, IntoResponse, Response};
use scr_store::StoreError;

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
    /// No token, or none that is known.
    #[error("This needs a token: `Authorization: Bearer TOKEN`.")]
    Unsigned,
    /// A token that does not let its owner do this.
    #[error("This token may not do this: it needs the scope `{scope}`.")]
    Forbidden {
        /// What is needed.
        scope: scr_store::Scope,
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
            Self::Unsigned => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Conflict { .. } | Self::NotScored { .. } => StatusCode::CONFLICT,
            Self::Wrong { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::NOT_FOUND,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NoBenchmark { .. } => "No such benchmark",
            Self::NoEntry { .. } => "No such entry",
            Self::NoImage { .. } => "No such image",
            Self::NoSubmission { .. } => "No such submission",
            Self::NotScored { .. } => "Nothing to hand in to",
            Self::Unsigned => "No token",
            Self::Forbidden { .. } => "Not allowed",
            Self::Conflict { .. } => "Does not fit",
            Self::Wrong { .. } => "Cannot be taken",
            Self::NoFile => "No such file",
            Self::NoPage => "No such page",
            Self::ReadOnly => "Not possible here",
            Self::NoSpace => "No room left",
            Self::Internal => "Server error",
        }
    }

    /// Where to go instead: an address and what it is called.
    fn way_out(&self) -> (String, &'static str) {
        match self {
            Self::NoImage { benchmark, .. } => {
                (crate::address::benchmark(benchmark, "browse"), "All images of the benchmark")
            }
            _ => ("/".to_owned(), "All benchmarks"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::State { .. } | StoreError::Piece { .. } => {
                return Self::Conflict { what: error.to_string() };
            }
            StoreError::NoSubmission { id } => return Self::NoSubmission { id },
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
        None if is_api && response.status().is_client_error() => return refused(response).await,
        None => return response,
    };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut drawn = if is_api { as_json(&failure) } else { as_page(&failure) };
    if let Some(methods) = allow {
        drawn.headers_mut().insert(header::ALLOW, methods);
    }
    drawn
}

/// An answer of axum's own to a request that it could not read, in the form of all
/// others.
async fn refused(response: Response) -> Response {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), MAX_REASON_BYTES).await;
    let reason = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    json(status, status.canonical_reason().unwrap_or("Refused"), &reason)
}

fn as_json(failure: &Failure) -> Response {
    json(failure.status(), failure.title(), &failure.to_string())
}

fn json(status: StatusCode, title: &str, message: &str) -> Response {
    let error =
        serde_json::json!({ "status": status.as_u16(), "title": title, "message": message });
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}

fn as_page(failure: &Failure) -> Response {
    let (way_out_href, way_out) = failure.way_out();
    let page = FailurePage {
        title: failure.title(),
        message: failure.to_string(),
        status: failure.status().as_u16(),
        way_out_href,
        way_out,
    };
    // A page about a failure that itself cannot be drawn still says what failed.
    let body = page.render().unwrap_or_else(|_| failure.title().to_owned());
    (failure.status(), Html(body)).into_response()
}
