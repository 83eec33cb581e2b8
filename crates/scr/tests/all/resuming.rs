//! `scr evaluate --out` after an interruption.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scr_data::{Benchmark, DataError, MaskFiles, MaskSet, Problem};
use scr_eval::{Checkpoint, ScoredImage, Settings, Shard, ShardEvaluation};

use crate::command::{Finished, files, run, run_well, scr, text};

/// Checkpoint in memory.
#[derive(Default)]
pub(crate) struct MemoryCheckpoint(Mutex<BTreeMap<usize, ScoredImage>>);

impl MemoryCheckpoint {
    /// Its images, by place.
    pub(crate) fn images(&self) -> BTreeMap<usize, ScoredImage> {
        self.0.lock().expect("no test panics with it").clone()
    }
}

impl Checkpoint for MemoryCheckpoint {
    fn take(&self, place: usize) -> Option<ScoredImage> {
        self.0.lock().expect("no test panics with it").remove(&place)
    }

    fn add(&self, image: &ScoredImage) -> Result<(), DataError> {
        self.0.lock().expect("no test panics with it").insert(image.place, image.clone());
        Ok(())
    }
}

/// Masks of a folder with entity tags, which notes what is read.
#[derive(Debug)]
struct TaggedMasks {
    folder: PathBuf,
    /// Paths with another tag than the first.
    changed: Vec<String>,
    read: Arc<Mutex<Vec<String>>>,
}

impl MaskFiles for TaggedMasks {
    fn list(&self, on_file: &mut dyn FnMut(String) -> bool) -> Result<(), Problem> {
        files(&self.folder).into_keys().all(on_file);
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        self.read.lock().expect("no test panics with it").push(path.to_owned());
        scr_data::files::read_file(&self.folder.join(path))
    }

    fn validator(&self, path: &str) -> Option<String> {
        Some(format!("{path} {}", self.changed.iter().any(|changed| changed == path)))
    }
}

#[test]
fn an_image_whose_files_have_their_tags_still_is_not_read_again() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let (masks, bench) = drawn(temp.path(), "4");
    // Files of the reference that have just changed are read again.
    std::thread::sleep(Duration::from_millis(3100));
    let (benchmark, settings) = (Benchmark::open(Path::new(&bench)), Settings::default());
    let benchmark = benchmark.expect("it is drawn");
    let folder = PathBuf::from(&masks);
    let score = |changed: &[String], checkpoint: &MemoryCheckpoint| {
        let read = Arc::new(Mutex::new(Vec::new()));
        let (folder, changed, noted) = (folder.clone(), changed.to_vec(), Arc::clone(&read));
        let files = Box::new(TaggedMasks { folder, changed, read: noted });
        let masks = MaskSet::open_files("masks", files, &benchmark).expect("they are drawn");
        let evaluation = ShardEvaluation::new(&benchmark, &masks, &settings, Shard::WHOLE);
        let evaluation = evaluation.expect("the reference is there");
        let part = evaluation.run(Some(checkpoint), &|| ()).expect("they are drawn");
        let read = read.lock().expect("no test panics with it").clone();
        (part, read)
    };
    let first = MemoryCheckpoint::default();
    let (part, read) = score(&[], &first);
    let n_masks = files(&folder).len();
    assert_eq!((read.len(), first.images().len()), (n_masks, 4));
    let resumed = MemoryCheckpoint(Mutex::new(first.images()));
    assert_eq!(score(&[], &resumed), (part.clone(), Vec::new()), "no mask is read");

    // A mask with another tag and other bytes: its image is scored again, and no other.
    let path = read.iter().find(|path| path.ends_with("/JPCLN002.png")).expect("a mask").clone();
    fs::copy(folder.join(path.replace("JPCLN002", "JPCLN001")), folder.join(&path))
        .expect("it can be written");
    let resumed = MemoryCheckpoint(Mutex::new(first.images()));
    let (changed, read) = score(&[path], &resumed);
    assert!(read.iter().all(|path| path.ends_with("/JPCLN002.png")) && !read.is_empty());
    assert_ne!(changed.evaluation.records[1], part.evaluation.records[1]);
    assert_eq!(changed.evaluation.records[2..], part.evaluation.records[2..]);
}

/// Benchmark of phantoms, and a set of masks of it in a folder of its own.
fn drawn(folder: &Path, images: &str) -> (String, String) {
    let bench = text(&folder.join("bench"));
    run_well(["phantom", "--out", &bench, "--images", images, "--size", "96"]);
    (text(&folder.join("bench/masks/second")), bench)
}

