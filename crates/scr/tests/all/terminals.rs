//! Control characters in names of files, people and servers do not reach the terminal.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use crate::command::{Finished, run, run_well, text};

/// Hostile text: clears the screen, reverses the line, hides text, forges a line.
const HOSTILE: &str = "x\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\u{7}";

/// True for output without control characters but line ends.
fn is_harmless(finished: &Finished) -> bool {
    let is_trick = |sign: char| {
        sign != '\n' && (sign.is_control() || "\u{202e}\u{200b}\u{feff}".contains(sign))
    };
    !finished.stdout.contains(is_trick) && !finished.stderr.contains(is_trick)
}

#[test]
fn hostile_names_of_files_and_people_are_shown_harmlessly() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    let bench = text(&at("bench"));
    run_well(["phantom", "--out", &bench, "--images", "2", "--size", "64"]);
    let masks = at("bench/masks/reference");
    let odd = at("odd");
    fs::create_dir_all(odd.join("heart")).unwrap();
    fs::write(odd.join("heart").join(format!("{HOSTILE}\nerror: forged.png")), "x").unwrap();
    let no_file = text(&at(HOSTILE));
    for arguments in [
        vec!["check", &text(&odd), "--benchmark", &bench],
        vec!["evaluate", &text(&odd), "--benchmark", &bench],
        vec!["evaluate", &text(&masks), "--benchmark", &no_file],
        vec!["segment", &no_file, "--out", "o", &no_file],
        vec!["compare", &no_file, &no_file, "--benchmark", &bench],
        vec!["backup", "o", "--dir", &no_file],
    ] {
        let finished = run(&arguments);
        assert_ne!(finished.code, 0, "{arguments:?}");
        assert!(is_harmless(&finished), "{arguments:?}: {:?}", finished.stderr);
        assert!(finished.stderr.contains("\\u{1b}[2J"), "{arguments:?}: {}", finished.stderr);
        assert!(!finished.stderr.lines().any(|line| line.starts_with("error: forged")));
    }
    // Titles inside a table, and the title of a table.
    let toml = at("bench/benchmark.toml");
    let title = fs::read_to_string(&toml).unwrap();
    let line = title.lines().find(|line| line.starts_with("title")).unwrap().to_owned();
    let escaped: String = HOSTILE.chars().map(|sign| format!("\\U{:08X}", sign as u32)).collect();
    fs::write(&toml, title.replace(&line, &format!("title = \"{escaped}\""))).unwrap();
    let site = text(&at("site"));
    run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
    let listed = run(["admin", "benchmark", "list", "--dir", &site]);
    assert!(is_harmless(&listed), "{:?}", listed.stdout);
    assert!(listed.stdout.contains("\\u{1b}[2J"), "{}", listed.stdout);
    let json = run(["admin", "benchmark", "list", "--dir", &site, "--format", "json"]);
    let read: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(read[0]["title"], HOSTILE, "JSON is as it was");
}

#[test]
fn a_hostile_server_is_shown_harmlessly_and_not_without_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let message = HOSTILE.to_owned() + "\nerror: forged" + &"y".repeat(100_000);
    let body = serde_json::json!({ "error": { "message": message } }).to_string();
    let bodies = [body, HOSTILE.repeat(1000)];
    std::thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let body = &bodies[index % 2];
            let _ = write!(
                stream,
                "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    for _ in 0..2 {
        for arguments in [
            vec!["status", "s1", "--token", "t"],
            vec!["review", "s1", "--token", "t", "--publish"],
            vec!["fetch", "b", "--out", "o"],
        ] {
            let finished = run([arguments.as_slice(), &["--server", &server]].concat());
            assert_eq!(finished.code, 1, "{arguments:?}");
            assert!(is_harmless(&finished), "{:?}", finished.stderr);
            assert!(finished.stderr.len() < 20_000, "{}", finished.stderr.len());
            assert!(!finished.stderr.lines().any(|line| line.starts_with("error: forged")));
        }
    }
}
