//! Traces at a collector, by OTLP over HTTP; metrics that the dashboard asks for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::command::{root, run, run_well, scr, text};
use crate::serving::Server;

/// Request line and body.
type Received = (String, Vec<u8>);

/// Collector that keeps what it gets.
struct Collector {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<_>>>::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut first, mut length) = (String::new(), 0);
                reader.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let line = line.trim().to_ascii_lowercase();
                    if line.is_empty() {
                        break;
                    }
                    if let Some(found) = line.strip_prefix("content-length: ") {
                        length = found.parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                kept.lock().unwrap().push((first.trim().to_owned(), body));
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { address, received }
    }

    /// True if a batch has these words, in any order. Texts are UTF-8 in protobuf, too.
    fn has(&self, words: &[&str]) -> bool {
        let has = |body: &[u8], word: &str| {
            body.windows(word.len()).any(|window| window == word.as_bytes())
        };
        let received = self.received.lock().unwrap();
        received.iter().any(|(_, body)| words.iter().all(|word| has(body, word)))
    }
}

#[test]
fn requests_reach_the_collector_and_the_log_stays_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    let (bench, site) = (text(&temp.path().join("bench")), text(&temp.path().join("site")));
    run_well(["phantom", "--out", &bench, "--images", "2", "--size", "64"]);
    run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
    let collector = Collector::start();
    let serve = ["serve", "--dir", &site, "--listen", "127.0.0.1:0", "--otlp", &collector.address];
    let log = temp.path().join("log");
    let server = Server::start(&mut scr(serve), &log);
    let address = &server.address;
    ureq::get(format!("{address}/benchmarks/phantom")).call().unwrap();
    let metrics =
        ureq::get(format!("{address}/metrics")).call().unwrap().body_mut().read_to_string();
    assert_dashboard_finds(&metrics.unwrap());

    // The last batch is sent when the server stops.
    server.stop();
    let first = collector.received.lock().unwrap()[0].0.clone();
    assert_eq!(first, "POST /v1/traces HTTP/1.1");
    assert!(collector.has(&["service.name", "scr", "GET /benchmarks/{benchmark}", "http.route"]));
    let log = std::fs::read_to_string(log).unwrap();
    let answered = log.lines().find(|line| line.contains("answered")).unwrap();
    assert!(!answered.contains("otel"), "{answered}");
}

/// Fails when a series that `deploy/grafana/site.json` asks for is not among the metrics.
fn assert_dashboard_finds(metrics: &str) {
    let path = root().join("deploy/grafana/site.json");
    let dashboard: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut n_series = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let words = expression.split(|c| !is_of_word(c));
            for series in words.filter(|word| word.starts_with("scr_")) {
                let is_there =
                    metrics.lines().any(|line| line.split(['{', ' ']).next() == Some(series));
                assert!(is_there, "{} asks for {series}: {metrics}", panel["title"]);
                n_series += 1;
            }
        }
    }
    assert!(n_series > 10, "{n_series}");
}

#[test]
fn without_a_collector_the_server_works_and_says_once_that_traces_are_lost() {
    let temp = tempfile::tempdir().unwrap();
    let (bench, site) = (text(&temp.path().join("bench")), text(&temp.path().join("site")));
    run_well(["phantom", "--out", &bench, "--images", "2", "--size", "64"]);
    run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
    let serve = ["serve", "--dir", &site, "--listen", "127.0.0.1:0"];
    let mut command = scr(serve);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        .env("OTEL_BSP_SCHEDULE_DELAY", "50");
    let log = temp.path().join("log");
    let server = Server::start(&mut command, &log);
    let page = format!("{}/benchmarks/phantom", server.address);
    for _ in 0..3 {
        ureq::get(&page).call().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    server.stop();
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("traces are lost").count(), 1, "{log}");
}

#[test]
fn an_address_with_a_password_is_refused_without_repeating_it() {
    let found = run(["worker", "--dir", "nowhere", "--otlp", "http://me:geheim@127.0.0.1"]);
    assert_eq!(found.code, 1, "{}", found.stderr);
    assert!(!found.stderr.contains("geheim"), "{}", found.stderr);
    assert!(found.stderr.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{}", found.stderr);
}
