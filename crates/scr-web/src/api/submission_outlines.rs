//! Outlines of a submission, before it becomes an entry.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use scr_store::PublicStore;
use serde::Deserialize;

use super::refusals;
use super::submissions::visible;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::outline_form::OutlineForm;
use crate::packed_outlines::packed;

/// Parts of an outline file's path.
#[derive(Deserialize)]
pub(crate) struct Parts {
    submission: String,
    file: String,
}

/// A submission's outlines in one image, in the form of an entry's, for its submitter and
/// its curators while the site keeps the file.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}/outlines/{image}.json",
    operation_id = "submission_outlines",
    tag = "submissions",
    params(
        ("submission" = String, Path, description = "Identifier of the submission"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::Unauthenticated,
        refusals::NoFile
    )
)]
pub(crate) async fn outlines(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(parts): Path<Parts>,
) -> Result<impl IntoResponse, Failure> {
    let (image, form) = OutlineForm::of_file(&parts.file).ok_or(Failure::NoFile)?;
    let submission = visible(&store, &caller, parts.submission).await?;
    let outlines =
        store.submissions().outlines(&submission, image).await?.ok_or(Failure::NoFile)?;
    let (kind, body) = match form {
        OutlineForm::Json => ("application/json", outlines.to_json()),
        OutlineForm::Packed => ("application/octet-stream", packed(&outlines)),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body))
}
