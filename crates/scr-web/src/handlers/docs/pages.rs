//! Handlers of the documentation's pages and pictures.

use askama::Template;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use scr_docs::PICTURES;

use super::navigation::Navigation;
use super::render::{Heading, RENDERED, RenderedPage};
use crate::cache::{Keep, file_response};
use crate::error::Failure;
use crate::handlers::draw;

#[derive(Template)]
#[template(path = "docs/index.html")]
struct IndexPage {
    navigation: Navigation,
}

#[derive(Template)]
#[template(path = "docs/page.html")]
struct DocumentPage<'a> {
    navigation: Navigation,
    title: &'a str,
    html: &'a str,
    contents: &'a [Heading],
}

/// Answers `/docs`.
pub(crate) async fn index() -> Result<Response, Failure> {
    draw::page(&IndexPage { navigation: Navigation::at("/docs") })
}

/// Answers `/docs/KIND/NAME`.
pub(crate) async fn page(Path((kind, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let address = format!("/docs/{kind}/{name}");
    let RenderedPage { title, html, contents } = RENDERED.get(&address).ok_or(Failure::NoPage)?;
    let navigation = Navigation::at(&address);
    draw::page(&DocumentPage { navigation, title, html, contents })
}

/// Answers `/docs/images/PATH`.
pub(crate) async fn picture(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let picture = PICTURES.iter().find(|(name, _)| *name == path);
    let &(_, body) = picture.ok_or(Failure::NoFile)?;
    let content_type = if path.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
    Ok(file_response(&headers, Bytes::from_static(body), content_type, Keep::AskAgain))
}
