//! Documentation: pages from the Markdown of `docs/`, and the page of the API.
//!
//! Pages are equal on every site and for every reader. `render.rs` renders Markdown,
//! `openapi.rs` reads the OpenAPI document and `api.rs` renders it.

mod api;
mod navigation;
mod openapi;
mod pages;
mod places;
mod render;

pub(crate) use api::api;
pub(crate) use pages::{index, page, picture};
