//! Answers that the account pages share.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use scr_store::AccountError;

use crate::error::Failure;

/// Page with one message.
#[derive(Template)]
#[template(path = "account/note.html")]
pub(super) struct NotePage {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    /// Link to continue with: address and label.
    pub(super) way_on: Option<(&'static str, &'static str)>,
}

/// Redirect to the account page.
pub(super) fn back_to_account() -> Response {
    Redirect::to("/account").into_response()
}

/// Separates invalid input, one sentence per problem, from errors that end the request.
pub(super) fn input_errors<T>(
    result: Result<T, AccountError>,
) -> Result<Result<T, Vec<String>>, Failure> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(AccountError::Invalid { problems }) => Ok(Err(problems
            .list()
            .iter()
            .map(|problem| {
                let place = &problem.place;
                let expected = &problem.expected;
                format!("{place}: expected {expected}, found {}", problem.found)
            })
            .collect())),
        Err(AccountError::ScopeRefused { .. }) => {
            Ok(Err(vec!["Your role does not allow a token for reviewing.".to_owned()]))
        }
        Err(other) => Err(other.into()),
    }
}
