//! Tests of the site over HTTP: a store filled through its own functions, the whole router,
//! and requests like a browser's.
#![expect(clippy::unwrap_used, reason = "a failed setup ends the test")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod fixture;

mod accounts;
mod api;
mod api_account;
mod api_lists;
mod api_reports;
mod authorisation;
mod browsing;
mod cases;
mod compare;
mod display_copies;
mod documentation;
mod downloads;
mod entries;
mod export;
mod files;
mod hidden;
mod identities;
mod ladder;
mod list_pages;
mod many_entries;
mod operations;
mod pages;
mod past_results;
mod protocols;
mod rate_limits;
mod reports;
mod request_bodies;
mod results;
mod scripts;
mod submission_api;
mod submission_pages;
