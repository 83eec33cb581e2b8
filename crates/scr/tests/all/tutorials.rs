//! Command blocks of the README and the tutorials, run as written.
//!
//! A block marked `sh` runs; one marked `console` or `text` is for people only. The blocks of
//! a document run one after the other in one empty folder, and each must succeed.
#![cfg(unix)]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::command::root;

/// Address in the documents; each test replaces it by a free port.
const WRITTEN: &str = "127.0.0.1:8080";

/// Start of a script; stops background jobs at its end.
const PREAMBLE: &str = "set -euo pipefail; trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";

/// Script of a document: its `sh` blocks.
fn script(document: &str) -> String {
    let mut script = PREAMBLE.to_owned();
    let mut is_open = false;
    for line in document.lines() {
        match line {
            "```sh" => is_open = true,
            "```" => is_open = false,
            line if is_open => script += &format!("{line}\n"),
            _ => {}
        }
    }
    script
}

/// Runs the blocks of a document of the project.
fn run_blocks(document: &str) {
    let written = fs::read_to_string(root().join(document)).expect("the document is there");
    let script = script(&written);
    assert!(script.contains("\nscr "), "{document} runs no command");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    let address = port.expect("a port is free").to_string();
    let temp = tempfile::tempdir().expect("a folder can be made");
    let binary = Path::new(env!("CARGO_BIN_EXE_scr")).parent().expect("it lies in a folder");
    let path = std::env::var("PATH").expect("there is a path");
    let output = Command::new("bash")
        .args(["-c", &script.replace(WRITTEN, &address)])
        .current_dir(temp.path())
        .env("PATH", format!("{}:{path}", binary.display()))
        .output()
        .expect("there is a shell");
    assert!(
        output.status.success(),
        "{document}:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_readme_does_what_it_says() {
    run_blocks("README.md");
}

#[test]
fn masks_are_evaluated_as_the_tutorial_says() {
    run_blocks("docs/tutorials/evaluate-masks.md");
}

#[test]
fn a_benchmark_is_hosted_as_the_tutorial_says() {
    run_blocks("docs/tutorials/host-a-benchmark.md");
}

#[test]
fn an_active_shape_model_is_trained_as_the_tutorial_says() {
    run_blocks("docs/tutorials/active-shape-model.md");
}

#[test]
fn every_tutorial_has_its_test() {
    let this = include_str!("tutorials.rs");
    for entry in fs::read_dir(root().join("docs/tutorials")).expect("they are there") {
        let name = entry.expect("it can be read").file_name();
        let name = name.to_str().expect("it is text");
        assert!(this.contains(&format!("docs/tutorials/{name}")), "{name} is not run");
    }
}
