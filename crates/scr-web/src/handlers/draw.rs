//! HTML answers from templates, with the caching that pages need.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::error::Failure;

/// Renders a public page. Browsers revalidate it each time, since results are added to it.
pub(super) fn page(template: &impl Template) -> Result<Response, Failure> {
    let mut response = Html(template.render()?).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Renders a private page, which no browser stores.
pub(super) fn private_page(
    status: StatusCode,
    template: &impl Template,
) -> Result<Response, Failure> {
    let mut response = (status, Html(template.render()?)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
