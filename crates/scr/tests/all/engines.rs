//! A site on PostgreSQL and S3: several servers and workers, moves, and refusals.
//!
//! Without the engines these tests say so and are skipped; with `SCR_REQUIRE_ENGINES=1` they fail.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../../tests/engines/started.rs"]
mod started;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use scr_bucket::{Bucket, BucketAddress};
use serde_json::Value;
use sqlx::Connection;
use tempfile::TempDir;

use crate::command::{Finished, evaluated, finished, run, run_well, scr, text};
use crate::onnx_models::{CARD, leisurely_model};

/// Engines of all tests of a run. They end with it, as their stdin closes.
pub(crate) struct Started {
    _process: Child,
    variables: Vec<(String, String)>,
}

impl Started {
    fn get() -> Option<&'static Self> {
        static ENGINES: OnceLock<Option<Started>> = OnceLock::new();
        ENGINES.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let (process, variables) = started::start("a site on PostgreSQL and S3")?;
        Some(Self { _process: process, variables })
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        &self.variables.iter().find(|(found, _)| found == name).unwrap().1
    }
}

/// Site of one test: a database and a prefix of its own.
pub(crate) struct EngineSite {
    pub(crate) engines: &'static Started,
    temp: TempDir,
    database: String,
    pub(crate) blobs: String,
    running: Vec<Child>,
}

impl EngineSite {
    pub(crate) fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let engines = Started::get()?;
        let name = format!("site{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let server = engines.variable("DATABASE_URL");
        execute(server, &[&format!("CREATE DATABASE {name}")]);
        let database = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        let bucket = engines.variable("BLOBS_URL").rsplit_once('/').unwrap().0.to_owned();
        let temp = tempfile::tempdir().unwrap();
        Some(Self { engines, temp, database, blobs: format!("{bucket}/{name}"), running: vec![] })
    }

    /// The objects of the site.
    pub(crate) fn bucket(&self) -> Bucket {
        let variables = &self.engines.variables;
        let variable = |name: &str| {
            variables.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
        };
        Bucket::new(BucketAddress::parse(&self.blobs, variable).unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        text(&self.temp.path().join(name))
    }

    /// A command with the place of the site and the credentials.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = scr(arguments);
        command.args(["--database", &self.database, "--blobs", &self.blobs]);
        self.with_credentials(&mut command);
        command
    }

    pub(crate) fn with_credentials(&self, command: &mut Command) {
        let variables = &self.engines.variables;
        command.envs(variables.iter().filter(|(name, _)| name.starts_with("AWS_")).cloned());
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        finished(&mut self.command(arguments))
    }

    pub(crate) fn run_well(&self, arguments: &[&str]) -> String {
        let finished = self.run(arguments);
        assert_eq!(finished.code, 0, "{arguments:?}: {}", finished.stderr);
        finished.stdout
    }