#[test]
fn an_interrupted_evaluation_resumes_to_the_bytes_of_one_run() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let (masks, bench) = drawn(temp.path(), "6");
    let file = |name: &str| text(&temp.path().join(name));
    let line = ["evaluate", &masks, "--benchmark", &bench];
    let score = |more: &[&str]| run(line.iter().chain(more));
    let json = ["--format", "json", "--per-image"];
    let whole = score(&json).stdout;
    let (out, checkpoint) = (file("result.json"), file("result.json.partial"));
    let to_file = |more: &[&str]| {
        let finished = score(&[&json[..], &["--out", &out], more].concat());
        assert!(finished.code == 0 || !Path::new(&out).exists(), "{}", finished.stderr);
        finished
    };

    // A damaged mask ends the evaluation; the other images stay in the checkpoint.
    let structure = fs::read_dir(&masks).expect("the masks are there").next();
    let structure = structure.expect("a structure").expect("it can be read").path();
    let mut paths: Vec<_> = fs::read_dir(structure).expect("the structure can be read").collect();
    paths.sort_by_key(|path| path.as_ref().map(fs::DirEntry::path).ok());
    let mask = |index: usize| paths[index].as_ref().expect("it can be read").path();
    let good = fs::read(mask(2)).expect("the mask is there");
    fs::write(mask(2), "no mask").expect("it can be written");
    let interrupted = to_file(&[]);
    assert_eq!(interrupted.code, 1);
    assert!(interrupted.stderr.contains("keeps 5 scored images"), "{}", interrupted.stderr);
    let kept = fs::read_to_string(&checkpoint).expect("the checkpoint is there");
    assert_eq!(kept.lines().count(), 6, "the outline and five images");
    fs::write(mask(2), &good).expect("it can be written");

    // The checkpoint of another evaluation is refused, and stays as it is.
    let refused = |finished: &Finished, words: &str| {
        assert_eq!(finished.code, 1, "{words}");
        assert!(finished.stderr.contains(words), "{words}: {}", finished.stderr);
        let stays = fs::read(&checkpoint).expect("the checkpoint is there");
        assert_eq!(stays, kept.as_bytes(), "{words}");
    };
    refused(&to_file(&["--measures", "dice"]), "expected the measures of this evaluation: dice");
    refused(&to_file(&["--seed", "7"]), "expected the bootstrap resamples of this evaluation");
    let shard = score(&["--shard", "1/2", "--out", &out]);
    refused(&shard, "expected shard 1/2, as this evaluation, found 1/1");
    let table = temp.path().join("bench/benchmark.toml");
    let definition = fs::read_to_string(&table).expect("the table is there");
    let spacing = definition.lines().find(|line| line.starts_with("spacing_mm"));
    let other = definition.replace(spacing.expect("a spacing"), "spacing_mm = 9.5");
    fs::write(&table, other).expect("it can be written");
    refused(&to_file(&[]), "another definition or table");
    fs::write(&table, definition).expect("it can be written");

    // Half a line at its end, as a killed process leaves it.
    fs::write(&checkpoint, &kept[..kept.len() - 9]).expect("it can be written");
    let resumed = to_file(&[]);
    assert_eq!(resumed.code, 0, "{}", resumed.stderr);
    assert!(resumed.stderr.contains("4 images are in"), "{}", resumed.stderr);
    assert_eq!(fs::read_to_string(&out).expect("the result is there"), whole);
    assert!(!Path::new(&checkpoint).exists(), "the checkpoint is deleted");

    // A mask that changed since is scored again.
    fs::remove_file(&out).expect("the result is there");
    fs::write(&checkpoint, &kept).expect("it can be written");
    fs::copy(mask(0), mask(1)).expect("it can be written");
    let resumed = to_file(&[]);
    assert_eq!(resumed.code, 0, "{}", resumed.stderr);
    let changed = fs::read_to_string(&out).expect("the result is there");
    assert_ne!(changed, whole);
    assert_eq!(changed, score(&json).stdout);

    // Files that are no checkpoint.
    fs::write(&checkpoint, "somebody's notes\n").expect("it can be written");
    let refused = score(&["--format", "json", "--out", &out]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("expected a checkpoint of `scr evaluate`"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read_to_string(&checkpoint).expect("it stays"), "somebody's notes\n");
}

#[test]
fn a_killed_shard_resumes_to_the_bytes_of_one_run() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let (masks, bench) = drawn(temp.path(), "40");
    let file = |name: &str| text(&temp.path().join(name));
    let line = ["evaluate", &masks, "--benchmark", &bench, "--shard", "1/2", "--out"];
    let (whole, out) = (file("whole.json"), file("killed.json"));
    run_well(line.iter().chain(&[whole.as_str()]));
    let mut killed = scr(line.iter().chain(&[out.as_str()]))
        .env("RAYON_NUM_THREADS", "1")
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let n_lines = || {
        fs::read(file("killed.json.partial"))
            .map_or(0, |bytes| bytes.iter().filter(|&&byte| byte == b'\n').count())
    };
    while n_lines() < 3 && !Path::new(&out).exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    killed.kill().expect("it can be killed");
    killed.wait().expect("it ends");
    run_well(line.iter().chain(&[out.as_str()]));
    let bytes = fs::read(&out).expect("the shard is there");
    assert!(bytes == fs::read(&whole).expect("the shard is there"));
    assert!(!Path::new(&file("killed.json.partial")).exists());
}
