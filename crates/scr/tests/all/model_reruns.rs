//! `scr admin rescore --run-models`: models of verified entries run again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use scr_data::{Benchmark, MaskSet};
use scr_documents::{CardDocument, EntryRole};
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryRow, EntryToPublish, ModelFileName, RunToPublish, Store};
use serde_json::Value;

use crate::command::{Finished, run, run_well};
use crate::onnx_models::{CARD, example_models};
use crate::submitting::Served;
use crate::verified_runs::{get_json, page, publish, served, set_well, submit_model};

fn rerun(served: &Served, more: &[&str]) -> Finished {
    let line = ["admin", "rescore", "--run-models", "--dir", &served.path("site")];
    run([&line[..], more].concat())
}

fn list(finished: &Finished) -> Vec<Value> {
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).unwrap()
}

/// Entry of the model `dark` whose masks, kept with a result of the evaluator `version`, are
/// others: as if an earlier runtime had made them.
async fn publish_other(served: &Served, like: &str, version: &str) -> String {
    let store = Store::open(&served.temp.path().join("site")).await.unwrap();
    let benchmark = Benchmark::open(&served.temp.path().join("bench")).unwrap();
    let masks = MaskSet::open(&served.temp.path().join("masks"), &benchmark).unwrap();
    let evaluation = evaluate(&benchmark, &masks, &Settings::default(), &|| ()).unwrap();
    let mut result = scr_report::result_document(&evaluation, true);
    version.clone_into(&mut result.evaluator_version);
    let verified = store.entries().get(like).await.unwrap().unwrap().verified_run.unwrap();
    let model = example_models()[0].1.clone();
    let files = vec![
        (ModelFileName::Model, model.into()),
        (ModelFileName::Card, CARD.as_bytes().to_vec().into()),
    ];
    let entry = EntryToPublish {
        benchmark: &benchmark,
        role: EntryRole::Method,
        card: CardDocument { name: "Of an earlier runtime".into(), ..CardDocument::default() },
        masks: &masks,
        result,
        posteriors: None,
        run: Some(RunToPublish { verified, files }),
    };
    let (id, _) = store.entries().publish_rerun(entry, &mut |_| ()).await.unwrap();
    store.close().await;
    id
}

async fn entry(served: &Served, id: &str) -> EntryRow {
    let store = Store::open(&served.temp.path().join("site")).await.unwrap();
    let row = store.entries().get(id).await.unwrap().unwrap();
    store.close().await;
    row
}

