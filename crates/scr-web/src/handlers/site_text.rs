//! Pages of the privacy notice and the terms of the site.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::draw::page;
use crate::error::Failure;
use crate::markdown;
use crate::settings::SiteSettings;

#[derive(Template)]
#[template(path = "site_text.html")]
struct SiteTextPage {
    title: &'static str,
    /// Sanitised HTML.
    text: String,
}

/// Answers `/privacy`.
pub(crate) async fn privacy(
    State(settings): State<Arc<SiteSettings>>,
) -> Result<Response, Failure> {
    let text = markdown::site_text_to_html(&settings.texts.privacy);
    page(&SiteTextPage { title: "Privacy", text })
}

/// Answers `/terms`.
pub(crate) async fn terms(State(settings): State<Arc<SiteSettings>>) -> Result<Response, Failure> {
    let text = markdown::site_text_to_html(&settings.texts.terms);
    page(&SiteTextPage { title: "Terms of this site", text })
}