    /// Starts a server; returns its address.
    pub(crate) fn serve(&mut self) -> String {
        let mut server = self
            .command(&["serve", "--no-worker", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.path("serve.log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.running.push(server);
        line.trim().trim_end_matches('/').to_owned()
    }

    /// Starts a worker; returns its place among the running processes.
    pub(crate) fn work(&mut self) -> usize {
        let log = std::fs::File::options().create(true).append(true).open(self.path("worker.log"));
        let worker = self.command(&["worker"]).stderr(log.unwrap()).spawn().unwrap();
        self.running.push(worker);
        self.running.len() - 1
    }

    /// Adds an account; returns a token.
    pub(crate) fn user(&self, email: &str, role: &str) -> String {
        let mut add = self
            .command(&["admin", "user", "add", email, "--name", "N", "--role", role])
            .arg("--password-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        add.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
        assert!(add.wait().unwrap().success());
        self.run_well(&["admin", "token", "create", email]).trim().to_owned()
    }

    /// Draws a benchmark, adds it and segments it.
    pub(crate) fn fill(&self, images: &str) {
        let bench = self.path("bench");
        run_well(["phantom", "--out", &bench, "--images", images, "--seed", "3", "--size", "128"]);
        run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &self.path("masks")]);
        self.run_well(&["admin", "benchmark", "add", &bench]);
        let card = "name = \"A method\"\nauthors = [\"A. Tester\"]\n\
                    training = \"two-fold\"\ntwo_fold_declaration = true\n";
        std::fs::write(self.path("card.toml"), card).unwrap();
    }

    pub(crate) fn submit(&self, server: &str, token: &str, more: &[&str]) -> String {
        let (masks, card) = (self.path("masks"), self.path("card.toml"));
        let line = ["submit", &masks, "--server", server, "--token", token, "--accept-terms"];
        let to = ["--benchmark", "phantom", "--card", &card];
        let answer = run_well([&line[..], &to, more].concat());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["submission"].as_str().unwrap().to_owned()
    }

    /// Waits until a submission is in this state.
    pub(crate) fn wait_for_state(&self, id: &str, state: &str) {
        let query =
            format!("SELECT COUNT(*) FROM submissions WHERE id = '{id}' AND state = '{state}'");
        wait_until(state, || number(&self.database, &query) == 1);
    }
}

impl Drop for EngineSite {
    fn drop(&mut self) {
        for process in &mut self.running {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Executes statements in a database.
fn execute(url: &str, statements: &[&str]) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
        for statement in statements {
            let statement = sqlx::AssertSqlSafe((*statement).to_owned());
            sqlx::query(statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

/// One number of a database.
fn number(url: &str, query: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(query.to_owned());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
        let (found,): (i64,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        found
    })
}

/// Waits until a condition holds.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(90), "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_servers_and_two_workers_share_a_site_and_it_moves_to_a_folder_and_back() {
    let Some(mut site) = EngineSite::new() else { return };
    site.fill("4");
    let member = site.user("a@example.org", "participant");
    let curator = site.user("c@example.org", "curator");
    let (first, second) = (site.serve(), site.serve());
    let _ = (site.work(), site.work());
    let id = site.submit(&first, &member, &["--wait"]);
    let published = run(["review", &id, "--publish", "--server", &second, "--token", &curator]);
    assert_eq!(published.code, 0, "{}", published.stderr);
    let local = evaluated(&site.path("masks"), &site.path("bench"));
    let status = run_well(["status", &id, "--server", &second, "--token", &member]);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["results"]["objects"], local["objects"], "digit for digit");
    for server in [&first, &second] {
        let fetched = site.path(&format!("fetched-{}", server.rsplit(':').next().unwrap()));
        run_well(["fetch", "phantom", "--server", server, "--out", &fetched, "--accept-terms"]);
    }

    // While it is served, too.
    let (database, blobs) = (site.database.clone(), site.blobs.clone());
    let mut to_folder = scr(["move", "--from-database", &database, "--from-blobs", &blobs]);
    site.with_credentials(to_folder.args(["--to-dir", &site.path("moved")]));
    let moved = finished(&mut to_folder);
    assert_eq!(moved.code, 0, "{}", moved.stderr);
    assert!(moved.stderr.contains("2 workers are at work"), "{}", moved.stderr);
    run_well(["verify", &site.path("moved"), "--scores"]);
    site.run_well(&["verify", "--scores"]);
    let backup = site.path("backup");
    site.run_well(&["backup", &backup]);
    run_well(["restore", &backup, "--dir", &site.path("restored")]);
    run_well(["verify", &site.path("restored"), "--scores"]);

    // And to other engines.
    let Some(other) = EngineSite::new() else { return };
    let arguments = ["move", "--from-dir", &site.path("moved"), "--to-database", &other.database];
    let mut back = scr(arguments);
    other.with_credentials(back.args(["--to-blobs", &other.blobs]));
    // Interrupted at once, and then whole.
    let mut cut = back.stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    cut.kill().unwrap();
    cut.wait().unwrap();
    back.stderr(Stdio::piped());
    let done = finished(&mut back);
    let is_done = done.code == 0 || done.stderr.contains("holds a site");
    assert!(is_done, "{}", done.stderr);
    other.run_well(&["verify", "--scores"]);
    let again = finished(&mut back);
    assert!(again.code == 1 && again.stderr.contains("holds a site"), "{}", again.stderr);
}

#[test]
fn a_job_of_a_killed_worker_is_done_by_another_and_once() {
    let Some(mut site) = EngineSite::new() else { return };
    site.fill("12");
    let member = site.user("a@example.org", "participant");
    let server = site.serve();
    let worker = site.work();
    let id = site.submit(&server, &member, &[]);
    let database = site.database.clone();
    wait_until("a worker at work", || {
        number(&database, "SELECT COUNT(*) FROM jobs WHERE worker <> ''") == 1
            || number(&database, "SELECT COUNT(*) FROM submissions WHERE state = 'awaiting_review'")
                == 1
    });
    site.running[worker].kill().unwrap();
    // As if the lease had run out: the test does not wait for it.
    execute(&database, &["UPDATE jobs SET leased_until = '2000-01-01T00:00:00.000Z'"]);
    site.work();
    wait_until("the score", || {
        number(&database, "SELECT COUNT(*) FROM submissions WHERE state = 'awaiting_review'") == 1
    });
    let scored =
        number(&database, "SELECT COUNT(*) FROM submission_log WHERE state = 'awaiting_review'");
    assert_eq!(scored, 1, "submission {id}");
}

#[test]
fn a_model_runs_on_engines_and_again_after_its_worker_was_killed() {
    let Some(mut site) = EngineSite::new() else { return };
    site.fill("4");
    let limits = ["--models", "allowed", "--model-time", "120"];
    site.run_well(&[&["admin", "benchmark", "set", "phantom"], &limits[..]].concat());
    std::fs::write(site.path("model.onnx"), leisurely_model()).unwrap();
    std::fs::write(site.path("model.toml"), CARD).unwrap();
    let (model, card) = (site.path("model.onnx"), site.path("model.toml"));
    let (member, curator) =
        (site.user("a@example.org", "participant"), site.user("c@example.org", "curator"));
    let server = site.serve();
    let worker = site.work();
    let id = site.submit(&server, &member, &["--model", &model, "--model-card", &card]);
    let database = site.database.clone();
    let of_worker = "SELECT COUNT(*) FROM jobs WHERE worker <> ''";
    wait_until("a worker at work", || number(&database, of_worker) == 1);
    site.running[worker].kill().unwrap();
    // As if the lease had run out: the test does not wait for it.
    execute(&database, &["UPDATE jobs SET leased_until = '2000-01-01T00:00:00.000Z'"]);
    site.work();
    site.wait_for_state(&id, "awaiting_review");
    let scored =
        number(&database, "SELECT COUNT(*) FROM submission_log WHERE state = 'awaiting_review'");
    assert_eq!(scored, 1, "one result");

    let answer = ["--answer", "Seen."];
    let review = ["review", &id, "--publish", "--server", &server, "--token", &curator];
    let published = run([&review[..], &answer].concat());
    assert_eq!(published.code, 0, "{}", published.stderr);
    let status = run_well(["status", &id, "--server", &server, "--token", &member]);
    let status: Value = serde_json::from_str(&status).unwrap();
    let verdict = &status["verified_run"]["submitted_masks"]["verdict"];
    assert_eq!(verdict, "different", "other masks were submitted beside the model");
    let (bench, local) = (site.path("bench"), site.path("local"));
    let line = ["run", "onnx", "--model", &model, "--card", &card, "--benchmark", &bench];
    run_well([&line[..], &["--out", &local]].concat());
    let scores = evaluated(&local, &bench);
    assert_eq!(status["results"]["objects"], scores["objects"], "digit for digit");
    let kept = site.bucket().list(&format!("uploads/{id}")).unwrap();
    assert!(kept.is_empty(), "the masks of the run go with the upload: {kept:?}");
    let again = site.run_well(&["admin", "rescore", "--run-models", "--format", "json"]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again[0]["masks"], "equal", "{again}");
    site.run_well(&["verify", "--scores"]);
}

#[test]
fn what_is_not_this_sites_is_refused_and_nothing_is_changed() {
    let Some(site) = EngineSite::new() else { return };
    site.run_well(&["admin", "benchmark", "list"]);
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
    let refused = |command: &mut Command, told: &str| {
        let finished = finished(command);
        assert_eq!(finished.code, 1, "{told}: {}", finished.stderr);
        assert!(finished.stderr.contains(told), "{told}: {}", finished.stderr);
    };
    let list = ["admin", "benchmark", "list"];

    // The bucket of this site, with the database of none, and the reverse.
    let Some(other) = EngineSite::new() else { return };
    let mut mixed = scr(list);
    mixed.args(["--database", &other.database, "--blobs", &site.blobs]);
    site.with_credentials(&mut mixed);
    refused(&mut mixed, "as the database is new");
    let mut mixed = scr(list);
    mixed.args(["--database", &site.database, "--blobs", &other.blobs]);
    site.with_credentials(&mut mixed);
    refused(&mut mixed, "found none");
    other.run_well(&list);
    let mut mixed = scr(list);
    mixed.args(["--database", &site.database, "--blobs", &other.blobs]);
    site.with_credentials(&mut mixed);
    refused(&mut mixed, "expected the files of site");

    // Another program's database.
    let Some(foreign) = EngineSite::new() else { return };
    execute(&foreign.database, &["CREATE TABLE theirs (id BIGINT)"]);
    refused(&mut foreign.command(&list), "tables of another program");
    assert_eq!(number(&foreign.database, tables), 1);

    // A database of a later version.
    execute(
        &site.database,
        &["INSERT INTO schema_migrations (version, applied_at) VALUES (999, '')"],
    );
    refused(&mut site.command(&list), "schema version 999");
    execute(&site.database, &["DELETE FROM schema_migrations WHERE version = 999"]);
    site.run_well(&list);

    // Credentials that may only read, and wrong ones.
    let Some(new) = EngineSite::new() else { return };
    let reader = (
        site.engines.variable("AWS_READER_ACCESS_KEY_ID"),
        site.engines.variable("AWS_READER_SECRET_ACCESS_KEY"),
    );
    for (key, secret) in [reader, ("SCRWRONG", "wrong")] {
        let mut command = new.command(&list);
        command.env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", secret);
        refused(&mut command, "status 403");
        assert_eq!(number(&new.database, tables), 0);
    }
    new.run_well(&list);
}

#[test]
fn a_password_of_a_url_is_in_no_message_and_in_no_list_of_processes() {
    let Some(mut site) = EngineSite::new() else { return };
    let password = site.database.split(':').nth(2).unwrap().split('@').next().unwrap().to_owned();
    site.run_well(&["admin", "benchmark", "list"]);
    let address = site.serve();
    assert!(address.starts_with("http://"));
    let arguments = format!("/proc/{}/cmdline", site.running[0].id());
    if Path::new(&arguments).exists() {
        let shown = std::fs::read_to_string(arguments).unwrap();
        assert!(shown.contains(":***@") && !shown.contains(&password), "{shown}");
    }
    let unreachable = site.database.replace("127.0.0.1:", "127.0.0.1:1");
    let wrong = site.database.replace(&password, &format!("{password}-wrong"));
    let nowhere = site.database.replace("/site", "/no-site");
    for url in [unreachable.as_str(), &wrong, &nowhere, &format!("x{}", site.database)] {
        let mut list =
            scr(["admin", "benchmark", "list", "--database", url, "--blobs", &site.blobs]);
        site.with_credentials(&mut list);
        let finished = finished(&mut list);
        assert_eq!(finished.code, 1, "{}", finished.stderr);
        assert!(!finished.stderr.contains(&password), "{}", finished.stderr);
    }
    let log = std::fs::read_to_string(site.path("serve.log")).unwrap();
    assert!(log.contains(":***@") && !log.contains(&password), "{log}");
}

#[test]
fn a_site_is_in_one_place() {
    let both = run(["admin", "user", "list", "--dir", "x", "--database", "postgres://h/d"]);
    assert_eq!(both.code, 1);
    assert!(both.stderr.contains("one place"), "{}", both.stderr);
    let half = run(["admin", "user", "list", "--database", "postgres://h/d"]);
    assert_eq!(half.code, 1);
    assert!(half.stderr.contains("--blobs"), "{}", half.stderr);
    let none = run(["admin", "user", "list"]);
    assert_eq!(none.code, 2, "{}", none.stderr);
}
