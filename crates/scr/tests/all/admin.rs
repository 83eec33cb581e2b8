//! `scr admin`: administration of a site.

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use scr_store::{Identity, Scope, Store};

use crate::command::{Finished, files, run, run_well, scr, text};

const PASSWORD: &str = "correct horse battery 1";

/// Draws two small phantoms.
fn draw(folder: &Path, seed: &str) -> String {
    let out = text(folder);
    run_well(["phantom", "--out", &out, "--images", "2", "--seed", seed, "--size", "128"]);
    out
}

/// Runs `scr admin` on a data folder, with a line on stdin.
fn admin_with(dir: &Path, stdin: &str, arguments: &[&str]) -> Finished {
    let mut child = scr(["admin"])
        .args(arguments)
        .arg("--dir")
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    // The command may end without reading.
    let _ = child.stdin.take().expect("stdin is piped").write_all(stdin.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    Finished {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(stderr).expect("stderr is UTF-8"),
    }
}

fn admin(dir: &Path, arguments: &[&str]) -> Finished {
    admin_with(dir, "", arguments)
}

fn add_user(dir: &Path, email: &str, role: &str) -> Finished {
    let arguments = ["user", "add", email, "--name", "A", "--role", role, "--password-stdin"];
    admin_with(dir, &format!("{PASSWORD}\n"), &arguments)
}

fn json(dir: &Path, arguments: &[&str]) -> serde_json::Value {
    let finished = admin(dir, &[arguments, &["--format", "json"]].concat());
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).expect("stdout holds one JSON document")
}

