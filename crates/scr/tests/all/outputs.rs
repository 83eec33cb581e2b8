//! `--out` of commands with one output file: links, pipes and devices.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{Said, run, run_well, text};

/// Scores two small phantoms into `out`.
fn evaluate(folder: &Path, out: &Path) -> Said {
    let benchmark = folder.join("bench");
    if !benchmark.exists() {
        let out = text(&benchmark);
        run_well(["phantom", "--out", &out, "--images", "2", "--size", "64"]);
    }
    let (masks, benchmark) = (text(&benchmark.join("masks/reference")), text(&benchmark));
    run(["evaluate", &masks, "--benchmark", &benchmark, "--measures", "dice", "--out", &text(out)])
}

#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    let temp = tempfile::tempdir().unwrap();
    let (pipe, file) = (temp.path().join("pipe"), temp.path().join("file"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let said = evaluate(temp.path(), &pipe);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
    assert_eq!(evaluate(temp.path(), &file).code, 0);
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(read, fs::read(&file).unwrap());
}

#[test]
fn devices_stay_devices_and_a_full_one_is_told() {
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(evaluate(temp.path(), Path::new("/dev/null")).code, 0);
    if Path::new("/dev/full").exists() {
        let said = evaluate(temp.path(), Path::new("/dev/full"));
        assert_eq!(said.code, 1);
        assert!(said.stderr.to_lowercase().contains("no space"), "{}", said.stderr);
    }
    for name in ["/dev/null", "/dev/full", "/dev/stdout"] {
        let is_device = |path: &Path| {
            path.symlink_metadata().is_ok_and(|about| {
                about.file_type().is_char_device() || about.file_type().is_symlink()
            })
        };
        assert!(!Path::new(name).exists() || is_device(Path::new(name)), "{name}");
    }
    let said = evaluate(temp.path(), Path::new("/dev/stdout"));
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("dice"), "{}", said.stdout);
}

#[test]
fn a_link_s_file_is_written_and_what_takes_no_bytes_is_refused_before_the_work() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    fs::write(at("file"), "before").unwrap();
    symlink("file", at("link")).unwrap();
    symlink("nothing", at("dangling")).unwrap();
    assert_eq!(evaluate(temp.path(), &at("link")).code, 0);
    assert!(at("link").is_symlink());
    assert!(fs::read_to_string(at("file")).unwrap().contains("dice"));
    for (name, word) in [("dangling", "a link to nothing"), ("bench", "a folder")] {
        let said = evaluate(temp.path(), &at(name));
        assert_eq!(said.code, 2, "{}", said.stderr);
        assert!(said.stderr.contains(word), "{}", said.stderr);
    }
    let benchmark = text(&at("bench"));
    let tuned =
        run(["tune", "mean-shape", "--benchmark", &benchmark, "--fold", "1", "--out", "/dev/null"]);
    assert_eq!(tuned.code, 1);
    assert!(!tuned.stderr.contains("panicked"), "{}", tuned.stderr);
}
