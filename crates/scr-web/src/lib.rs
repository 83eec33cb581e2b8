//! Web server of a site: pages, JSON API and viewer over the store.
//!
//! Computes no score. It reads benchmarks, entries and files from the
//! [`PublicStore`](scr_store::PublicStore), renders them, and takes submissions. Pages work
//! without script; the viewer's script only enhances the image browser's figure.
//!
//! - [`router`]: every address, for a server or a test.
//! - [`serve`]: serves the router on a listener until shutdown, with [`Tls`] or without.
//! - [`ProviderSettings`]: identity providers for sign-in, such as ORCID.
//! - [`LocalView`]: the pages over a person's own files, for a browser on the same machine.
//! - [`export`]: copy of the public site as a folder of files.
//!
//! Each file of `handlers/` is one page: a typed struct, rendered by the template of the
//! same name under `templates/`.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod account_data;
mod address;
mod address_state;
mod api;
mod assets;
mod attributes;
mod boards;
mod bodies;
mod cache;
mod card_input;
mod cases;
mod citation;
mod client;
mod computed;
mod connections;
mod error;
mod error_answers;
mod export;
mod extractors;
mod field_error;
#[doc(hidden)]
pub mod fuzz;
mod handlers;
mod identity;
mod image_table;
mod limits;
mod list_pages;
mod local_view;
mod markdown;
mod nearest;
mod numbers;
mod offered;
mod operations;
mod options;
mod outline_form;
mod outlines;
mod packed_outlines;
mod page_frame;
mod page_links;
mod progress_feed;
mod public_form;
mod references;
mod results_table;
mod reviewers;
mod rights;
mod routes;
mod security;
mod session;
mod settings;
mod simplify;
mod site_texts;
mod slots;
mod spreads;
mod standings;
mod state;
mod store_failures;
mod strips;
mod thumbnails;
mod tls;
mod transfers;
mod versions;

pub use connections::{Peers, serve};
pub use export::{ExportError, ExportSummary, export};
pub use identity::{ProviderSettings, ProvidersError, read_providers};
pub use local_view::LocalView;
pub use routes::{addresses, router};
pub use settings::SiteSettings;
pub use site_texts::{SiteTextError, SiteTexts};
pub use tls::{Tls, TlsError};
