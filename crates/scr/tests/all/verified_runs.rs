//! Models in submissions: `scr submit --model`, the run by a worker, and the verified entry.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;

use scr_data::digest::{digest_text, file_digest};
use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::command::{Finished, evaluated, files, run, run_well, text};
use crate::onnx_models::{CARD, example_models};
use crate::submitting::{Served, id, json};

/// Site with models in files and a model card.
pub(crate) fn served() -> Served {
    let served = Served::new();
    for (name, bytes) in example_models() {
        fs::write(served.path(&format!("{name}.onnx")), bytes).unwrap();
    }
    fs::write(served.path("model.toml"), CARD).unwrap();
    served
}

fn set(served: &Served, more: &[&str]) -> Finished {
    let line = ["admin", "benchmark", "set", "phantom", "--dir", &served.path("site")];
    run([&line[..], more].concat())
}

pub(crate) fn set_well(served: &Served, more: &[&str]) {
    let finished = set(served, more);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
}

/// `more` are options, and perhaps masks to submit beside the model.
pub(crate) fn submit_model(served: &Served, model: &str, more: &[&str]) -> Finished {
    begin_model(served, model, &[&["--wait"], more].concat())
}

/// Submits a model, and does not wait for the site.
pub(crate) fn begin_model(served: &Served, model: &str, more: &[&str]) -> Finished {
    let (model, model_card) = (served.path(&format!("{model}.onnx")), served.path("model.toml"));
    let line = ["submit", "--model", &model, "--model-card", &model_card, "--accept-terms"];
    let card = served.path("card.toml");
    let to = ["--benchmark", "phantom", "--card", &card];
    let site = ["--server", &served.address, "--token", &served.tokens[0]];
    run([&line[..], &to, &site, more].concat())
}

/// Submits a zip file of these files as it is, unchecked.
pub(crate) fn submit_files(served: &Served, files: &[(&str, &[u8])]) -> Finished {
    let mut zip = ZipWriter::new(fs::File::create(served.path("sent.zip")).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    served.submit("sent.zip", &["--accept-terms", "--wait"])
}

pub(crate) fn publish(served: &Served, submitted: &Finished) -> String {
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    let id = id(submitted);
    let published = served.ask(&["review", &id, "--publish", "--answer", "Seen."], 2);
    assert_eq!(published.code, 0, "{}", published.stderr);
    let status = json(&served.ask(&["status", &id], 0));
    status["entry"].as_str().unwrap().to_owned()
}

fn get(served: &Served, path: &str) -> (u16, Vec<u8>) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("{}{path}", served.address)).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_vec().unwrap())
}

pub(crate) fn get_json(served: &Served, path: &str) -> Value {
    let (status, body) = get(served, path);
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(&body).unwrap()
}

pub(crate) fn page(served: &Served, path: &str) -> String {
    let (status, body) = get(served, path);
    assert_eq!(status, 200, "{path}");
    String::from_utf8(body).unwrap()
}

#[test]
fn a_model_is_run_and_its_entry_is_verified_with_the_score_of_a_local_run() {
    let served = served();
    let refused = submit_model(&served, "dark", &[]);
    assert!(refused.stderr.contains("takes no models"), "{}", refused.stderr);
    set_well(&served, &["--models", "allowed", "--model-size", "20"]);
    let limits = &get_json(&served, "/api/v1/benchmarks/phantom")["models"];
    assert_eq!(limits["size_mb"], 20, "{limits}");

    let masks = publish(&served, &served.submit("masks", &["--accept-terms", "--wait"]));
    let entry = publish(&served, &submit_model(&served, "dark", &[]));
    let document = get_json(&served, &format!("/api/v1/entries/{entry}"));
    let (_, model) = &example_models()[0];
    let run = &document["verified_run"];
    assert_eq!(run["model_digest"], digest_text(&file_digest(model)).as_str());
    assert_eq!(run["card_digest"], digest_text(&file_digest(CARD.as_bytes())).as_str());
    assert_eq!((&run["n_images"], &run["model_access"]), (&4.into(), &"private".into()));
    assert!(run["runtime"].as_str().unwrap().starts_with("rten"), "{run}");
    let (file, card) = (served.path("dark.onnx"), served.path("model.toml"));
    let (bench, local) = (served.path("bench"), served.path("local"));
    let line = ["run", "onnx", "--model", &file, "--card", &card, "--benchmark", &bench];
    run_well([&line[..], &["--out", &local]].concat());
    let scores = evaluated(&local, &bench);
    assert_eq!(document["results"]["objects"], scores["objects"], "digit for digit");
    assert_eq!(document["results"]["masks_digest"], scores["masks_digest"]);

    let listed = get_json(&served, "/api/v1/benchmarks/phantom/entries?verified=1");
    let ids: Vec<&Value> =
        listed["entries"].as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
    assert_eq!(ids, [&Value::from(entry.as_str())]);
    assert_eq!(get(&served, "/api/v1/benchmarks/phantom/entries?verified=2").0, 422);
    let all = page(&served, "/benchmarks/phantom/results");
    assert!(all.contains("verified: run here") && all.contains("masks handed in"), "{all}");
    let some = page(&served, "/benchmarks/phantom/results?verified=1");
    assert!(some.contains(&entry) && !some.contains(&masks), "{some}");
    let shown = page(&served, &format!("/entries/{entry}"));
    assert!(shown.contains("not public") && shown.contains("Confinement"), "{shown}");

    let two = ["--model-fold-2", &file, "--model-public"];
    let public = publish(&served, &submit_model(&served, "brighter", &two));
    let (_, brighter) = &example_models()[1];
    for (name, bytes) in [("model", brighter), ("model-fold-2", model)] {
        let path = format!("model/{name}.onnx");
        let (status, found) = get(&served, &format!("/api/v1/entries/{public}/{path}"));
        assert_eq!((status, &found), (200, bytes), "{name}");
        let (status, _) = get(&served, &format!("/api/v1/entries/{entry}/{path}"));
        assert_eq!(status, 404, "a private model is not given");
    }
    assert_eq!(get(&served, &format!("/api/v1/entries/{public}/model/other.onnx")).0, 404);
    let record = String::from_utf8(get(&served, "/api/v1/record/log").1).unwrap();
    assert!(record.contains(run["model_digest"].as_str().unwrap()), "{record}");

    let site = served.path("site");
    let told: Value =
        serde_json::from_str(&run_well(["verify", &site, "--scores", "--format", "json"])).unwrap();
    assert!(told.to_string().contains("\"entries\":3"), "{told}");
    run_well(["verify", &served.address]);
    let copy = served.path("copy");
    run_well(["export", &copy, "--dir", &site]);
    let copied = files(std::path::Path::new(&copy));
    assert!(!copied.values().any(|bytes| bytes == model), "a private model left the site");
    assert!(copied.values().any(|bytes| bytes == brighter), "a public one is in the copy");
    run_well(["backup", &served.path("backup"), "--dir", &site]);
    let kept = files(&served.temp.path().join("backup"));
    assert!(kept.values().any(|bytes| bytes == model), "a backup has every model");
    assert!(!served.temp.path().join("site/uploads").read_dir().unwrap().any(|_| true));

    let place = format!("site/blobs/entries/{entry}/model/model.onnx");
    fs::write(served.path(&place), b"another model").unwrap();
    let damaged = crate::command::run(["verify", &site]);
    let told = damaged.stdout + &damaged.stderr;
    assert!(damaged.code == 1 && told.contains("model/model.onnx"), "{told}");
}

