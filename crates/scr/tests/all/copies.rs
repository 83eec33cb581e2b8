//! `scr fetch` and `scr export`: copies of a benchmark and of a site.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use crate::command::{Finished, files, run, run_well, scr, text};

/// Served site with a benchmark of three small phantoms.
struct Served {
    temp: tempfile::TempDir,
    server: Child,
    address: String,
}

impl Served {
    /// Starts a site; `redistribution` is the text of that term.
    fn new(redistribution: &str) -> Self {
        let temp = tempfile::tempdir().expect("a folder can be made");
        let (bench, site) = (temp.path().join("bench"), temp.path().join("site"));
        run_well([
            "phantom",
            "--out",
            &text(&bench),
            "--images",
            "3",
            "--seed",
            "4",
            "--size",
            "128",
        ]);
        let toml = bench.join("benchmark.toml");
        let terms = std::fs::read_to_string(&toml).expect("phantoms have terms");
        let line = terms.lines().find(|line| line.starts_with("redistribution"));
        let line = line.expect("the terms say whether copies may be passed on");
        let obtain = format!("redistribution = \"{redistribution}\"\nobtain = \"Ask the owner.\"");
        std::fs::write(&toml, terms.replace(line, &obtain)).expect("terms can be written");
        run_well(["admin", "benchmark", "add", &text(&bench), "--dir", &text(&site)]);
        let mut server = scr(["serve", "--dir", &text(&site), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary is built");
        let mut line = String::new();
        let stdout = server.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the address is printed");
        Self { temp, server, address: line.trim().trim_end_matches('/').to_owned() }
    }

    fn fetch(&self, from: &str, out: &Path, more: &[&str]) -> Finished {
        let line = ["fetch", "phantom", "--server", from, "--out", &text(out)];
        run([&line[..], more].concat())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts a proxy to `to` that cuts its third connection within an answer. Returns its
/// address.
fn start_faulty_proxy(to: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let to = to.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let (client, server) =
                (client.expect("it connects"), TcpStream::connect(&to).expect("it is up"));
            let back =
                (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
            std::thread::spawn(move || forward(&client, &server, u64::MAX));
            std::thread::spawn(move || {
                forward(&back.0, &back.1, if number == 2 { 5000 } else { u64::MAX });
            });
        }
    });
    address
}

fn forward(from: &TcpStream, mut to: &TcpStream, limit: u64) {
    let mut piece = [0; 1000];
    let mut reader = from.take(limit);
    while let Ok(n @ 1..) = reader.read(&mut piece) {
        if to.write_all(&piece[..n]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_benchmark_is_fetched_whole_over_a_way_that_breaks_and_scores_the_same() {
    let served = Served::new("allowed");
    let (out, bench) = (served.temp.path().join("copy"), served.temp.path().join("bench"));
    let unwilling = served.fetch(&served.address, &out, &[]);
    assert!(
        unwilling.code == 1 && unwilling.stderr.contains("--accept-terms"),
        "{}",
        unwilling.stderr
    );
    assert!(unwilling.stderr.contains("passing copies on: allowed"), "{}", unwilling.stderr);
    assert!(!out.exists());
    let finished = served.fetch(&start_faulty_proxy(&served.address), &out, &["--accept-terms"]);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert_eq!(files(&out), files(&bench), "every file of a phantom benchmark is part of it");
    assert!(finished.stderr.contains("sha256:"), "{}", finished.stderr);
    let masks = text(&bench.join("masks/second"));
    let score = |bench: &Path| {
        run_well(["evaluate", &masks, "--benchmark", &text(bench), "--format", "json"])
    };
    assert_eq!(score(&out), score(&bench));
    let again = served.fetch(&served.address, &out, &["--accept-terms"]);
    assert!(again.code == 1 && again.stderr.contains("not an empty folder"), "{}", again.stderr);
}

#[test]
fn a_fetch_that_was_killed_goes_on_and_mends_what_is_damaged() {
    let served = Served::new("allowed");
    let (out, partial) = (served.temp.path().join("copy"), served.temp.path().join("copy.partial"));
    assert_eq!(served.fetch(&served.address, &out, &["--accept-terms"]).code, 0);
    let whole = files(&out);
    // The state after a killed run: some files, one of them damaged since.
    std::fs::rename(&out, &partial).unwrap();
    let address = format!("{}/api/v1/benchmarks/phantom/download/manifest.json", served.address);
    let plan = ureq::get(&address).call().unwrap().body_mut().read_to_string().unwrap();
    std::fs::write(partial.join(".plan"), plan).unwrap();
    for (number, file) in whole.keys().enumerate() {
        match number % 3 {
            0 => std::fs::remove_file(partial.join(file)).unwrap(),
            1 => std::fs::write(partial.join(file), "damaged").unwrap(),
            _ => {}
        }
    }
    let kept = whole.keys().nth(2).unwrap();
    let written = |path: &Path| path.metadata().unwrap().modified().unwrap();
    let before = written(&partial.join(kept));
    assert_eq!(served.fetch(&served.address, &out, &["--accept-terms"]).code, 0);
    assert_eq!(files(&out), whole);
    assert_eq!(written(&out.join(kept)), before, "what is there is not fetched again");
}

#[test]
fn where_copies_are_forbidden_a_fetch_says_how_to_obtain_the_data() {
    let served = Served::new("forbidden");
    let out = served.temp.path().join("copy");
    let finished = served.fetch(&served.address, &out, &["--accept-terms"]);
    assert!(
        finished.code == 1 && finished.stderr.contains("Ask the owner."),
        "{}",
        finished.stderr
    );
    assert!(!out.exists() && !served.temp.path().join("copy.partial").exists());
    let unknown = run(["fetch", "none", "--server", &served.address, "--out", &text(&out)]);
    assert!(unknown.code == 1 && unknown.stderr.contains("`none`"), "{}", unknown.stderr);
}

#[test]
fn a_site_is_exported_with_a_front_page_and_only_where_there_is_one() {
    let served = Served::new("allowed");
    let (out, site) = (served.temp.path().join("static"), served.temp.path().join("site"));
    let finished = run(["export", &text(&out), "--dir", &text(&site)]);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    let copy = files(&out);
    assert!(copy.contains_key("index.html") && copy.contains_key("static/viewer/main.js"));
    assert!(finished.stderr.contains(&format!("{} files", copy.len())), "{}", finished.stderr);
    let nothing = run(["export", &text(&out), "--dir", &text(&out)]);
    assert!(nothing.code == 1 && nothing.stderr.contains("no site is at"), "{}", nothing.stderr);
}
