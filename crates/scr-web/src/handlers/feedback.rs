//! Feedback form: messages of readers to the operator. No public page shows a message.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use scr_data::Problem;
use scr_store::{BenchmarkRow, PublicStore, ReportError};

use super::draw::page;
use crate::error::Failure;
use crate::options::Options;
use crate::public_form::PublicForm;

/// Query option after a message was sent.
const SENT: &str = "sent";

#[derive(Template)]
#[template(path = "feedback.html")]
struct FeedbackPage {
    benchmarks: Vec<BenchmarkRow>,
    /// Invalid input, to be corrected.
    benchmark: String,
    reply_to: String,
    message: String,
    problems: Vec<Problem>,
    is_sent: bool,
}

/// Answers `/feedback`; `?benchmark=ID` preselects a benchmark.
pub(crate) async fn feedback(
    State(store): State<PublicStore>,
    options: Options,
) -> Result<Response, Failure> {
    page(&FeedbackPage {
        benchmarks: store.benchmarks().list().await?,
        benchmark: options.first("benchmark").unwrap_or_default().to_owned(),
        reply_to: String::new(),
        message: String::new(),
        problems: Vec::new(),
        is_sent: options.first(SENT).is_some(),
    })
}

/// Stores a message, or shows the form again with all errors.
pub(crate) async fn send(
    State(store): State<PublicStore>,
    PublicForm(sent): PublicForm,
) -> Result<Response, Failure> {
    let text = |name: &str| sent.first(name).unwrap_or_default().to_owned();
    let benchmark = text("benchmark");
    let message = text("message");
    let reply_to = text("reply_to").trim().to_owned();
    match store.feedback().add(&benchmark, &reply_to, &message).await {
        Ok(()) => Ok(Redirect::to(&format!("/feedback?{SENT}=1")).into_response()),
        Err(ReportError::Invalid { problems }) => {
            let whole = page(&FeedbackPage {
                benchmarks: store.benchmarks().list().await?,
                problems: problems.list().to_vec(),
                is_sent: false,
                benchmark,
                reply_to,
                message,
            })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, whole).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
