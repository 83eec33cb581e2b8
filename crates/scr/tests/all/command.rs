//! Runs of the binary in temporary folders.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Root folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Command `scr` with arguments.
pub(crate) fn scr<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scr"));
    command.args(arguments);
    command
}

/// Exit code and output of a finished run.
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `scr` until it exits.
pub(crate) fn run<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Finished {
    finished(&mut scr(arguments))
}

/// Runs a command until it exits.
pub(crate) fn finished(command: &mut Command) -> Finished {
    let Output { status, stdout, stderr } = command.output().expect("the binary is built");
    Finished {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(stderr).expect("stderr is UTF-8"),
    }
}

/// Runs `scr`, which must succeed. Returns its stdout.
pub(crate) fn run_well<I: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = I>,
) -> String {
    let finished = run(arguments);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    finished.stdout
}

/// Result of a set of masks, with the values of every image.
pub(crate) fn evaluated(masks: &str, bench: &str) -> serde_json::Value {
    let line = ["evaluate", masks, "--benchmark", bench, "--format", "json", "--per-image"];
    serde_json::from_str(&run_well(line)).expect("stdout is JSON")
}

/// Text of a path.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are UTF-8").to_owned()
}

/// Bytes of all files below `folder`, by relative path.
pub(crate) fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in std::fs::read_dir(&current).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies within");
                found.insert(text(name), std::fs::read(&path).expect("the file can be read"));
            }
        }
    }
    found
}

/// Bytes of all files of a site without its database, by relative path.
pub(crate) fn files_without_database(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = files(folder);
    found.retain(|name, _| !name.starts_with("scr.sqlite"));
    found
}

/// Runs `scr` and kills it after a delay.
pub(crate) fn kill_after<I: AsRef<std::ffi::OsStr>>(
    delay_ms: u64,
    arguments: impl IntoIterator<Item = I>,
) {
    let (stdout, stderr) = (Stdio::null(), Stdio::null());
    let mut child = scr(arguments).stdout(stdout).stderr(stderr).spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(delay_ms));
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}
