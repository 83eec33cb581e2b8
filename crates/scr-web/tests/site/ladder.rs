//! Ladder: scores that accounts see until the benchmark ends.

use axum::http::StatusCode;
use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, LadderStep, Reference, ResultDocument,
    SuspicionsDocument,
};
use scr_store::{NewSubmission, Role};
use serde_json::{Value, json};

use crate::fixture::Site;

const NONE: &Value = &Value::Null;

fn settings() -> BenchmarkSettings {
    BenchmarkSettings {
        reference: Reference::Hidden,
        ladder: Some(LadderStep::try_from(0.05).unwrap()),
        ..BenchmarkSettings::default()
    }
}

async fn set(site: &Site, settings: &BenchmarkSettings) {
    site.store.settings().set("tiny", settings).await.unwrap();
}

/// Adds a scored submission with these means for the heart; returns its identifier.
async fn scored(site: &Site, email: &str, overlap: f64, pixel_error: f64) -> String {
    let user = site.store.accounts().by_email(email).await.unwrap().unwrap();
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "tiny",
        user_id: &user.id,
        card: &card,
        size_bytes: 3,
        file: None,
        confirmed: true,
        supersedes: None,
        model: None,
    };
    let submission = site.store.submissions().begin(new).await.unwrap();
    let (suspicions, findings) = (SuspicionsDocument::default(), FindingsDocument::default());
    site.store.submissions().mark_received(&submission.id, &user.id).await.unwrap();
    site.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    site.store.submissions().confirm(&submission.id, &user.id).await.unwrap();
    let result = result(site, overlap, pixel_error).await;
    site.store.submissions().record_scores(&submission.id, "w", &result, &findings).await.unwrap();
    submission.id
}

async fn result(site: &Site, overlap: f64, pixel_error: f64) -> ResultDocument {
    let mut result = site.store.entries().get(site.entry("Shifted")).await.unwrap().unwrap().result;
    result.objects["heart"]["overlap"].mean = Some(overlap);
    result.image_measures["pixel_error"].mean = Some(pixel_error);
    result
}

/// Overlap of the heart and pixel error that the submitter sees, with all keys.
async fn shown(site: &Site, token: &str, id: &str) -> (f64, f64, Vec<String>) {
    let answer = site.ask("GET", &format!("submissions/{id}"), token, NONE).await.json();
    let results = &answer["results"];
    let heart = results["objects"]["heart"].as_object().unwrap();
    let keys = heart.keys().chain(results["image_measures"].as_object().unwrap().keys());
    let mean = |measures: &Value| measures["mean"].as_f64().unwrap();
    (
        mean(&heart["overlap"]),
        mean(&results["image_measures"]["pixel_error"]),
        keys.cloned().collect(),
    )
}

#[tokio::test]
async fn a_new_score_shows_only_when_it_is_better_by_a_step() {
    let site = Site::published().await;
    set(&site, &settings()).await;
    let token = site.token("a@x.org", Role::Participant).await;
    let mut found = Vec::new();
    // The pixel error has its own ladder; lower is better.
    for (overlap, error) in [(0.812, 0.26), (0.849, 0.19), (0.2, 0.9), (0.8501, 0.3)] {
        let id = scored(&site, "a@x.org", overlap, error).await;
        let (overlap, error, keys) = shown(&site, &token, &id).await;
        assert_eq!(keys, ["overlap", "pixel_error"], "all else waits for the end");
        found.push((overlap, error));
    }
    assert_eq!(found, [(0.8, 0.25), (0.8, 0.2), (0.8, 0.2), (0.85, 0.2)]);
}

#[tokio::test]
async fn each_account_has_a_ladder_of_its_own_and_what_it_was_shown_stays() {
    let site = Site::published().await;
    set(&site, &settings()).await;
    let ann = site.token("a@x.org", Role::Participant).await;
    let bob = site.token("b@x.org", Role::Participant).await;
    let first = scored(&site, "a@x.org", 0.9, 0.1).await;
    let others = scored(&site, "b@x.org", 0.71, 0.3).await;
    scored(&site, "a@x.org", 0.97, 0.1).await;
    assert_eq!(shown(&site, &ann, &first).await.0, 0.9);
    assert_eq!(shown(&site, &bob, &others).await.0, 0.7);
}

#[tokio::test]
async fn the_standing_is_on_full_precision_when_the_operator_ends_the_benchmark() {
    let site = Site::taking_masks().await;
    set(&site, &settings()).await;
    let token = site.token("a@x.org", Role::Participant).await;
    let waiting = scored(&site, "a@x.org", 0.812_345, 0.19).await;
    let address = format!("/api/v1/entries/{}", site.entry("Shifted"));
    let full = site.store.entries().get(site.entry("Shifted")).await.unwrap().unwrap().result;
    let exact = full.objects["heart"]["overlap"].mean.unwrap();
    let heart = async || {
        let json = site.get(&address).await.json();
        json["results"]["objects"]["heart"]["overlap"].clone()
    };
    assert_ne!(heart().await["mean"], json!(exact), "rounded before the end");
    let ended_at = Some("2026-11-28T12:00:00.000Z".to_owned());
    set(&site, &BenchmarkSettings { ended_at, ..settings() }).await;
    let after = heart().await;
    assert_eq!((&after["mean"], &after["max"]), (&json!(exact), NONE), "means alone, still");
    assert_eq!(shown(&site, &token, &waiting).await.0, 0.8, "what is no entry stays as it was");
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(page.contains("The benchmark ended on 2026-11-28"), "{page}");

    let beginning = json!({
        "card": { "name": "M", "authors": ["A"], "description": "d", "training": "two-fold",
                  "two_fold_declaration": true },
        "size_bytes": 3, "accept_terms": true,
    });
    let answer = site.ask("POST", "benchmarks/tiny/submissions", &token, &beginning).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
    assert!(answer.text().contains("ended on 2026-11-28"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_that_comes_after_the_end_is_not_scored() {
    let site = Site::published().await;
    let user = site.store.accounts().add("a@x.org", "A", Role::Participant, None).await.unwrap();
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "tiny",
        user_id: &user.id,
        card: &card,
        size_bytes: 3,
        file: None,
        confirmed: true,
        supersedes: None,
        model: None,
    };
    let submission = site.store.submissions().begin(new).await.unwrap();
    let ended_at = Some("2026-11-28T12:00:00.000Z".to_owned());
    set(&site, &BenchmarkSettings { ended_at, ..settings() }).await;
    let error = site.store.submissions().mark_received(&submission.id, &user.id).await.unwrap_err();
    assert!(error.to_string().contains("ended at 2026-11-28"), "{error}");
}
