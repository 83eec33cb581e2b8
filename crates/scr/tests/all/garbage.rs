//! `scr gc`: garbage is listed, deleted when asked, and nothing else goes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::command::{files_without_database, run, run_well, scr, text};
use crate::engines::EngineSite;

/// Files of a publication that was interrupted.
const COUNT: usize = 300;

/// Writes files of an entry without a row, changed two days ago.
fn leave_garbage(site: &Path) {
    let folder = site.join("blobs/entries/none-1/masks/heart");
    std::fs::create_dir_all(&folder).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(48 * 3600);
    for number in 0..COUNT {
        let path = folder.join(format!("{number}.png"));
        std::fs::write(&path, "x").unwrap();
        File::open(&path).unwrap().set_modified(long_ago).unwrap();
    }
}

/// Paths of all files of a site but those of its database.
fn paths(site: &Path) -> Vec<String> {
    files_without_database(site).into_keys().collect()
}

#[test]
fn garbage_is_listed_then_deleted_and_a_killed_run_loses_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let (site, bench) = (temp.path().join("site"), text(&temp.path().join("bench")));
    run_well(["phantom", "--out", &bench, "--images", "4", "--seed", "5", "--size", "128"]);
    run_well(["demo", "--dir", &text(&site), "--benchmark", &bench, "--no-serve"]);
    let kept = paths(&site);
    leave_garbage(&site);
    let with_garbage = paths(&site);
    let dir = text(&site);
    let listed = run_well(["gc", "--dir", &dir, "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed["n_files"], &listed["deleted"]), (&COUNT.into(), &false.into()));
    assert_eq!(listed["files"][0]["file"], "blobs/entries/none-1/masks/heart/0.png");
    assert_eq!(paths(&site), with_garbage, "only listed");
    let young = run_well(["gc", "--dir", &dir, "--apply", "--grace", "72", "--format", "json"]);
    let young: serde_json::Value = serde_json::from_str(&young).unwrap();
    assert_eq!((&young["n_files"], &young["n_younger"]), (&0.into(), &COUNT.into()));
    assert_eq!(paths(&site), with_garbage, "younger than the grace period");

    let mut killed = scr(["gc", "--dir", &dir, "--apply"]).stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(60));
    killed.kill().unwrap();
    killed.wait().unwrap();
    run_well(["gc", "--dir", &dir, "--apply"]);
    assert_eq!(paths(&site), kept);
    run_well(["verify", &dir]);
    let none = run(["gc", "--dir", &text(&temp.path().join("none"))]);
    assert!(none.code == 1 && none.stderr.contains("no site"), "{}", none.stderr);
    assert_eq!(run(["gc", "--dir", &dir, "--grace", "8761"]).code, 2);
}

#[test]
fn a_site_on_engines_is_whole_once_its_garbage_is_deleted() {
    let Some(mut site) = EngineSite::new() else { return };
    site.fill("4");
    let member = site.user("a@example.org", "participant");
    let curator = site.user("c@example.org", "curator");
    let server = site.serve();
    site.work();
    let id = site.submit(&server, &member, &["--wait"]);
    run_well(["review", &id, "--publish", "--server", &server, "--token", &curator]);
    site.wait_for_state(&id, "published");
    // The upload of this one stays until its review.
    site.submit(&server, &member, &["--wait"]);
    let bucket = site.bucket();
    let keys = || -> BTreeSet<String> {
        bucket.list("").unwrap().into_iter().map(|object| object.key).collect()
    };
    let kept = keys();
    for folder in ["blobs/entries/", "blobs/benchmarks/", "uploads/"] {
        assert!(kept.iter().any(|key| key.starts_with(folder)), "{folder}");
    }
    let garbage = [
        "blobs/benchmarks/none/images/a.png",
        "blobs/entries/none-1/masks/heart/a.png",
        "uploads/none/000000000000-1",
    ];
    for key in garbage {
        bucket.put(key, b"x").unwrap();
    }
    let apply = ["gc", "--apply", "--format", "json"];
    let young: serde_json::Value = serde_json::from_str(&site.run_well(&apply)).unwrap();
    assert_eq!((&young["n_files"], &young["n_younger"]), (&0.into(), &garbage.len().into()));
    let deleted = site.run_well(&[&apply[..], &["--grace", "0"]].concat());
    let deleted: serde_json::Value = serde_json::from_str(&deleted).unwrap();
    let files = deleted["files"].as_array().unwrap().iter().map(|file| file["file"].clone());
    assert_eq!(files.collect::<Vec<_>>(), garbage);
    assert_eq!(keys(), kept);
    site.run_well(&["verify", "--scores"]);
}
