//! Masks that are submitted beside a model, and their comparison with those of its run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use scr_data::NewZip;
use scr_store::Store;
use serde_json::Value;

use crate::command::{evaluated, run_well};
use crate::onnx_models::{CARD, example_models};
use crate::submitting::{Served, id, json};
use crate::verified_runs::{get_json, page, publish, served, set_well, submit_files, submit_model};

/// Masks that the model makes here.
fn local_run(served: &Served, model: &str) -> String {
    let (file, card) = (served.path(&format!("{model}.onnx")), served.path("model.toml"));
    let (bench, out) = (served.path("bench"), served.path(&format!("local-{model}")));
    let line = ["run", "onnx", "--model", &file, "--card", &card, "--benchmark", &bench];
    run_well([&line[..], &["--out", &out]].concat());
    out
}

/// A private page of the site, for the account of an address.
fn page_of(served: &Served, path: &str, email: &str) -> String {
    let site = served.temp.path().join("site");
    let session = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&site).await.unwrap();
        let user = store.accounts().by_email(email).await.unwrap().unwrap();
        store.sessions().begin(&user.id, "").await.unwrap()
    });
    let request = ureq::get(format!("{}{path}", served.address));
    let request = request.header("Cookie", format!("scr-session={session}"));
    request.call().unwrap().body_mut().read_to_string().unwrap()
}

fn submitted_masks(served: &Served, id: &str) -> Value {
    json(&served.ask(&["status", id], 0))["verified_run"]["submitted_masks"].take()
}

#[test]
fn masks_beside_a_model_are_equal_or_the_difference_is_shown() {
    let served = served();
    set_well(&served, &["--models", "allowed"]);
    let local = local_run(&served, "dark");
    let submitted = submit_model(&served, "dark", &[&local]);
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    let found = submitted_masks(&served, &id(&submitted));
    let scores = evaluated(&local, &served.path("bench"));
    assert_eq!((&found["verdict"], &found["n_masks"]), (&"equal".into(), &20.into()));
    assert_eq!(found["masks_digest"], scores["masks_digest"]);
    assert!(found["differences"].is_null(), "{found}");
    let entry = publish(&served, &submitted);
    let document = get_json(&served, &format!("/api/v1/entries/{entry}"));
    assert_eq!(document["verified_run"]["submitted_masks"], found);
    let shown = page(&served, &format!("/entries/{entry}"));
    assert!(shown.contains("all <strong>equal</strong>"), "{shown}");

    let mask = fs::read(format!("{local}/heart/JPCLN001.png")).unwrap();
    fs::write(format!("{local}/heart/JPCLN002.png"), mask).unwrap();
    fs::remove_file(format!("{local}/run.json")).unwrap();
    let other = submit_model(&served, "dark", &[&local]);
    let id = id(&other);
    let found = submitted_masks(&served, &id);
    let differences = &found["differences"];
    assert_eq!((&found["verdict"], &differences["n_masks"]), (&"different".into(), &1.into()));
    let listed = &differences["largest"][0];
    assert_eq!((&listed["image"], &listed["structure"]), (&"JPCLN002".into(), &"heart".into()));
    assert_eq!(listed["n_pixels"], differences["n_pixels"]);
    assert!(listed["n_pixels"].as_u64().unwrap() > 0, "{found}");
    for (path, email) in [("submissions", "a@example.org"), ("review", "c@example.org")] {
        let shown = page_of(&served, &format!("/{path}/{id}"), email);
        assert!(shown.contains("JPCLN002</th><td>heart"), "{path}: {shown}");
    }
    let review = page_of(&served, &format!("/review/{id}"), "c@example.org");
    assert!(review.contains("Submitted masks differ") && review.contains("1 of 20"), "{review}");
    let entry = publish(&served, &other);
    let shown = page(&served, &format!("/entries/{entry}"));
    assert!(
        shown.contains("<strong>differ</strong>") && shown.contains("JPCLN002</th>"),
        "{shown}"
    );
    let document = get_json(&served, &format!("/api/v1/entries/{entry}"));
    assert_eq!(document["results"]["objects"], scores["objects"], "the masks of the run count");
    run_well(["verify", &served.path("site"), "--scores"]);
}

#[test]
fn masks_beside_a_model_are_checked_before_it_runs() {
    let served = served();
    set_well(&served, &["--models", "allowed"]);
    let [dark, ..] = example_models().map(|(_, bytes)| bytes);
    let mask = fs::read(served.path("masks/heart/JPCLN001.png")).unwrap();
    let model: [(&str, &[u8]); 2] = [("model.onnx", &dark), ("model.toml", CARD.as_bytes())];
    for (name, bytes, words) in [
        ("heart/JPCLN001.png", &mask[..], "a mask for every image"),
        ("liver/JPCLN001.png", &mask[..], "a folder called one of"),
        ("heart/JPCLN001.png", &mask[..mask.len() / 2], "JPCLN001"),
        ("beside.png", &mask[..], "another file"),
    ] {
        let refused = submit_files(&served, &[&model[..], &[(name, bytes)]].concat());
        assert_eq!(refused.code, 1, "{name}: {}", refused.stdout);
        assert!(refused.stderr.contains(words), "{name}: {}", refused.stderr);
    }
}

#[test]
fn a_hidden_reference_shows_of_masks_beside_a_model_the_verdict_alone() {
    let served = served();
    set_well(&served, &["--models", "allowed", "--reference", "hidden"]);
    let zipped = served.path("masks.zip");
    let mut packed = NewZip::new(fs::File::create(&zipped).unwrap());
    packed.add_folder(&served.temp.path().join("masks"), "").unwrap();
    packed.finish().unwrap();
    let submitted = submit_model(&served, "dark", &[&zipped]);
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    let id = id(&submitted);
    let mut found = submitted_masks(&served, &id);
    assert!(found["masks_digest"].take().is_string(), "{found}");
    let verdict = serde_json::json!({
        "verdict": "different", "n_masks": 20, "masks_digest": null
    });
    assert_eq!(found, verdict, "nothing of single images, and no count");
    let own = page_of(&served, &format!("/submissions/{id}"), "a@example.org");
    assert!(own.contains("some <strong>differ</strong>"), "{own}");
    assert!(!own.contains("Pixels that differ"), "{own}");
    let review = page_of(&served, &format!("/review/{id}"), "c@example.org");
    assert!(review.contains("of 20 masks") && review.contains("Pixels that differ"), "{review}");
    let entry = publish(&served, &submitted);
    let document = get_json(&served, &format!("/api/v1/entries/{entry}"));
    assert!(document["verified_run"]["submitted_masks"]["differences"].is_null(), "{document}");
    let evidence = get_json(&served, &format!("/api/v1/record/entries/{entry}")).to_string();
    assert!(evidence.contains("different") && !evidence.contains("n_pixels"), "{evidence}");
}
