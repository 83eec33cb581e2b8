//! Download of the member's personal data.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use scr_store::PublicStore;

use crate::account_data::data_of;
use crate::error::Failure;
use crate::extractors::Member;

/// Answers `/account/data.json`.
pub(crate) async fn own_data(
    State(store): State<PublicStore>,
    member: Member,
) -> Result<Response, Failure> {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""),
    ];
    Ok((headers, Json(data_of(&store, member.user).await?)).into_response())
}