#[tokio::test]
async fn other_masks_become_a_correction_and_nothing_is_overwritten() {
    let served = served();
    set_well(&served, &["--models", "allowed"]);
    let equal = publish(&served, &submit_model(&served, "dark", &[]));
    let only_equal = list(&rerun(&served, &["--format", "json", "--apply"]));
    let found = &only_equal[0];
    assert_eq!((only_equal.len(), &found["masks"]), (1, &"equal".into()));
    assert_eq!((&found["change"], &found["published"]), (&"none".into(), &Value::Null));
    assert_eq!(found["before"]["objects"], found["after"]["objects"], "digit for digit");

    let other = publish_other(&served, &equal, EVALUATOR_VERSION).await;
    let before = entry(&served, &other).await;
    let dry = rerun(&served, &["--entry", &other, "--format", "json"]);
    assert!(dry.stderr.contains("--apply does it"), "{}", dry.stderr);
    let found = &list(&dry)[0];
    assert_eq!((&found["masks"], &found["change"]), (&"different".into(), &"entry".into()));
    assert!(found["differences"]["largest"][0]["n_pixels"].as_u64().unwrap() > 0, "{found}");
    let entries = &get_json(&served, "/api/v1/benchmarks/phantom/entries")["entries"];
    assert_eq!(entries.as_array().unwrap().len(), 2, "nothing yet");

    let table = rerun(&served, &["--entry", &other, "--apply"]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    assert!(table.stdout.contains("differ, in"), "{}", table.stdout);
    assert_eq!(entry(&served, &other).await, before, "the earlier entry stays");
    let all = list(&rerun(&served, &["--format", "json", "--apply"]));
    assert_eq!(all.len(), 2, "the corrected entry is not run again");
    assert!(all.iter().all(|found| found["masks"] == "equal" && found["change"] == "none"));
    let new = all.iter().find(|found| found["entry"] != equal.as_str()).unwrap();
    let id = new["entry"].as_str().unwrap();
    let row = entry(&served, id).await;
    assert_eq!(row.card.corrects.as_deref(), Some(other.as_str()));
    assert_eq!(row.result.objects, entry(&served, &equal).await.result.objects);
    let shown = page(&served, &format!("/entries/{id}"));
    assert!(shown.contains("Verified: run here"), "{shown}");
    run_well(["verify", &served.path("site"), "--scores"]);
}

#[tokio::test]
async fn a_model_that_cannot_run_leaves_its_entry_as_it_is() {
    let served = served();
    set_well(&served, &["--models", "allowed"]);
    let entry = publish(&served, &submit_model(&served, "dark", &[]));
    set_well(&served, &["--models", "forbidden"]);
    let refused = rerun(&served, &["--apply"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("takes no models"), "{}", refused.stderr);
    set_well(&served, &["--models", "allowed"]);
    let place = served.path(&format!("site/blobs/entries/{entry}/model/model.onnx"));
    fs::write(&place, b"another model").unwrap();
    let damaged = rerun(&served, &["--apply"]);
    assert!(damaged.code == 1 && damaged.stderr.contains("model.onnx"), "{}", damaged.stderr);
    assert!(damaged.stderr.contains("stay as they are"), "{}", damaged.stderr);
    let unknown = rerun(&served, &["--on", "none"]);
    assert!(unknown.stderr.contains("`none`"), "{}", unknown.stderr);
}

#[tokio::test]
async fn a_model_runs_on_another_benchmark_with_more_images_and_gets_an_entry_there() {
    let served = served();
    set_well(&served, &["--models", "allowed"]);
    let file = served.path("dark.onnx");
    let old = publish(&served, &submit_model(&served, "dark", &["--model-fold-2", &file]));
    let (site, more) = (served.path("site"), served.path("more"));
    run_well(["phantom", "--out", &more, "--images", "8", "--seed", "3", "--size", "128"]);
    let place = format!("{more}/benchmark.toml");
    let text = fs::read_to_string(&place).unwrap();
    fs::write(&place, text.replace("id = \"phantom\"", "id = \"more\"")).unwrap();
    run_well(["admin", "benchmark", "add", &more, "--dir", &site]);
    run_well(["admin", "benchmark", "set", "more", "--models", "allowed", "--dir", &site]);

    let on = ["--on", "more", "--format", "json"];
    let dry = list(&rerun(&served, &on));
    assert_eq!(
        (dry.len(), &dry[0]["published"], &dry[0]["masks"]),
        (1, &Value::Null, &Value::Null)
    );
    let applied = list(&rerun(&served, &[&on[..], &["--apply"]].concat()));
    let id = applied[0]["published"].as_str().unwrap();
    let document = get_json(&served, &format!("/api/v1/entries/{id}"));
    assert_eq!(
        (&document["benchmark"], &document["verified_run"]["n_images"]),
        (&"more".into(), &8.into())
    );
    assert!(document["card"]["corrects"].is_null(), "{document}");
    assert_eq!(document["results"]["objects"], applied[0]["after"]["objects"]);
    let again = rerun(&served, &on);
    assert_eq!(list(&again).len(), 0, "it has an entry there: {}", again.stderr);
    assert_eq!(get_json(&served, &format!("/api/v1/entries/{old}"))["benchmark"], "phantom");
    run_well(["verify", &site, "--scores"]);

    // The same images in other folds.
    let table = format!("{more}/images.csv");
    let swapped: Vec<String> = fs::read_to_string(&table)
        .unwrap()
        .lines()
        .map(|line| line.replace(",1,", ",x,").replace(",2,", ",1,").replace(",x,", ",2,"))
        .collect();
    fs::write(&table, swapped.join("\n") + "\n").unwrap();
    fs::write(&place, text.replace("id = \"phantom\"", "id = \"swapped\"")).unwrap();
    run_well(["admin", "benchmark", "add", &more, "--dir", &site]);
    run_well(["admin", "benchmark", "set", "swapped", "--models", "allowed", "--dir", &site]);
    let refused = rerun(&served, &["--on", "swapped", "--apply"]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert!(refused.stderr.contains("in fold 1, as in phantom"), "{}", refused.stderr);
}
