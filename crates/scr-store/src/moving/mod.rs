//! Moving a site to another place: from a data folder to engines, back, or to others of a kind.
//!
//! - `site_move.rs`: [`SiteMove`](site_move::SiteMove), the steps. `target.rs`: the new place.
//! - `files.rs`: files. `tables.rs`: rows.
//!
//! Rows first, all in one transaction, then files: so the copy is the site at one moment, also
//! while it is served. Files that are there already are left as they are, so that a move that was
//! interrupted goes on. Until somebody has verified the copy and finished the move, the new place
//! is no site.

mod files;
pub(crate) mod site_move;
mod tables;
mod target;
