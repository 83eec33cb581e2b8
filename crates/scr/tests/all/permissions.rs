//! File permissions: data folders and backups are readable for their owner only, exports for
//! everyone.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{run, run_well, scr, text};

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().permissions().mode() & 0o777
}

/// Files at and below a folder that others than its owner can access.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
        }
        if mode(&path) & 0o077 != 0 {
            found.push(path);
        }
    }
    found
}

/// Makes a site with a benchmark and an account.
fn make_site(temp: &Path) -> PathBuf {
    let (bench, site) = (temp.join("bench"), temp.join("site"));
    run_well(["phantom", "--out", &text(&bench), "--images", "2", "--size", "64"]);
    run_well(["admin", "benchmark", "add", &text(&bench), "--dir", &text(&site)]);
    let mut add = scr(["admin", "user", "add", "a@b.org", "--name", "A", "--role", "curator"])
        .args(["--password-stdin", "--dir", &text(&site)])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    add.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    assert!(add.wait().unwrap().success());
    run_well(["admin", "token", "create", "a@b.org", "--dir", &text(&site)]);
    site
}

#[test]
fn nobody_else_reads_a_data_folder_or_its_backup_and_everybody_an_export() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    let site = make_site(temp.path());
    let (backup, again) = (text(&at("backup")), text(&at("again")));
    run_well(["backup", &backup, "--dir", &text(&site)]);
    run_well(["restore", &backup, "--dir", &again]);
    for name in ["site", "backup", "again"] {
        assert_eq!(open_to_others(&at(name)), Vec::<PathBuf>::new(), "{name}");
    }
    // As in a service with `UMask=0077`.
    let script = "umask 077; exec \"$0\" export \"$1\" --dir \"$2\"";
    let exported = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_scr"), &text(&at("static")), &text(&site)])
        .stderr(Stdio::null())
        .status();
    assert!(exported.unwrap().success());
    assert_eq!(mode(&at("static")), 0o755);
    assert_eq!(mode(&at("static/index.html")), 0o644);
}

#[test]
fn a_data_folder_of_an_earlier_version_is_refused_with_the_command_that_mends_it() {
    let temp = tempfile::tempdir().unwrap();
    let site = make_site(temp.path());
    fs::set_permissions(&site, Permissions::from_mode(0o755)).unwrap();
    let dir = text(&site);
    for arguments in [
        vec!["serve", "--listen", "127.0.0.1:0"],
        vec!["admin", "user", "list"],
        vec!["worker"],
        vec!["backup", "/nowhere"],
        vec!["export", "/nowhere"],
    ] {
        let finished = run([arguments.as_slice(), &["--dir", &dir]].concat());
        assert_eq!(finished.code, 1, "{arguments:?}");
        assert!(finished.stderr.contains("found 0755"), "{}", finished.stderr);
        assert!(finished.stderr.contains("chmod -R go="), "{}", finished.stderr);
    }
    let mended = Command::new("chmod").args(["-R", "go=", &dir]).status();
    assert!(mended.unwrap().success());
    run_well(["admin", "user", "list", "--dir", &dir]);
}

#[test]
fn a_demo_is_refused_before_it_draws_into_a_folder_that_is_open() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("mine"), "x").unwrap();
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    let finished = run(["demo", "--dir", &text(&dir), "--images", "2", "--no-serve"]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("chmod"), "{}", finished.stderr);
    assert!(!dir.join("benchmarks").exists());
}
