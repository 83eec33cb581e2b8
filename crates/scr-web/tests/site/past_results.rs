//! Past results of entries that were scored again.

use axum::http::StatusCode;
use scr_documents::{BenchmarkSettings, Reference};
use scr_eval::EVALUATOR_VERSION;
use serde_json::json;

use crate::fixture::Site;

/// Adds a result of other rules to an entry, with this mean overlap of the heart.
async fn rescored(site: &Site, id: &str, version: &str, overlap: f64) {
    let before = site.store.entries().get(id).await.unwrap().unwrap().result;
    let mut result = before.clone();
    version.clone_into(&mut result.evaluator_version);
    result.objects["heart"]["overlap"].mean = Some(overlap);
    assert!(site.store.entries().add_result(id, &before.evaluator_version, &result).await.unwrap());
}

#[tokio::test]
async fn an_entry_that_was_scored_again_shows_its_overlaps_then_and_now() {
    let site = Site::published().await;
    let id = site.entry("Exact").to_owned();
    let (page, api) = (format!("/entries/{id}"), format!("/api/v1/entries/{id}/past-results"));
    assert!(!site.page(&page).await.contains("Scored before"), "it was scored once");
    assert_eq!(site.get(&api).await.json(), json!({ "past_results": [] }));
    rescored(&site, &id, "8.0.0", 0.875).await;
    rescored(&site, &id, "9.0.0", 0.75).await;
    let html = site.page(&page).await;
    let table = html.split("id=\"before\"").nth(1).unwrap().split("</table>").next().unwrap();
    let lines: Vec<&str> = table.lines().filter(|line| line.contains("scope=\"row\"")).collect();
    assert_eq!(lines.len(), 3, "{table}");
    for (line, (version, overlap)) in
        lines.iter().zip([(EVALUATOR_VERSION, "1.000"), ("8.0.0", "0.875"), ("9.0.0", "0.750")])
    {
        assert!(
            line.contains(version) && line.ends_with(&format!("{overlap}</td></tr>")),
            "{line}"
        );
    }
    assert!(lines[2].contains("<td>now</td>") && html.contains(&format!("href=\"{api}\"")));
    let past = site.get(&api).await.json();
    let past = past["past_results"].as_array().unwrap();
    assert_eq!(past.len(), 2);
    assert_eq!(past[1]["results"]["objects"]["heart"]["overlap"]["mean"], 0.875);
    assert_eq!(past[0]["results"]["images"].as_array().unwrap().len(), 6);
    assert_eq!(past[0]["replaced_at"], past[1]["scored_at"]);
}

#[tokio::test]
async fn past_results_against_a_hidden_reference_are_rounded_and_without_images() {
    let site = Site::published().await;
    let id = site.entry("Shifted").to_owned();
    rescored(&site, &id, "8.0.0", 0.123_456).await;
    rescored(&site, &id, "9.0.0", 0.5).await;
    let settings =
        BenchmarkSettings { reference: Reference::Hidden, ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let past = site.get(&format!("/api/v1/entries/{id}/past-results")).await.json();
    let last = &past["past_results"][1]["results"];
    assert_eq!(last["objects"]["heart"]["overlap"]["mean"], 0.123);
    assert!(last["images"].is_null());
    site.store.entries().withdraw(&id, "its authors", "Wrong.").await.unwrap();
    let gone = site.get(&format!("/api/v1/entries/{id}/past-results")).await;
    assert_eq!(gone.status, StatusCode::GONE);
}
