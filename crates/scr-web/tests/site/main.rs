//! The site over HTTP: a store filled through its own functions, the whole
//! router, requests as a browser sends them.
#![expect(clippy::unwrap_used, reason = "what a test cannot get ends it")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod fixture;
mod handing_in;

mod accounts;
mod api;
mod api_account;
mod api_reports;
mod api_work;
mod authorisation;
mod browsing;
mod display_copies;
mod documentation;
mod downloads;
mod entries;
mod export;
mod files;
mod hidden;
mod identities;
mod ladder;
mod operations;
mod pages;
mod past_results;
mod reports;
mod results;
mod staying_up;
mod submitting;
mod too_often;
