//! The site: pages, JSON and the viewer, over what the store keeps.
//!
//! Computes no score: it reads benchmarks, entries and files from the
//! [`PublicStore`](scr_store::PublicStore) and draws them, and takes down what people hand in.
//! Pages work without script; the viewer's script only takes over the browser's figure.
//!
//! - [`router`]: every address, for a server or a test.
//! - [`serve`]: the router on a listener until it is told to stop, with [`Tls`] or without.
//! - [`ProviderSettings`]: with whose identities people may sign in, such as ORCID's.
//! - [`export`]: what the router answers to strangers, as a folder of files.
//!
//! One file of `handlers/` is one page: a typed struct, drawn by the template of
//! the same name under `templates/`.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod address;
mod api;
mod assets;
mod attributes;
mod bodies;
mod cache;
mod card_input;
mod citation;
mod connections;
mod error;
mod export;
mod extractors;
#[doc(hidden)]
pub mod fuzz;
mod handlers;
mod identity;
mod image_table;
mod limits;
mod markdown;
mod numbers;
mod operations;
mod outlines;
mod places;
mod public_form;
mod record_foot;
mod references;
mod results_table;
mod reviewers;
mod rights;
mod routes;
mod security;
mod session;
mod standings;
mod thumbnails;
mod tls;
mod under_way;
mod versions;

pub use connections::{Peers, serve};
pub use export::{ExportError, Exported, export};
pub use identity::{ProviderSettings, ProvidersError, read_providers};
pub use routes::{SiteSettings, addresses, router};
pub use tls::{Tls, TlsError};
