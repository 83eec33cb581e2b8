//! `scr serve`: log, TLS, jobs, a full disk, orderly shutdown.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::command::{run, run_well, text};

/// Builder of a server with its log in a file.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let log = fs::File::create(log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().trim_end_matches('/').to_owned() }
    }

    fn serve(dir: &Path, log: &Path, more: &[&str]) -> Self {
        let dir = text(dir);
        let line = [&["serve", "--dir", &dir, "--listen", "127.0.0.1:0"][..], more].concat();
        Self::start(&mut crate::command::scr(line), log)
    }

    /// Stops it as a service manager does.
    pub(crate) fn stop(mut self) {
        let terminated = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(terminated.success());
        assert!(self.child.wait().unwrap().success(), "it ends in order");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a data folder with a small benchmark. Returns the token of a participant.
fn make_site(dir: &Path) -> String {
    let bench = text(&dir.with_extension("bench"));
    let site = text(dir);
    run_well(["phantom", "--out", &bench, "--images", "4", "--size", "64"]);
    run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
    let email = "a@example.org";
    let mut add = crate::command::scr(["admin", "user", "add", email, "--name", "N"])
        .args(["--role", "participant", "--password-stdin", "--dir", &site])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut add.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
    assert!(add.wait().unwrap().success());
    run_well(["admin", "token", "create", email, "--dir", &site]).trim().to_owned()
}

/// HTTP client that returns answers of any status.
fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).build().into()
}

fn begin(server: &Server, token: &str, size_bytes: u64) -> (u16, Value) {
    let card = json!({ "name": "M", "two_fold_declaration": true });
    let body = json!({ "card": card, "size_bytes": size_bytes, "accept_terms": true });
    let mut answer = agent()
        .post(format!("{}/api/v1/benchmarks/phantom/submissions", server.address))
        .header("Authorization", format!("Bearer {token}"))
        .send_json(&body)
        .unwrap();
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_has_no_huge_pages() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, log) = (temp.path().join("site"), temp.path().join("log"));
    make_site(&dir);
    let server = Server::serve(&dir, &log, &[]);
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    // Kernels before 5.0 do not tell.
    let told = status.lines().find_map(|line| line.strip_prefix("THP_enabled:"));
    assert!(told.is_none_or(|told| told.trim() == "0"), "{status}");
}

#[test]
fn the_log_says_what_was_asked_and_repeats_no_secret() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, log) = (temp.path().join("site"), temp.path().join("log"));
    let token = make_site(&dir);
    let server = Server::serve(&dir, &log, &["--log-format", "json"]);
    let (status, begun) = begin(&server, &token, 10);
    assert_eq!(status, 201);
    let id = begun["submission"].as_str().unwrap();
    agent()
        .get(format!("{}/benchmarks/phantom/results?code=hush-hush", server.address))
        .header("Authorization", "Bearer hush-hush")
        .header("Cookie", "session=hush-hush")
        .call()
        .unwrap();
    server.stop();

    let log = fs::read_to_string(&log).unwrap();
    for secret in ["hush-hush", &token, id] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["route"] == "/benchmarks/{benchmark}/results");
    let answered = answered.unwrap();
    assert_eq!((&answered["method"], &answered["status"]), (&json!("GET"), &json!(200)));
    assert!(answered["ms"].is_number() && answered["span"]["id"].is_string(), "{answered}");
}

#[test]
fn a_job_is_listed_and_cancelled_from_the_shell() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("site");
    let token = make_site(&dir);
    let server = Server::serve(&dir, &temp.path().join("log"), &[]);
    let (_, begun) = begin(&server, &token, 4);
    let id = begun["submission"].as_str().unwrap().to_owned();
    drop(server);
    // As a worker finds it: received, and not claimed.
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = scr_store::Store::open(&dir).await.unwrap();
        store.submissions().mark_received(&id, "somebody").await.unwrap();
        store.close().await;
    });
    let jobs =
        |more: &[&str]| run([&["admin", "jobs"][..], more, &["--dir", &text(&dir)]].concat());
    let listed: Value = serde_json::from_str(&jobs(&["--format", "json"]).stdout).unwrap();
    assert_eq!(listed[0]["submission"], id.as_str());
    assert_eq!((&listed[0]["kind"], &listed[0]["attempts"]), (&json!("score"), &json!(0)));
    assert_eq!(jobs(&["list"]).stdout.lines().filter(|line| line.contains(&id)).count(), 1);
    let cancelled = jobs(&["cancel", &id]);
    assert!(cancelled.code == 0 && cancelled.stderr.contains("returned"), "{}", cancelled.stderr);
    let again = jobs(&["cancel", &id]);
    assert!(again.code == 0 && again.stderr.contains("nothing changed"), "{}", again.stderr);
    assert_eq!(jobs(&["cancel", "none"]).code, 1);
}

