//! Scripts and configuration files of `docs/how-to/run-a-site.md`, run as written.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::command::{root, run_well, text};

/// Attempts to reach a server that starts, 50 ms apart.
const ATTEMPTS: u32 = 400;

/// Code block of the document in a language that contains a text.
fn block(language: &str, holds: &str) -> String {
    let document = fs::read_to_string(root().join("docs/how-to/run-a-site.md")).unwrap();
    let start = format!("```{language}\n");
    let mut blocks = document.split(&start).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains(holds)).expect("the document has it").to_owned()
}

/// Makes a program that shadows another on the path of a script.
fn shim(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Process that is killed when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn make_site(temp: &Path) -> String {
    let (bench, site) = (text(&temp.join("bench")), text(&temp.join("site")));
    run_well(["phantom", "--out", &bench, "--images", "2", "--size", "64"]);
    run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
    site
}

#[test]
fn the_daily_backup_of_the_document_backs_up_and_keeps_fourteen() {
    let temp = tempfile::tempdir().unwrap();
    let (bin, kept) = (temp.path().join("bin"), temp.path().join("kept"));
    let site = make_site(temp.path());
    // The test runs as the current user.
    shim(&bin, "sudo", "[ \"$1 $2\" = '-u scr' ] || exit 9; shift 2; exec \"$@\"");
    shim(&bin, "install", "[ \"$1 $2 $3\" = '-d -o scr' ] || exit 9; mkdir -p \"$6\"");
    shim(&bin, "scr", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_scr")));
    for day in 1..=20 {
        fs::create_dir_all(kept.join(format!("2020-01-{day:02}"))).unwrap();
    }
    let script = temp.path().join("scr");
    fs::write(&script, block("sh", "/etc/cron.daily/scr")).unwrap();
    let path = format!("{}:{}", text(&bin), std::env::var("PATH").unwrap());
    let run = || {
        let script = Command::new("sh")
            .args(["-e", &text(&script)])
            .envs([("PATH", &path), ("SCR_SITE", &site), ("SCR_BACKUPS", &text(&kept))])
            .output();
        script.unwrap()
    };
    let finished = run();
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
    let mut names: Vec<_> =
        kept.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 14, "{names:?}");
    assert_eq!(names[0], "2020-01-08");
    let backup = text(&kept.join(&names[13]));
    run_well(["restore", &backup, "--dir", &text(&temp.path().join("again"))]);
    // A failed backup is reported, and deletes no good one.
    assert!(!run().status.success(), "today's is there already");
    assert_eq!(kept.read_dir().unwrap().count(), 14);
}

#[test]
fn the_proxy_of_the_document_serves_the_site_over_tls() {
    let path = std::env::var("PATH").unwrap() + ":/usr/sbin";
    let has = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if let Some(missing) = ["nginx", "openssl", "curl"].into_iter().find(|name| !has(name)) {
        println!("skipped: {missing} is not installed");
        return;
    }
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&temp.path().join(name));
    let site = make_site(temp.path());
    let (inner, outer) = (free_port(), free_port());
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=scr.example.org", "-keyout", &at("key.pem"), "-out", &at("cert.pem")])
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    // Only ports and paths differ from the document.
    let written = block("nginx", "server_name");
    let mut server = written.clone();
    for (there, here) in [
        ("listen 443 ", format!("listen 127.0.0.1:{outer} ")),
        ("/etc/letsencrypt/live/scr.example.org/fullchain.pem", at("cert.pem")),
        ("/etc/letsencrypt/live/scr.example.org/privkey.pem", at("key.pem")),
        ("http://127.0.0.1:8080", format!("http://127.0.0.1:{inner}")),
    ] {
        assert!(server.contains(there), "{there} is not in\n{written}");
        server = server.replace(there, &here);
    }
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", at(name)))
        .concat();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {};\nerror_log {};\nevents {{}}\nhttp {{\naccess_log off;\n\
         {places}{server}\n}}\n",
        at("pid"),
        at("error.log")
    );
    fs::write(at("nginx.conf"), config).unwrap();
    let nginx = |arguments: &[&str]| {
        let mut command = Command::new("nginx");
        command.env("PATH", &path).args(["-p", &at(""), "-e", &at("error.log"), "-c"]);
        command.arg(at("nginx.conf")).args(arguments);
        command
    };
    let tested = nginx(&["-t"]).output().unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    let listen = format!("127.0.0.1:{inner}");
    let _scr = Running(
        crate::command::scr(["serve", "--dir", &site, "--listen", &listen, "--behind-proxy"])
            .args(["--public-url", "https://scr.example.org"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let _nginx = Running(nginx(&[]).spawn().unwrap());
    let ask = |path: &str| {
        let resolve = format!("scr.example.org:{outer}:127.0.0.1");
        let address = format!("https://scr.example.org:{outer}{path}");
        let asked =
            Command::new("curl").args(["-sik", "--resolve", &resolve, &address]).output().unwrap();
        String::from_utf8_lossy(&asked.stdout).to_lowercase()
    };
    let mut page = String::new();
    for _ in 0..ATTEMPTS {
        page = ask("/");
        if page.contains(" 200") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(page.contains("strict-transport-security: max-age="), "{page}");
    assert!(page.contains("phantom"), "{page}");
    // A client behind the proxy is not this machine, unless it connects from here.
    assert!(ask("/metrics").contains(" 200"), "curl comes from here");
    assert!(ask("/readyz").contains("\"ready\":"));
}

#[test]
fn the_unit_of_the_document_keeps_files_to_their_owner() {
    let unit = block("ini", "[Service]");
    assert!(unit.contains("UMask=0077\n"), "{unit}");
}

/// Files that a Markdown document links to, without anchors.
fn linked_files(document: &str) -> impl Iterator<Item = &str> {
    let targets = document.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.map(|target| target.split('#').next().unwrap_or_default());
    targets.filter(|target| !target.is_empty() && !target.contains([':', ' ', '`']))
}

#[test]
fn every_file_that_a_document_links_to_is_there() {
    let mut documents = Vec::new();
    for folder in ["", "docs/tutorials", "docs/how-to", "docs/reference", "docs/explanation"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    let mut n_links = 0;
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        for target in linked_files(&text) {
            n_links += 1;
            let file = path.parent().unwrap().join(target);
            assert!(file.exists(), "{} links to {target}", path.display());
        }
    }
    assert!(n_links > 40, "{n_links} links");
}

#[test]
fn every_page_and_picture_of_the_documentation_is_in_the_binary() {
    let list = fs::read_to_string(root().join("docs/lib.rs")).unwrap();
    for folder in ["tutorials", "how-to", "reference", "explanation", "images"] {
        for name in crate::command::files(&root().join("docs").join(folder)).keys() {
            let name = name.trim_end_matches(".md");
            assert!(list.contains(&format!("\"{name}\"")), "{folder}/{name} is not listed");
        }
    }
}
