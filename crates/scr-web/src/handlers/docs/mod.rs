//! The documentation: its pages, from the Markdown of `docs/`, and the API's.
//!
//! Pages are the same on every site and for everybody. `render.rs` draws Markdown,
//! `openapi.rs` reads the OpenAPI document and `api.rs` draws it.

mod api;
mod navigation;
mod openapi;
mod pages;
mod places;
mod render;

pub(crate) use api::api;
pub(crate) use pages::{index, page, picture};
