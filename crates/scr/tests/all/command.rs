//! Runner of the real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The command `scr` with arguments.
pub(crate) fn scr<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scr"));
    command.args(arguments);
    command
}

/// Output of a finished run.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `scr` to its end.
pub(crate) fn run<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Said {
    let Output { status, stdout, stderr } = scr(arguments).output().expect("the binary is built");
    Said {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(stderr).expect("stderr is UTF-8"),
    }
}

/// Runs `scr`, which must succeed, and returns its stdout.
pub(crate) fn run_well<I: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = I>,
) -> String {
    let said = run(arguments);
    assert_eq!(said.code, 0, "{}", said.stderr);
    said.stdout
}

/// Path as text.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are UTF-8").to_owned()
}

/// Every file below `folder` with its bytes, by relative path.
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

/// Every file of a site with its bytes, except the database.
pub(crate) fn files_but_the_database(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = files(folder);
    found.retain(|name, _| !name.starts_with("scr.sqlite"));
    found
}

/// Runs the command and kills it after a while.
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
