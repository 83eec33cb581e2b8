//! What a person has on this site: who they are.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::UserRow;

use super::private_page;
use crate::error::Failure;
use crate::extractors::Member;

#[derive(Template)]
#[template(path = "account/overview.html")]
struct OverviewPage {
    user: UserRow,
}

/// Answers `/account`.
pub(crate) async fn overview(member: Member) -> Result<Response, Failure> {
    private_page(StatusCode::OK, &OverviewPage { user: member.user })
}