#[test]
fn a_benchmark_is_added_once_whole_and_never_another_in_its_place() {
    let temp = tempfile::tempdir().unwrap();
    let (source, site) = (temp.path().join("source"), temp.path().join("site"));
    let folder = draw(&source, "1");
    let finished = admin(&site, &["benchmark", "add", &folder]);
    assert_eq!((finished.code, finished.stdout.as_str()), (0, ""), "{}", finished.stderr);
    assert!(finished.stderr.contains("`phantom` added: 2 images"), "{}", finished.stderr);
    let copy = site.join("benchmarks/phantom");
    assert_eq!(files(&copy), files(&source));
    let listed = json(&site, &["benchmark", "list"]);
    assert_eq!(listed[0]["id"], "phantom");
    assert_eq!(listed[0]["n_images"], 2);

    let again = admin(&site, &["benchmark", "add", &folder]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(again.stderr.contains("already published, nothing changed"), "{}", again.stderr);
    assert_eq!(json(&site, &["benchmark", "list"]), listed);

    // Another title is the same benchmark.
    let toml = source.join("benchmark.toml");
    let old = std::fs::read_to_string(&toml).unwrap();
    let title = old.lines().find(|line| line.starts_with("title")).unwrap();
    std::fs::write(&toml, old.replace(title, "title = \"Mended\"")).unwrap();
    let mended = admin(&site, &["benchmark", "add", &folder]);
    assert!(mended.stderr.contains("`phantom` updated"), "{}", mended.stderr);
    assert_eq!(json(&site, &["benchmark", "list"])[0]["title"], "Mended");
    assert_eq!(files(&copy), files(&source));

    let other = draw(&temp.path().join("other"), "2");
    let refused = admin(&site, &["benchmark", "add", &other]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("with the digest sha256:"), "{}", refused.stderr);
    assert!(refused.stderr.contains("hint: "), "{}", refused.stderr);
    assert_eq!(files(&copy), files(&source));
    assert_eq!(std::fs::read_dir(site.join("benchmarks")).unwrap().count(), 1);
}

#[test]
fn a_benchmark_with_a_broken_image_leaves_nothing_and_is_named() {
    let temp = tempfile::tempdir().unwrap();
    let (source, site) = (temp.path().join("source"), temp.path().join("site"));
    let folder = draw(&source, "1");
    let names = files(&source);
    let image = names.keys().find(|name| name.starts_with("images/")).unwrap();
    std::fs::write(source.join(image), "no image").unwrap();
    let finished = admin(&site, &["benchmark", "add", &folder]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains(image.as_str()), "{}", finished.stderr);
    assert_eq!(std::fs::read_dir(site.join("benchmarks")).unwrap().count(), 0);
    assert_eq!(json(&site, &["benchmark", "list"]), serde_json::json!([]));

    let nowhere = admin(&site, &["benchmark", "add", &text(&temp.path().join("nowhere"))]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stderr.contains("benchmark.toml"), "{}", nowhere.stderr);
}

#[test]
fn people_are_added_listed_changed_and_removed() {
    let temp = tempfile::tempdir().unwrap();
    let site = temp.path().join("site");
    let missing = admin(&site, &["user", "list"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("is no folder"), "{}", missing.stderr);
    assert!(!site.exists());

    let added = add_user(&site, "A@example.org", "participant");
    assert_eq!((added.code, added.stdout.as_str()), (0, ""), "{}", added.stderr);
    assert!(!added.stderr.contains(PASSWORD));
    let listed = json(&site, &["user", "list"]);
    assert_eq!(listed[0]["email"], "a@example.org");
    assert_eq!(listed[0]["role"], "participant");
    assert_eq!(listed[0]["confirmed_at"], listed[0]["created_at"]);
    assert!(admin(&site, &["user", "list"]).stdout.contains("a@example.org"));
    let twice = add_user(&site, "a@EXAMPLE.org", "curator");
    assert_eq!(twice.code, 1);
    assert!(twice.stderr.contains("has an account already"), "{}", twice.stderr);

    let changed = admin(&site, &["user", "role", "a@example.org", "curator"]);
    assert_eq!(changed.code, 0, "{}", changed.stderr);
    assert_eq!(json(&site, &["user", "list"])[0]["role"], "curator");
    assert_eq!(admin(&site, &["user", "role", "a@example.org", "king"]).code, 2);
    assert_eq!(admin(&site, &["user", "remove", "a@example.org"]).code, 0);
    assert_eq!(json(&site, &["user", "list"]), serde_json::json!([]));
    let gone = admin(&site, &["user", "remove", "a@example.org"]);
    assert_eq!(gone.code, 1);
    assert!(gone.stderr.contains("no account `a@example.org`"), "{}", gone.stderr);
}

#[test]
fn the_password_is_the_first_line_of_stdin() {
    let temp = tempfile::tempdir().unwrap();
    let site = temp.path().join("site");
    let add = ["user", "add", "a", "--name", "", "--role", "operator", "--password-stdin"];
    let short = admin_with(&site, "hunter2\n", &add);
    assert_eq!(short.code, 1);
    assert!(short.stderr.contains("3 problems"), "all at once: {}", short.stderr);
    assert!(!short.stderr.contains("hunter2"), "{}", short.stderr);

    add_user(&site, "a@b.org", "operator");
    let change = ["user", "password", "a@b.org", "--password-stdin"];
    let changed = admin_with(&site, "a new good password\r\nsecond line\n", &change);
    assert_eq!(changed.code, 0, "{}", changed.stderr);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&site).await.unwrap();
        let is_right = async |password| {
            store.accounts().verify_password("a@b.org", password).await.unwrap().is_some()
        };
        assert!(is_right("a new good password").await);
        assert!(!is_right(PASSWORD).await);
    });
}

