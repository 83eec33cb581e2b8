//! `scr backup` and `scr restore`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Finished, files, files_without_database, run, run_well, text};

/// Site with a benchmark of four phantoms, and its backup.
struct BackedUp {
    temp: TempDir,
}

impl BackedUp {
    fn new() -> Self {
        let made = Self { temp: tempfile::tempdir().unwrap() };
        let (bench, site) = (text(&made.path("bench")), text(&made.path("site")));
        run_well(["phantom", "--out", &bench, "--images", "4", "--seed", "3", "--size", "128"]);
        run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
        fs::create_dir(made.path("site/uploads")).unwrap();
        fs::write(made.path("site/uploads/abc.zip"), "as far as it has come").unwrap();
        let finished = made.back_up();
        assert!(finished.code == 0 && finished.stdout.is_empty(), "{}", finished.stderr);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn back_up(&self) -> Finished {
        run(["backup", &text(&self.path("backup")), "--dir", &text(&self.path("site"))])
    }

    fn restore(&self) -> Finished {
        run(["restore", &text(&self.path("backup")), "--dir", &text(&self.path("restored"))])
    }

    /// Restores a backup, which must fail with all of `words` and leave no folder.
    fn refused(&self, words: &[&str]) {
        let finished = self.restore();
        assert_eq!(finished.code, 1, "{words:?}");
        for word in words.iter().chain(&["expected", "found", "hint"]) {
            assert!(finished.stderr.contains(word), "{word}: {}", finished.stderr);
        }
        let left: Vec<_> = files(self.temp.path()).into_keys().collect();
        assert!(!left.iter().any(|name| name.starts_with("restored")), "{left:?}");
    }
}

#[test]
fn a_site_comes_back_from_its_backup_as_it_was() {
    let made = BackedUp::new();
    let site = files_without_database(&made.path("site"));
    let mut backup = files_without_database(&made.path("backup"));
    assert!(backup.remove("files.sha256").is_some());
    let manifest = backup.remove("backup.json").unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["n_files"], site.len());
    assert_eq!(manifest["files_bytes"], site.values().map(Vec::len).sum::<usize>());
    assert!(backup == site, "{:?} of {:?}", backup.keys(), site.keys());

    let finished = made.restore();
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert!(files_without_database(&made.path("restored")) == site);
    let list = |dir| {
        run_well([
            "admin",
            "benchmark",
            "list",
            "--format",
            "json",
            "--dir",
            &text(&made.path(dir)),
        ])
    };
    assert_eq!(list("restored"), list("site"));

    // A backup of the restored site equals the first.
    let again = text(&made.path("again"));
    run_well(["backup", &again, "--dir", &text(&made.path("restored"))]);
    let mut again = files_without_database(Path::new(&again));
    assert!(again.remove("backup.json").is_some() && again.remove("files.sha256").is_some());
    assert!(again == site);
}

#[test]
fn an_occupied_folder_is_left_alone() {
    let made = BackedUp::new();
    let before = files(&made.path("backup"));
    let finished = made.back_up();
    assert!(
        finished.code == 1 && finished.stderr.contains("not an empty folder"),
        "{}",
        finished.stderr
    );
    assert!(files(&made.path("backup")) == before);
    fs::create_dir(made.path("restored")).unwrap();
    fs::write(made.path("restored/mine"), "x").unwrap();
    let finished = made.restore();
    assert!(
        finished.code == 1 && finished.stderr.contains("not an empty folder"),
        "{}",
        finished.stderr
    );
    assert_eq!(files(&made.path("restored")).len(), 1);

    let finished = run(["backup", &text(&made.path("new")), "--dir", &text(&made.path("bench"))]);
    assert!(finished.code == 1 && finished.stderr.contains("no site"), "{}", finished.stderr);
    assert!(!made.path("bench/scr.sqlite").exists());
}

#[test]
fn a_damaged_backup_is_refused_and_says_what_is_wrong() {
    let made = BackedUp::new();
    let database = made.path("backup/scr.sqlite");
    let whole = fs::read(&database).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&database, changed).unwrap();
    made.refused(&["scr.sqlite", "sha256:"]);
    fs::remove_file(&database).unwrap();
    made.refused(&["scr.sqlite", "no file"]);
    fs::write(&database, whole).unwrap();

    let upload = made.path("backup/uploads/abc.zip");
    fs::rename(&upload, made.path("abc.zip")).unwrap();
    made.refused(&["backup", "files of"]);
    fs::write(&upload, "cut short").unwrap();
    made.refused(&["backup", "files of"]);
    fs::rename(made.path("abc.zip"), &upload).unwrap();

    let manifest = made.path("backup/backup.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": 2", "\"format\": 3")).unwrap();
    made.refused(&["backup.json", "format 3"]);
    fs::write(&manifest, "{}").unwrap();
    made.refused(&["backup.json"]);
    fs::remove_file(&manifest).unwrap();
    made.refused(&["backup.json"]);
    fs::write(&manifest, text).unwrap();
    assert_eq!(made.restore().code, 0, "it is whole again");
}
