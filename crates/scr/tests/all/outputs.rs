//! `--out FILE`: links, pipes and devices stay what they are.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{Finished, run, run_well, text};

/// Scores two small phantoms into the file `out`.
fn evaluate(folder: &Path, out: &Path) -> Finished {
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
    let finished = evaluate(temp.path(), &pipe);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
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
        let finished = evaluate(temp.path(), Path::new("/dev/full"));
        assert_eq!(finished.code, 1);
        assert!(finished.stderr.to_lowercase().contains("no space"), "{}", finished.stderr);
    }
    for name in ["/dev/null", "/dev/full", "/dev/stdout"] {
        let is_device = |path: &Path| {
            path.symlink_metadata().is_ok_and(|about| {
                about.file_type().is_char_device() || about.file_type().is_symlink()
            })
        };
        assert!(!Path::new(name).exists() || is_device(Path::new(name)), "{name}");
    }
    let finished = evaluate(temp.path(), Path::new("/dev/stdout"));
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert!(finished.stdout.contains("dice"), "{}", finished.stdout);
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
        let finished = evaluate(temp.path(), &at(name));
        assert_eq!(finished.code, 2, "{}", finished.stderr);
        assert!(finished.stderr.contains(word), "{}", finished.stderr);
    }
    let benchmark = text(&at("bench"));
    let tuned =
        run(["tune", "mean-shape", "--benchmark", &benchmark, "--fold", "1", "--out", "/dev/null"]);
    assert_eq!(tuned.code, 1);
    assert!(!tuned.stderr.contains("panicked"), "{}", tuned.stderr);
}
