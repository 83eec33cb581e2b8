//! The pages of a person's account: signing in and out, and what they have here.
//!
//! Each form is a plain POST that answers with a redirect, or with its page again
//! and what is wrong. None of these pages is kept by a browser.

mod overview;
mod sign_in;

pub(crate) use overview::overview;
pub(crate) use sign_in::{ask, sign_in, sign_out};

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::error::Failure;

/// Draws a page that is its reader's alone.
pub(super) fn private_page(
    status: StatusCode,
    template: &impl Template,
) -> Result<Response, Failure> {
    let mut response = (status, Html(template.render()?)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
