//! Bodies of failed requests: an HTML page for people, JSON under `/api`.
//!
//! Answers of axum itself, for example to an unknown method, get the same form.

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use scr_documents::{Refusal, RefusalReason, RefusedField};

use crate::address;
use crate::error::{Description, Failure, WayOut};
use crate::field_error::FieldError;

/// Longest reason of axum that an answer repeats.
const MAX_REASON_BYTES: usize = 8 << 10;

#[derive(Template)]
#[template(path = "error.html")]
struct FailurePage {
    title: &'static str,
    message: String,
    status: u16,
    nearest: Vec<WayOut>,
    way_out: WayOut,
}

/// Layer that writes the body of failures.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path == "/api" || path.starts_with("/api/");
    let mut response = next.run(request).await;
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Failure::MethodNotAllowed,
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

/// Answer of axum to a request that it could not read, in the form of all others.
async fn refused(response: Response, is_api: bool) -> Response {
    let status = response.status();
    let title = status.canonical_reason().unwrap_or("Refused");
    let body = axum::body::to_bytes(response.into_body(), MAX_REASON_BYTES).await;
    let message = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    let description = Description { status, title, message };
    if is_api {
        json(description, Vec::new())
    } else {
        page(description, Vec::new(), WayOut::home())
    }
}

/// True for a plain text, as axum's own answers are.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn as_json(failure: &Failure) -> Response {
    let fields = match failure {
        Failure::InvalidFields { errors } => errors.iter().map(FieldError::document).collect(),
        _ => Vec::new(),
    };
    json(failure.description(), fields)
}

fn json(description: Description, fields: Vec<RefusedField>) -> Response {
    let Description { status, title, message } = description;
    let error = RefusalReason { status: status.as_u16(), title: title.into(), message, fields };
    (status, Json(Refusal { error })).into_response()
}

fn as_page(failure: &Failure) -> Response {
    if let Failure::SignInRequired { next } = failure {
        return Redirect::to(&address::sign_in(next)).into_response();
    }
    page(failure.description(), failure.nearest(), failure.way_out())
}

fn page(description: Description, nearest: Vec<WayOut>, way_out: WayOut) -> Response {
    let Description { status, title, message } = description;
    let page = FailurePage { title, message, status: status.as_u16(), nearest, way_out };
    // If the template itself fails, the title still tells the reader.
    let body = page.render().unwrap_or_else(|_| title.to_owned());
    (status, Html(body)).into_response()
}
