//! `scr submit`, `scr status` and `scr review`, from masks to a public entry.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Finished, evaluated, run, run_well, scr, text};

/// Served site with a benchmark of four phantoms, two participants and a curator.
pub(crate) struct Served {
    pub(crate) temp: TempDir,
    pub(crate) server: Child,
    pub(crate) address: String,
    /// Tokens of the participants and of the curator.
    pub(crate) tokens: [String; 3],
}

/// Starts a server over a data folder. Returns it with its address.
pub(crate) fn start(dir: &Path) -> (Child, String) {
    let mut server = scr(["serve", "--dir", &text(dir), "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (server, line.trim().trim_end_matches('/').to_owned())
}

impl Served {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let path = |name: &str| text(&temp.path().join(name));
        let (bench, site) = (path("bench"), path("site"));
        run_well(["phantom", "--out", &bench, "--images", "4", "--seed", "3", "--size", "128"]);
        run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &path("masks")]);
        run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
        let user = |email: &str, role: &str| {
            let mut add = scr(["admin", "user", "add", email, "--name", "N", "--role", role])
                .args(["--password-stdin", "--dir", &site])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            add.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
            assert!(add.wait().unwrap().success());
            run_well(["admin", "token", "create", email, "--dir", &site]).trim().to_owned()
        };
        let tokens = [
            user("a@example.org", "participant"),
            user("b@example.org", "participant"),
            user("c@example.org", "curator"),
        ];
        let card = "name = \"A <b>method</b>\"\nauthors = [\"A. Tester\"]\n\
                    training = \"two-fold\"\ntwo_fold_declaration = true\n";
        fs::write(temp.path().join("card.toml"), card).unwrap();
        let (server, address) = start(&temp.path().join("site"));
        Self { temp, server, address, tokens }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        text(&self.temp.path().join(name))
    }

    pub(crate) fn submit(&self, masks: &str, more: &[&str]) -> Finished {
        let (masks, card) = (self.path(masks), self.path("card.toml"));
        let line = ["submit", &masks, "--server", &self.address, "--token", &self.tokens[0]];
        let to = ["--benchmark", "phantom", "--card", &card];
        run([&line[..], &to, more].concat())
    }

    pub(crate) fn ask(&self, what: &[&str], who: usize) -> Finished {
        run([what, &["--server", &self.address, "--token", &self.tokens[who]]].concat())
    }

    fn entries(&self) -> Value {
        let out = self.temp.path().join("site");
        let list = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = scr_store::Store::open(&out).await.unwrap();
            store.entries().list("phantom").await.unwrap()
        });
        let name = |entry: &scr_store::EntryRow| (entry.id.clone(), entry.card.name.clone());
        serde_json::json!(list.iter().map(name).collect::<Vec<_>>())
    }

    pub(crate) fn kill_and_start(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        (self.server, self.address) = start(&self.temp.path().join("site"));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

pub(crate) fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}{}", finished.stdout, finished.stderr))
}

/// Stdout of a list, which must have succeeded.
fn finished_list(finished: &Finished) -> String {
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    finished.stdout.clone()
}

pub(crate) fn id(finished: &Finished) -> String {
    json(finished)["submission"].as_str().unwrap().to_owned()
}