#[test]
fn what_is_no_good_model_is_returned_with_words() {
    let served = served();
    let [dark, _, not_finite, greedy, slow] = example_models().map(|(_, bytes)| bytes);
    let card = CARD.as_bytes();
    let returned = |files: &[(&str, &[u8])], word: &str| {
        let finished = submit_files(&served, files);
        assert_eq!(finished.code, 1, "{word}: {}", finished.stdout);
        assert!(finished.stderr.contains(word), "{word}: {}", finished.stderr);
        assert!(!finished.stderr.contains("the site failed"), "{}", finished.stderr);
        assert!(!finished.stderr.contains(&served.path("site")), "{}", finished.stderr);
    };
    let good: [(&str, &[u8]); 2] = [("model.onnx", &dark), ("model.toml", card)];
    returned(&good, "takes no models");
    let limits = ["--model-size", "1", "--model-time", "1", "--model-memory", "64"];
    let refused = set(&served, &limits);
    assert!(refused.code == 1 && refused.stderr.contains("--models allowed"), "{}", refused.stderr);
    set_well(&served, &[&["--models", "allowed"], &limits[..]].concat());

    returned(&[("model.onnx", &dark)], "no such file");
    returned(&[good[0], good[1], ("other.onnx", &dark)], "another file");
    returned(&[good[0], good[1], ("../model.onnx", &dark)], "leads out");
    returned(&[good[0], ("model.toml", b"[input]")], "missing field `scaling`");
    returned(&[("model.onnx", &dark[..dark.len() / 2]), good[1]], "ONNX");
    returned(&[("model.onnx", &vec![0; 2_000_000]), good[1]], "at most 1000000 bytes");
    let odd = CARD.replace("heart", "liver");
    returned(&[good[0], ("model.toml", odd.as_bytes())], "liver");
    returned(&[("model.onnx", &not_finite), good[1]], "finite numbers, found NaN");
    returned(&[("model.onnx", &greedy), good[1]], "memory");
    returned(&[("model.onnx", &slow), good[1]], "took longer than 1 s");
    let uploads = served.temp.path().join("site/uploads");
    assert!(!uploads.read_dir().unwrap().any(|_| true), "models go with their submissions");
}

#[test]
fn a_hidden_reference_shows_its_author_nothing_of_single_images() {
    let served = served();
    set_well(&served, &["--models", "allowed", "--reference", "hidden"]);
    let submitted = submit_model(&served, "dark", &[]);
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    let (_, not_finite) = &example_models()[2];
    let card = CARD.as_bytes();
    let refused = submit_files(&served, &[("model.onnx", not_finite), ("model.toml", card)]);
    assert!(refused.stderr.contains("no such output, on an image"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("NaN"), "a value of the model: {}", refused.stderr);
    let status = json(&served.ask(&["status", &id(&submitted)], 0));
    assert!(status["results"]["images"].is_null(), "{status}");
    let run = status["verified_run"].as_object().unwrap();
    let digits = run["image_s"].to_string().replace('.', "");
    assert!(digits.trim_matches('0').len() <= 2, "a mean to two digits: {run:?}");
    let allowed = [
        "card_digest",
        "confinement",
        "image_s",
        "model_access",
        "model_digest",
        "n_images",
        "peak_memory_mb",
        "runtime",
    ];
    assert!(run.keys().all(|key| allowed.contains(&key.as_str())), "{run:?}");
    let site = served.temp.path().join("site");
    assert!(!files(&site).keys().any(|name| name.contains("posterior")), "{}", text(&site));
}
