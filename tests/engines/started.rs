//! Start of PostgreSQL and SeaweedFS, for the tests of several crates, which include this file.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Starts the engines of `tests/engines/start`, with the variables that it prints. They end when
/// the process is dropped, as its stdin closes. Without them prints why `what` is skipped; fails
/// where `SCR_REQUIRE_ENGINES` is set.
pub(crate) fn start(what: &str) -> Option<(Child, Vec<(String, String)>)> {
    let mut process =
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/engines/start"))
            .arg("--no-install")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
    let mut variables = Vec::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap) {
        if line == "ready" {
            return Some((process, variables));
        }
        let (name, value) = line.split_once('=').unwrap();
        variables.push((name.to_owned(), value.to_owned()));
    }
    let output = process.wait_with_output().unwrap();
    let reason = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(std::env::var_os("SCR_REQUIRE_ENGINES").is_none(), "no engines: {reason}");
    eprintln!("skipped: {what}: {}", reason.trim());
    None
}