#[test]
fn a_site_with_a_certificate_speaks_tls_and_refuses_a_key_that_does_not_fit() {
    let temp = tempfile::tempdir().unwrap();
    let file = |name: &str| text(&temp.path().join(name));
    let make = |name: &str| {
        let (key, cert) = (file(&format!("{name}.key")), file(&format!("{name}.crt")));
        Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-nodes",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-days", "2", "-subj", "/CN=localhost"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", &key, "-out", &cert])
            .stderr(Stdio::null())
            .status()
    };
    if !make("one").is_ok_and(|status| status.success()) {
        println!("skipped: there is no openssl to make a certificate with");
        return;
    }
    make("other").unwrap();
    let dir = temp.path().join("site");
    make_site(&dir);
    let (cert, key) = (file("one.crt"), file("one.key"));
    let server =
        Server::serve(&dir, &temp.path().join("log"), &["--tls-cert", &cert, "--tls-key", &key]);
    assert!(server.address.starts_with("https://"), "{}", server.address);
    let root = Certificate::from_pem(&fs::read(&cert).unwrap()).unwrap().to_owned();
    let tls = TlsConfig::builder().root_certs(RootCerts::from([root])).build();
    let trusting: Agent = Agent::config_builder().tls_config(tls).build().into();
    let mut answer = trusting.get(format!("{}/healthz", server.address)).call().unwrap();
    assert_eq!(answer.body_mut().read_to_string().unwrap(), "ok\n");
    let plain = server.address.replace("https", "http");
    assert!(agent().get(format!("{plain}/healthz")).call().is_err());

    let site = text(&dir);
    let other = file("other.key");
    let finished = run(["serve", "--dir", &site, "--tls-cert", &cert, "--tls-key", &other]);
    assert!(finished.code == 1 && finished.stderr.contains("other.key"), "{}", finished.stderr);
    let finished = run(["serve", "--dir", &site, "--tls-cert", &key, "--tls-key", &key]);
    assert!(finished.code == 1 && finished.stderr.contains("one.key"), "{}", finished.stderr);
}

#[test]
fn on_a_full_disk_uploads_are_refused_and_everything_else_goes_on() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("site");
    let token = make_site(&dir);
    // A separate disk, mounted for the server only.
    let script = "mount -t tmpfs -o size=32m tmpfs \"$2\" && cp -r \"$1\" \"$2/site\" && \
                  exec \"$0\" serve --dir \"$2/site\" --min-free 8000000 --listen 127.0.0.1:0";
    let disk = temp.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command.args([env!("CARGO_BIN_EXE_scr"), &text(&dir), &text(&disk)]);
    let made = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"])
        .stderr(Stdio::null())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: this system lets nobody mount a small disk");
        return;
    }
    let server = Server::start(&mut command, &temp.path().join("log"));
    let (status, finished) = begin(&server, &token, 64 << 20);
    assert_eq!(status, 507, "{finished}");
    assert_eq!(finished["error"]["status"], 507);

    // Each fits alone, but not both.
    let ids = [(); 2].map(|()| {
        let (status, begun) = begin(&server, &token, 14 << 20);
        assert_eq!(status, 201, "{begun}");
        begun["submission"].as_str().unwrap().to_owned()
    });
    let api = |id: &str, what: &str| format!("{}/api/v1/submissions/{id}{what}", server.address);
    let bearer = format!("Bearer {token}");
    let chunk = vec![7u8; 2 << 20];
    let mut refused = 0;
    for id in &ids {
        let mut acknowledged = 0;
        for _ in 0..7 {
            let address = api(id, &format!("/file?offset={acknowledged}"));
            let sent = agent().put(&address).header("Authorization", &bearer).send(&chunk[..]);
            let mut answer = sent.unwrap();
            if answer.status() == 507 {
                refused += 1;
                break;
            }
            let finished: Value = answer.body_mut().read_json().unwrap();
            acknowledged = finished["received_bytes"].as_u64().unwrap();
        }
        let mut found = agent().get(api(id, "")).header("Authorization", &bearer).call().unwrap();
        let found: Value = found.body_mut().read_json().unwrap();
        assert_eq!(found["received_bytes"], acknowledged, "what is here was acknowledged");
    }
    assert_eq!(refused, 1, "the second one");
    for page in ["/", "/benchmarks/phantom", "/healthz"] {
        let answer = agent().get(format!("{}{page}", server.address)).call().unwrap();
        assert_eq!(answer.status(), 200, "{page}");
    }
    // Withdrawing one makes room.
    let withdraw = agent().post(api(&ids[0], "/withdraw")).header("Authorization", &bearer);
    assert_eq!(withdraw.send_empty().unwrap().status(), 200);
    assert_eq!(begin(&server, &token, 14 << 20).0, 201);
}

#[test]
fn more_connections_than_a_client_may_have_close_its_own_and_hold_up_nobody() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("site");
    make_site(&dir);
    let server = Server::serve(&dir, &temp.path().join("log"), &[]);
    let host = server.address.trim_start_matches("http://");
    // 128 connections are allowed; each sends a request and does not read.
    let mut sockets: Vec<_> = (0..600)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(host).unwrap();
            let _ = std::io::Write::write_all(&mut stream, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            stream
        })
        .collect();
    let answer = agent().get(format!("{}/", server.address)).call().unwrap();
    assert_eq!(answer.status(), 200);
    // The first one is closed, while an idle one would have some time left.
    sockets[0].set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    let ended = std::io::Read::read_to_end(&mut sockets[0], &mut Vec::new());
    let is_left = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!is_left, "it is still open");
}

#[test]
fn whoever_is_slow_to_ask_holds_up_nobody() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("site");
    make_site(&dir);
    let server = Server::serve(&dir, &temp.path().join("log"), &[]);
    let host = server.address.trim_start_matches("http://");
    let slow: Vec<_> = (0..40)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(host).unwrap();
            std::io::Write::write_all(&mut stream, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                .unwrap();
            stream
        })
        .collect();
    let answer = agent().get(format!("{}/", server.address)).call().unwrap();
    assert_eq!(answer.status(), 200);
    drop(slow);
}
