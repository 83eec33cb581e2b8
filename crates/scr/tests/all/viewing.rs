//! `scr view`: the result browser on one's own files.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use scr_image::{Mask, Size};
use tempfile::TempDir;

use crate::command::{run, run_well, scr, text};

/// A view that is served until it is dropped.
struct View {
    child: Child,
    host: String,
}

impl View {
    fn of(arguments: &[&str]) -> Self {
        let base = ["view"].into_iter().chain(arguments.iter().copied());
        let mut child = scr(base.chain(["--listen", "127.0.0.1:0"]))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("the address is printed");
        let host = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(!host.is_empty(), "no address");
        Self { child, host }
    }

    /// Head and body of the answer to a request.
    fn request(&self, method: &str, path: &str, host: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.host).expect("it listens");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            .expect("it takes a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        (head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (String, String) {
        self.request("GET", path, &self.host)
    }

    fn page(&self, path: &str) -> String {
        let (head, body) = self.get(path);
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        body
    }

    /// Waits until a page holds a text.
    fn wait(&self, path: &str, expected: &str) -> String {
        let start = Instant::now();
        loop {
            let (_, body) = self.get(path);
            if body.contains(expected) {
                return body;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "no {expected} in {body}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

struct Files {
    _temp: TempDir,
    bench: PathBuf,
    masks: PathBuf,
}

impl Files {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a temporary folder");
        let bench = temp.path().join("bench");
        let masks = temp.path().join("masks");
        run_well(["phantom", "--out", &text(&bench), "--images", "4", "--size", "128"]);
        run_well(["run", "mean-shape", "--benchmark", &text(&bench), "--out", &text(&masks)]);
        Self { _temp: temp, bench, masks }
    }

    fn view(&self) -> View {
        View::of(&[&text(&self.bench), &text(&self.masks)])
    }
}

const IMAGES: &str = "/benchmarks/phantom/browse";
const IMAGE: &str = "/benchmarks/phantom/browse/JPCLN001";
/// Part of a page with scores of the mean shape in one image.
const SCORED: &str = "data-layer=\"entries:mean-shape\"";

#[test]
fn ones_own_files_are_in_the_browser_with_outlines_and_scores() {
    let files = Files::new();
    let view = files.view();
    let (head, _) = view.get("/");
    assert!(head.contains(&format!("location: {IMAGES}")), "{head}");
    let images = view.page(IMAGES);
    assert_eq!(images.matches("class=\"thumbnail\"").count(), 4, "{images}");
    assert!(!images.contains("data-site") && !images.contains("/account"), "{images}");
    assert!(images.contains("local_view.js"), "{images}");

    let (head, _) = view.get(IMAGE);
    assert!(head.contains(&format!("location: {IMAGE}?entries=mean-shape")), "{head}");
    let image = view.wait(&format!("{IMAGE}?entries=mean-shape"), "viewer-scores");
    assert_eq!(image.matches("class=\"outline\"").count(), 2, "two layers are drawn: {image}");
    view.wait(&format!("{IMAGE}?entries=mean-shape"), SCORED);
    let results = view.wait("/benchmarks/phantom/results", "Second observer");
    assert!(results.contains("mean-shape"), "{results}");
    view.page("/entries/mean-shape");

    let source = "data-image-href=\"";
    let start = image.find(source).expect("the radiograph has an address") + source.len();
    let address = image[start..].split('"').next().unwrap_or_default().replace("&amp;", "&");
    let (head, _) = view.get(&address);
    assert!(head.contains("image/png") && head.contains("no-cache"), "{head}");
}

#[test]
fn a_view_follows_its_files_and_says_when_they_are_at_fault() {
    let files = Files::new();
    let view = files.view();
    view.wait("/benchmarks/phantom/results", "mean-shape");
    view.wait("/view/state", "\"status\":\"\"");
    let before = view.page("/view/state");
    let heart = files.masks.join("heart/JPCLN001.png");
    let outlines = "/api/v1/entries/mean-shape/outlines/JPCLN001.json";
    let (_, drawn) = view.get(outlines);

    let empty = scr_data::formats::png::write_mask(&Mask::empty(Size::square(128)));
    fs::write(&heart, empty).unwrap();
    let start = Instant::now();
    while view.get(outlines).1 == drawn || view.page("/view/state") == before {
        assert!(start.elapsed() < Duration::from_secs(60), "the change is not shown");
        std::thread::sleep(Duration::from_millis(100));
    }
    fs::write(files.bench.join("benchmark.toml"), "id = 3").unwrap();
    view.wait("/view/state", "cannot be shown");
    view.page(IMAGES);
}

#[test]
fn a_partial_set_is_shown_and_its_whole_images_are_scored() {
    let files = Files::new();
    fs::remove_file(files.masks.join("heart/JPCLN001.png")).unwrap();
    let view = files.view();
    let entry = view.wait("/entries/mean-shape", "1 of 20 masks are missing");
    assert!(entry.contains("mean-shape"), "{entry}");
    let image = view.page(&format!("{IMAGE}?entries=mean-shape"));
    assert!(image.contains("class=\"outline\""), "{image}");
    view.wait(&format!("{IMAGES}/JPCLN002?entries=mean-shape"), SCORED);
}

#[test]
fn a_radiograph_and_its_masks_are_a_pair() {
    let files = Files::new();
    let path = |folder: &Path, name: &str| text(&folder.join(name));
    let view = View::of(&[
        &path(&files.bench, "images/JPCLN001.png"),
        &path(&files.bench, "masks/reference/heart/JPCLN001.png"),
        &path(&files.masks, "heart/JPCLN001.png"),
    ]);
    let image = "/benchmarks/pair/browse/JPCLN001";
    let (head, _) = view.get(image);
    assert!(head.contains("entries=jpcln001"), "{head}");
    view.wait(&format!("{image}?entries=jpcln001"), "data-layer=\"entries:jpcln001\"");
}

#[test]
fn a_view_is_for_this_machine_alone_and_changes_nothing() {
    let files = Files::new();
    let view = files.view();
    let (head, _) = view.request("GET", IMAGES, "evil.example.org");
    assert!(head.starts_with("HTTP/1.1 421"), "{head}");
    let (head, _) = view.request("GET", IMAGES, "localhost:1");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-security-policy"), "{head}");
    let (head, _) = view.request("POST", "/feedback", &view.host);
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    for path in ["/account", "/account/sign-in", "/review", "/feedback", "/metrics", "/add"] {
        assert!(view.get(path).0.starts_with("HTTP/1.1 404"), "{path}");
    }
}

#[test]
fn what_cannot_be_shown_is_listed_at_once() {
    let files = Files::new();
    let wrong = files.masks.join("spleen");
    fs::create_dir(&wrong).unwrap();
    fs::copy(files.masks.join("heart/JPCLN001.png"), wrong.join("JPCLN001.png")).unwrap();
    let finished = run(["view", &text(&files.bench), &text(&files.masks)]);
    assert!(finished.code == 1 && finished.stderr.contains("spleen"), "{}", finished.stderr);
    let alone = run(["view", &text(&files.bench.join("images/JPCLN001.png"))]);
    assert!(alone.code == 1 && alone.stderr.contains("expected a mask"), "{}", alone.stderr);
}
