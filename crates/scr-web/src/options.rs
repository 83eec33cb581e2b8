//! Query options of an address, and the fields of a form.
//!
//! An option that makes no sense counts as absent, so that a mistyped or outdated link
//! still opens.

use axum::extract::{Form, FromRequestParts, Query};
use axum::http::request::Parts;
use std::convert::Infallible;

/// Query options in order, `name=value` each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options(Vec<(String, String)>);

impl Options {
    /// Fields of a query string such as `a=1&b=2`.
    pub(crate) fn of_query(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// Fields of a submitted form.
    pub(crate) fn of_form(Form(fields): Form<Vec<(String, String)>>) -> Self {
        Self(fields)
    }

    /// First value of `name` that is not empty.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of `name`, given as a list with commas or repeatedly, as a form sends
    /// them; `None` without the name, an empty list without a value.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let mut given = self.0.iter().filter(|(found, _)| found == name).peekable();
        given.peek()?;
        Some(
            given
                .flat_map(|(_, value)| value.split(','))
                .filter(|value| !value.is_empty())
                .collect(),
        )
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Options {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let pairs = Query::from_request_parts(parts, state).await;
        Ok(Self(pairs.map(|Query(pairs)| pairs).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> Options {
        Options(pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn a_list_is_given_with_commas_or_repeatedly() {
        let given = options(&[("entries", "a,b"), ("x", "y"), ("entries", "c")]);
        assert_eq!(given.list("entries"), Some(vec!["a", "b", "c"]));
    }

    #[test]
    fn an_empty_list_is_not_an_absent_one() {
        let given = options(&[("observers", "")]);
        assert_eq!(given.list("observers"), Some(vec![]));
        assert_eq!(given.list("entries"), None);
        assert_eq!(given.first("observers"), None);
    }
}