#[test]
fn masks_go_from_a_folder_to_a_public_entry_and_no_other_way() {
    let served = Served::new();
    let unwilling = served.submit("masks", &["--wait"]);
    assert_eq!(unwilling.code, 1);
    for expected in ["accept_terms", "add --accept-terms", "/benchmarks/phantom"] {
        assert!(unwilling.stderr.contains(expected), "{}", unwilling.stderr);
    }

    let lacking = served.temp.path().join("lacking");
    for (name, bytes) in crate::command::files(&served.temp.path().join("masks")) {
        let path = lacking.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if name != "heart/JPCLN002.png" && name != "left_lung/JPCLN001.png" {
            fs::write(path, bytes).unwrap();
        }
    }
    let refused = served.submit("lacking", &["--accept-terms", "--wait"]);
    assert_eq!(refused.code, 1);
    for missing in ["heart/JPCLN002", "left_lung/JPCLN001"] {
        assert!(refused.stderr.contains(missing), "all at once: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains(&served.path("site")), "no place of the server is told");

    let taken = served.submit("masks", &["--accept-terms", "--wait"]);
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    assert_eq!(json(&taken)["state"], "awaiting_review");
    assert_eq!(served.entries(), serde_json::json!([]), "private before review");
    let id = id(&taken);
    assert_eq!(served.ask(&["status", &id], 1).code, 1, "another's is not there");
    let refused = served.ask(&["review", &id, "--publish"], 0);
    assert!(refused.code == 1 && refused.stderr.contains("review"), "{}", refused.stderr);

    let published = served.ask(&["review", &id, "--publish"], 2);
    assert_eq!(published.code, 0, "{}", published.stderr);
    assert_eq!(json(&published)["state"], "published");
    assert!(json(&published)["url"].as_str().unwrap().contains("/entries/a-b-method-b"));
    let status = json(&served.ask(&["status", &id], 0));
    let local = evaluated(&served.path("masks"), &served.path("bench"));
    assert_eq!(status["results"]["objects"], local["objects"], "digit for digit");
    let states: Vec<&str> = status["log"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["state"].as_str())
        .collect();
    let expected = [
        "receiving",
        "received",
        "checked",
        "scoring",
        "awaiting_review",
        "publishing",
        "published",
    ];
    assert_eq!(states, expected);
    let again = served.ask(&["review", &id, "--return", "too late"], 2);
    assert!(again.code == 1 && again.stderr.contains("published"), "{}", again.stderr);
    assert_eq!(served.entries().as_array().unwrap().len(), 1);

    // The same masks under the same name: without an answer the curator cannot publish.
    let twin = self::id(&served.submit("masks", &["--accept-terms", "--wait"]));
    let unanswered = served.ask(&["review", &twin, "--publish"], 2);
    assert_eq!(unanswered.code, 1);
    for told in ["file by file", "the name is that of an entry", "correction", "--answer"] {
        assert!(unanswered.stderr.contains(told), "{told}: {}", unanswered.stderr);
    }
    assert_eq!(served.entries().as_array().unwrap().len(), 1);
    let answered = served.ask(&["review", &twin, "--publish", "--answer", "Asked for twice."], 2);
    assert_eq!(json(&answered)["state"], "published", "{}", answered.stderr);
    let status = json(&served.ask(&["status", &twin], 0));
    assert!(status["log"].to_string().contains("Asked for twice."), "{status}");

    let mine = finished_list(&served.ask(&["status"], 0));
    assert_eq!(mine.lines().count(), 2 + 3, "head, rule and three submissions: {mine}");
    assert!(mine.contains("returned") && mine.contains("published"), "{mine}");
    assert!(json(&served.ask(&["review", "--format", "json"], 2)).as_array().unwrap().is_empty());
    let first = self::id(&served.submit("masks", &["--accept-terms", "--check-first", "--wait"]));
    let confirmed = served.ask(&["status", &first, "--confirm", "--wait"], 0);
    assert_eq!(json(&confirmed)["state"], "awaiting_review", "{}", confirmed.stderr);
    let queue = finished_list(&served.ask(&["review"], 2));
    assert!(queue.contains(&first) && !queue.contains(&twin), "{queue}");

    let second = self::id(&served.submit("masks", &["--accept-terms", "--wait"]));
    let returned = served.ask(&["review", &second, "--return", "say more of it"], 2);
    assert_eq!(json(&returned)["state"], "rejected");
    let status = json(&served.ask(&["status", &second], 0));
    assert_eq!(status["message"], "say more of it");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = format!("http://127.0.0.1:{port}");
    let finished = run(["status", "0", "--server", &server, "--token", "scr_0"]);
    assert_eq!(finished.code, 1);
    for expected in [server.as_str(), "--server", "scr serve"] {
        assert!(finished.stderr.contains(expected), "{expected} in {}", finished.stderr);
    }
}

#[test]
fn a_server_killed_at_any_moment_loses_nothing_that_it_acknowledged() {
    let mut served = Served::new();
    let mut submitted = Vec::new();
    for delay_ms in [0, 15, 40, 120] {
        let taken = served.submit("masks", &["--accept-terms"]);
        assert_eq!(taken.code, 0, "{}", taken.stderr);
        submitted.push(id(&taken));
        std::thread::sleep(Duration::from_millis(delay_ms));
        served.kill_and_start();
    }
    for id in submitted {
        let state = || json(&served.ask(&["status", &id], 0))["state"].clone();
        let waited = (0..400).find(|_| {
            std::thread::sleep(Duration::from_millis(100));
            state() == "awaiting_review"
        });
        assert!(waited.is_some(), "{id} is {}", state());
    }
}