#[test]
fn an_operator_signs_a_person_out_everywhere_and_a_new_password_does_too() {
    let temp = tempfile::tempdir().unwrap();
    let site = temp.path().join("site");
    assert_eq!(add_user(&site, "a@b.org", "participant").code, 0);
    let identity = Identity { issuer: "https://orcid.org".into(), subject: "0000-1".into() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let begin = || {
        runtime.block_on(async {
            let store = Store::open(&site).await.unwrap();
            let user = store.accounts().by_email("a@b.org").await.unwrap().unwrap();
            store.identities().connect(&user.id, &identity).await.unwrap();
            store.sessions().begin(&user.id, "").await.unwrap()
        })
    };
    let is_open = |session: &str| {
        runtime.block_on(async {
            let store = Store::open(&site).await.unwrap();
            let by_identity = store.identities().account(&identity).await.unwrap().is_some();
            (store.sessions().get(session).await.unwrap().is_some(), by_identity)
        })
    };
    let session = begin();
    assert_eq!(is_open(&session), (true, true));
    assert_eq!(admin(&site, &["user", "sign-out", "a@b.org"]).code, 0);
    assert_eq!(is_open(&session), (false, true));
    let finished = admin(&site, &["user", "sign-out", "a@b.org", "--identities"]);
    assert!(finished.stderr.contains("0000-1 is disconnected"), "{}", finished.stderr);
    let session = begin();
    let change = ["user", "password", "a@b.org", "--password-stdin", "--keep-keys"];
    assert_eq!(admin_with(&site, "another long password\n", &change).code, 0);
    assert_eq!(is_open(&session), (false, true));
    let session = begin();
    assert_eq!(admin_with(&site, "another long password\n", &change[..4]).code, 0);
    assert_eq!(is_open(&session), (false, false));
}

#[test]
fn a_token_is_printed_alone_once_and_can_be_revoked() {
    let temp = tempfile::tempdir().unwrap();
    let site = temp.path().join("site");
    add_user(&site, "p@b.org", "participant");
    add_user(&site, "c@b.org", "curator");
    let create = |more: &[&str]| admin(&site, &[&["token", "create"], more].concat());
    let made = create(&["p@b.org", "--note", "laptop"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let token = made.stdout.trim_end();
    assert!(token.starts_with("scr_") && made.stdout.lines().count() == 1, "{}", made.stdout);
    assert!(made.stderr.is_empty(), "{}", made.stderr);
    let refused = create(&["p@b.org", "--scope", "read,review"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    assert!(refused.stderr.contains("scope `review`"), "{}", refused.stderr);
    assert_eq!(create(&["p@b.org", "--scope", "fly"]).code, 2);
    assert_eq!(create(&["x@b.org"]).code, 1);
    let reviewing = create(&["c@b.org", "--scope", "review,read"]).stdout;

    let listed = json(&site, &["token", "list", "p@b.org"]);
    assert_eq!(listed[0]["scopes"], serde_json::json!(["submit", "read", "account"]));
    assert_eq!(listed[0]["note"], "laptop");
    assert!(!listed.to_string().contains(token));
    let year = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 365);
    assert_eq!(listed[0]["expires_at"].as_str().unwrap()[..10], year.to_string()[..10]);
    let endless = create(&["p@b.org", "--expires", "never", "--note", "endless"]);
    assert_eq!(endless.code, 0, "{}", endless.stderr);
    let listed_now = json(&site, &["token", "list", "p@b.org"]);
    let of = listed_now.as_array().unwrap().iter().find(|token| token["note"] == "endless");
    assert!(of.unwrap()["expires_at"].is_null());
    let refused = create(&["p@b.org", "--expires", "0"]);
    assert!(refused.code == 2 && refused.stderr.contains("1 to 3650"), "{}", refused.stderr);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let caller = |token: &str| {
        runtime.block_on(async {
            let store = Store::open(&site).await.unwrap();
            store.tokens().authenticate(token).await.unwrap()
        })
    };
    assert_eq!(caller(token).unwrap().user.email, "p@b.org");
    let curator = caller(reviewing.trim_end()).unwrap();
    assert!(curator.may(Scope::Review) && !curator.may(Scope::Submit));

    let id = listed[0]["id"].as_str().unwrap();
    let revoked = admin(&site, &["token", "revoke", id]);
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert_eq!(caller(token), None);
    assert!(json(&site, &["token", "list", "p@b.org"])[0]["revoked_at"].is_string());
    let unknown = admin(&site, &["token", "revoke", token]);
    assert_eq!(unknown.code, 1);
    assert!(!unknown.stderr.contains(token), "{}", unknown.stderr);
}

#[test]
fn admin_asks_for_the_folder_of_the_site() {
    assert_eq!(run(["admin", "user", "list"]).code, 2);
}

#[test]
fn an_entry_is_withdrawn_with_a_reason_and_stays_listed() {
    let temp = tempfile::tempdir().unwrap();
    let (site, bench) = (temp.path().join("site"), text(&temp.path().join("source")));
    // Both folds have images, for methods to be trained on.
    run_well(["phantom", "--out", &bench, "--images", "4", "--seed", "5", "--size", "128"]);
    run_well(["demo", "--dir", &text(&site), "--benchmark", &bench, "--no-serve"]);
    let listed = json(&site, &["entry", "list"]);
    let id = listed[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed[0]["withdrawn"], serde_json::Value::Null);
    let empty = admin(&site, &["entry", "withdraw", &id, "--reason", " "]);
    assert!(empty.code == 1 && empty.stderr.contains("--reason"), "{}", empty.stderr);
    let unknown = admin(&site, &["entry", "withdraw", "none", "--reason", "x"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("`none`"), "{}", unknown.stderr);
    let done = admin(&site, &["entry", "withdraw", &id, "--reason", "trained on both folds"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let after = json(&site, &["entry", "list"]);
    assert_eq!(after.as_array().unwrap().len(), listed.as_array().unwrap().len());
    let withdrawn: Vec<_> =
        after.as_array().unwrap().iter().filter(|e| !e["withdrawn"].is_null()).collect();
    assert_eq!((withdrawn.len(), &withdrawn[0]["id"]), (1, &listed[0]["id"]));
    assert_eq!(withdrawn[0]["withdrawn"]["reason"], "trained on both folds");

    // The second publication is another entry, and the third is the same as the second.
    for _ in 0..2 {
        run_well(["demo", "--dir", &text(&site), "--benchmark", &bench, "--no-serve"]);
        let again = json(&site, &["entry", "list"]);
        let again = again.as_array().unwrap();
        assert_eq!(again.len(), listed.as_array().unwrap().len() + 1);
        let new: Vec<_> = again.iter().filter(|entry| entry["corrects"] == *id).collect();
        assert_eq!(new.len(), 1, "{again:?}");
        assert!(new[0]["withdrawn"].is_null() && new[0]["id"] != *id, "{again:?}");
        assert!(again.iter().any(|e| e["id"] == *id && !e["withdrawn"].is_null()), "for good");
    }

    assert_eq!(json(&site, &["publication", "list"]), serde_json::json!([]));
    assert_eq!(json(&site, &["feedback", "list"]), serde_json::json!([]));
    let unknown = admin(&site, &["publication", "show", "none"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("publication list"), "{}", unknown.stderr);
}

#[test]
fn a_ladder_is_for_hidden_references_and_the_end_is_for_good() {
    let temp = tempfile::tempdir().unwrap();
    let (source, site) = (temp.path().join("source"), temp.path().join("site"));
    let folder = draw(&source, "1");
    assert_eq!(admin(&site, &["benchmark", "add", &folder]).code, 0);
    let set =
        |arguments: &[&str]| admin(&site, &[&["benchmark", "set", "phantom"], arguments].concat());
    let refused = set(&["--ladder", "0.01"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("expected a hidden reference"), "{}", refused.stderr);
    assert_eq!(set(&["--ladder", "0.0001", "--reference", "hidden"]).code, 2);
    let refused = set(&["--reference", "hidden", "--images-results", "public"]);
    assert!(refused.stderr.contains("give the hidden reference away"), "{}", refused.stderr);
    assert_eq!(set(&["--reference", "hidden", "--ladder", "0.025"]).code, 0);
    let shown = json(&site, &["benchmark", "show", "phantom"]);
    assert_eq!(shown["ladder"], 0.025);
    assert_eq!(set(&["--end"]).code, 0);
    let ended = json(&site, &["benchmark", "show", "phantom"])["ended_at"].clone();
    assert!(ended.is_string(), "{ended}");
    assert_eq!(set(&["--end"]).code, 0);
    assert_eq!(json(&site, &["benchmark", "show", "phantom"])["ended_at"], ended);
}
