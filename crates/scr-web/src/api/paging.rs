//! Pages of long lists: a limit, and the place after which a page begins.

use serde::Deserialize;

use crate::address;
use crate::error::Failure;
use crate::field_error::FieldError;
use crate::list_pages::{self, read_place};

/// Items of one answer, unless the query asks for another number.
const DEFAULT_LIMIT: u32 = 100;
/// Most items of one answer.
const MAX_LIMIT: u32 = 500;

/// Query of a page of a list.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    /// Place after which the page begins.
    pub(super) after: Option<String>,
    pub(super) limit: Option<u32>,
}

impl PageQuery {
    /// Largest number of items.
    ///
    /// # Errors
    /// [`Failure::InvalidFields`].
    pub(super) fn limit(&self) -> Result<u32, Failure> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok(limit);
        }
        let message = format!("expected a number from 1 to {MAX_LIMIT}, found {limit}");
        Err(invalid("limit", message))
    }

    /// Place of a list in the order of time and identifier, as `next` has it; none at the begin.
    ///
    /// # Errors
    /// [`Failure::InvalidFields`].
    pub(super) fn time_and_id(&self) -> Result<Option<(&str, &str)>, Failure> {
        let Some(place) = &self.after else { return Ok(None) };
        let expected = "the place that `next` names";
        read_place(place).map(Some).ok_or_else(|| Self::invalid_after(expected, place))
    }

    /// Refusal of the place after which a page begins.
    pub(super) fn invalid_after(expected: &str, found: &str) -> Failure {
        invalid("after", format!("expected {expected}, found {found}"))
    }
}

/// Cuts a list that was read with one item more than the limit. Returns the address of the page
/// that follows, if there is one: `path`, which may have a query, with the place of the last item.
pub(super) fn cut<T>(
    items: &mut Vec<T>,
    limit: u32,
    path: &str,
    place: impl Fn(&T) -> String,
) -> Option<String> {
    let last = list_pages::cut(items, limit)?;
    Some(following(path, &place(last), limit))
}

/// Address of the page after a place: `path`, which may have a query, with place and limit.
pub(super) fn following(path: &str, place: &str, limit: u32) -> String {
    let query = address::query([("after", place), ("limit", &limit.to_string())]);
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("/api/v1{path}{separator}{query}")
}

fn invalid(field: &'static str, message: String) -> Failure {
    Failure::InvalidFields { errors: vec![FieldError::new(field, message)] }
}
