//! Tests of the binary from outside: its output, its files, its site in a browser, and the
//! rules of the architecture.
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod accessibility;
mod accounts;
mod admin;
mod architecture;
mod backups;
mod browser;
mod browser_cases;
mod browser_seeing;
mod browser_submission;
mod bucket_masks;
mod check;
mod command;
mod comparing;
mod copies;
mod demo_model;
mod dependencies;
mod documented;
mod engines;
mod fuzz_seeds;

mod garbage;
mod help;
mod imports;
mod init;
mod killed_runs;
mod measures;
mod model_reruns;
mod onnx_models;
mod outputs;
mod permissions;
mod phantom_path;
mod protocols;
mod real_radiographs;
mod rescoring;
mod resuming;
mod running;
mod security;
mod serving;
mod shards;
mod showing;
mod site;
mod submitted_masks;
mod submitting;
#[cfg(unix)]
mod telemetry;
mod terminals;
mod tutorials;
mod verified_runs;
mod verifying;
mod viewing;
mod webdriver;
