//! Operation of the API: its OpenAPI description and its handler.
//!
//! Only the handler's `#[utoipa::path]` has the method and the path; [`operation!`] reads
//! them from there, so the router and the OpenAPI document cannot differ.

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::openapi::{OpenApi, PathItem};

use crate::state::SiteState;

/// Operation of the API.
pub(crate) struct Operation {
    /// OpenAPI document of this operation alone.
    pub(super) description: OpenApi,
    handler: MethodRouter<SiteState>,
}

/// The [`Operation`] of a handler that has `#[utoipa::path]`.
macro_rules! operation {
    ($($handler:ident)::+) => {{
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler)::+))]
        struct Description;
        Operation::new(<Description as utoipa::OpenApi>::openapi(), |method| {
            axum::routing::on(method, $($handler)::+)
        })
    }};
}
pub(super) use operation;

impl Operation {
    pub(super) fn new(
        description: OpenApi,
        handler: fn(MethodFilter) -> MethodRouter<SiteState>,
    ) -> Self {
        let method = description.paths.paths.values().find_map(method_of);
        let handler = handler(method.expect("a described handler has a method"));
        Self { description, handler }
    }

    /// Limits the body to `max_bytes`.
    pub(super) fn with_body(mut self, max_bytes: usize) -> Self {
        self.handler = self.handler.layer(DefaultBodyLimit::max(max_bytes));
        self
    }

    /// Path pattern and handler for the router.
    pub(crate) fn route(self) -> (String, MethodRouter<SiteState>) {
        let path = self.description.paths.paths.into_keys().next().unwrap_or_default();
        (pattern(&path), self.handler)
    }
}

fn method_of(item: &PathItem) -> Option<MethodFilter> {
    let methods = [
        (&item.get, MethodFilter::GET),
        (&item.put, MethodFilter::PUT),
        (&item.post, MethodFilter::POST),
        (&item.delete, MethodFilter::DELETE),
    ];
    methods.into_iter().find_map(|(operation, method)| operation.as_ref().map(|_| method))
}

/// Router pattern of an OpenAPI path. The router only has parameters of whole segments, so
/// `{image}.png` becomes `{file}`; `{path}` becomes a wildcard for all further segments.
fn pattern(path: &str) -> String {
    let segment = |segment: &str| match segment {
        "{path}" => "{*path}".to_owned(),
        _ if segment.contains("}.") => "{file}".to_owned(),
        _ => segment.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn the_router_takes_whole_segments() {
        assert_eq!(pattern("/a/{b}/images/{image}.png"), "/a/{b}/images/{file}");
        assert_eq!(pattern("/a/{b}/files/{path}"), "/a/{b}/files/{*path}");
    }
}
