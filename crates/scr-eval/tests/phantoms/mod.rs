//! Phantom benchmarks of tests, drawn once and copied.

use std::fs;
use std::path::Path;

use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

/// Draws twelve phantoms of `side` x `side` pixels into the folder `bench`.
pub(crate) fn draw(side: usize) -> TempDir {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(12, 3), side, &folder, &|_, _, _| ()).unwrap();
    temp
}

/// Copies a file, or a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
