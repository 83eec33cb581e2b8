//! `scr demo` and the site that it serves.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::OnceLock;

use anyhow::Context;
use scr_data::{Benchmark, MaskSet, formats};
use scr_image::{Radiograph, Size};
use scr_store::{EntryToPublish, PublishOutcome};

use crate::command::{files_without_database, kill_after, run_well, scr, text};

/// File of the messages of a demo in the folder `dir`.
fn messages(dir: &Path) -> PathBuf {
    dir.with_extension("messages")
}

/// Served demo of small phantoms.
pub(crate) struct Site {
    server: Child,
    /// Address without the last `/`.
    pub(crate) address: String,
    /// Data folder.
    pub(crate) dir: PathBuf,
}

impl Site {
    /// Starts a demo of `benchmark` in the folder `dir`.
    pub(crate) fn start(dir: &Path, benchmark: &Path) -> Self {
        let mut server = scr([
            "demo",
            "--dir",
            &text(dir),
            "--benchmark",
            &text(benchmark),
            "--listen",
            "127.0.0.1:0",
        ])
        .stdout(Stdio::piped())
        .stderr(File::create(messages(dir)).expect("a file for messages"))
        .spawn()
        .expect("the binary is built");
        let stdout = server.stdout.take().expect("stdout is piped");
        let line = BufReader::new(stdout).lines().next().expect("the address is printed");
        let line = line.expect("the address is text");
        Self { server, address: line.trim_end_matches('/').to_owned(), dir: dir.to_owned() }
    }

    /// Publishes the mean shape with posteriors: 1 in the left half of every image, 0 in the
    /// right half. Returns the identifier of the entry.
    pub(crate) async fn add_posteriors(&self) -> anyhow::Result<String> {
        let benchmark = Benchmark::open(small_phantoms())?;
        let size = Size::square(512);
        let values = (0..size.area()).map(|pixel| if pixel % 512 < 256 { 65535 } else { 0 });
        let halves = Radiograph::new(size, u16::MAX, values.collect(), None)?;
        let png = formats::png::write_radiograph(&halves)?;
        let posteriors = self.dir.join("posteriors");
        for structure in &benchmark.structures {
            std::fs::create_dir_all(posteriors.join(&structure.id))?;
            for image in &benchmark.images {
                let path = posteriors.join(&structure.id).join(format!("{}.png", image.id));
                std::fs::write(path, &png)?;
            }
        }
        let store = scr_store::Store::open(&self.dir).await?;
        let entries = store.entries().list("phantom").await?;
        let mean_shape = entries.into_iter().find(|row| row.id.starts_with("mean-shape"));
        let row = mean_shape.context("the mean shape is published")?;
        let folder = std::fs::read_dir(self.dir.join("masks"))?.next();
        let folder = folder.context("masks are of one benchmark")??.path();
        let version = format!("mean-shape-{}", row.card.version);
        let entry = EntryToPublish {
            benchmark: &benchmark,
            role: row.role,
            card: row.card,
            masks: &MaskSet::open(&folder.join(version), &benchmark)?,
            result: row.result,
            posteriors: Some(posteriors),
            run: None,
        };
        let (id, published) = store.entries().publish(entry, &mut |_| ()).await?;
        assert_eq!(published, PublishOutcome::New, "with posteriors it is another entry");
        store.close().await;
        Ok(id)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Benchmark of eight small phantoms, drawn once for all tests of a run.
pub(crate) fn small_phantoms() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let temp = tempfile::tempdir().expect("a folder can be made");
        let out = text(&temp.path().join("bench"));
        run_well(["phantom", "--out", &out, "--images", "8", "--seed", "2", "--size", "512"]);
        temp
    });
    static BENCH: OnceLock<std::path::PathBuf> = OnceLock::new();
    BENCH.get_or_init(|| folder.path().join("bench"))
}

/// Number of methods of a demo.
fn n_quick_methods() -> usize {
    scr_methods::METHODS.iter().filter(|method| method.info().is_quick).count()
}

#[test]
fn the_demo_publishes_and_again_changes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    let demo = || {
        run_well([
            "demo",
            "--dir",
            &text(&dir),
            "--benchmark",
            &text(small_phantoms()),
            "--no-serve",
        ])
    };
    demo();
    let masks = crate::command::files(&dir.join("masks"));
    let blobs = crate::command::files(&dir.join("blobs"));
    let expected = (8 * 5 + 1) * n_quick_methods();
    assert_eq!(masks.len(), expected, "five structures in eight images, and how they were made");
    demo();
    assert_eq!(crate::command::files(&dir.join("masks")), masks);
    assert_eq!(crate::command::files(&dir.join("blobs")), blobs);

    let site = Site::start(&dir, small_phantoms());
    let last = "demo --all-methods";
    let read = || std::fs::read_to_string(messages(&dir)).unwrap();
    let waited = (0..200).find(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        read().contains(last)
    });
    let text = read();
    assert!(waited.is_some(), "{text}");
    assert!(text.lines().count() < 45, "a screen: {text}");
    let is_wide = |line: &&str| line.chars().count() > 100;
    let names_a_path = |line: &&str| line.contains('/');
    assert_eq!(text.lines().filter(|line| !names_a_path(line)).find(is_wide), None);
    for expected in
        ["| asm ", "| Second observer", &site.address, "are not sent", "scr compare --benchmark"]
    {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn a_demo_killed_at_any_moment_goes_on() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    for delay_ms in [20, 60, 120, 250, 500, 900] {
        let (dir, benchmark) = (text(&dir), text(small_phantoms()));
        kill_after(delay_ms, ["demo", "--dir", &dir, "--benchmark", &benchmark, "--no-serve"]);
    }
    let site = Site::start(&dir, small_phantoms());
    assert!(site.address.starts_with("http://127.0.0.1:"));
    drop(site);
    let store = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = scr_store::Store::open(&dir).await.unwrap();
        store.entries().list("phantom").await.unwrap()
    });
    assert_eq!(
        store.len(),
        n_quick_methods() + 1,
        "every method and the second observer, once each"
    );
}

#[test]
fn an_addition_killed_at_any_moment_goes_on_and_leaves_nothing_behind() {
    let temp = tempfile::tempdir().unwrap();
    let bench = text(small_phantoms());
    let (whole, killed) = (temp.path().join("whole"), temp.path().join("killed"));
    run_well(["admin", "benchmark", "add", &bench, "--dir", &text(&whole)]);
    for delay_ms in [20, 60, 120, 250, 400, 600] {
        kill_after(delay_ms, ["admin", "benchmark", "add", &bench, "--dir", &text(&killed)]);
    }
    make_stale(&killed);
    run_well(["admin", "benchmark", "add", &bench, "--dir", &text(&killed)]);
    let found = files_without_database(&killed);
    assert!(found == files_without_database(&whole), "{:?}", found.keys());
    run_well(["verify", &text(&killed)]);
}

/// Makes every temporary file older than the age of abandoned ones.
fn make_stale(folder: &Path) {
    for name in crate::command::files(folder).keys() {
        let path = folder.join(name);
        if scr_data::durable::is_temporary(&path) {
            let then = std::time::SystemTime::now() - 2 * scr_data::durable::STALE_AGE;
            let file = std::fs::File::options().append(true).open(path).expect("it can be opened");
            file.set_modified(then).expect("its time can be set");
        }
    }
}

#[test]
fn a_folder_that_is_not_there_is_not_served() {
    let finished = crate::command::run(["serve", "--dir", "no-such-folder"]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("no-such-folder"), "{}", finished.stderr);
}
