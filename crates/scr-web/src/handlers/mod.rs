//! Page handlers, one file per page: each fills a struct that its template renders.

pub(crate) mod account;
pub(crate) mod add;
pub(crate) mod benchmark;
pub(crate) mod browse;
pub(crate) mod compare;
pub(crate) mod data;
pub(crate) mod docs;
pub(crate) mod download;
mod draw;
pub(crate) mod entry;
pub(crate) mod entry_files;
pub(crate) mod feedback;
pub(crate) mod home;
pub(crate) mod images;
mod layers;
pub(crate) mod operate;
pub(crate) mod publications;
pub(crate) mod results;
pub(crate) mod review;
mod scored_before;
pub(crate) mod scores;
pub(crate) mod site_text;
pub(crate) mod submissions;
pub(crate) mod submit;
pub(crate) mod terms;
