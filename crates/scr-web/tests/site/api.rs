//! JSON answers of the API and its OpenAPI document.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use crate::fixture::{HOSTILE, Site};

/// Operations of the OpenAPI document: method, path and description.
async fn operations(site: &Site) -> Vec<(String, String, Value)> {
    let document = site.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(|(method, about)| (method.to_uppercase(), path.clone(), about.clone()))
    });
    operations.collect()
}

/// True for an operation that needs no token.
fn is_open(about: &Value) -> bool {
    let needed = about["security"].as_array();
    needed.is_none_or(|needed| needed.iter().any(|one| one.as_object().unwrap().is_empty()))
}

#[tokio::test]
async fn the_openapi_document_keeps_its_form() {
    let document = Site::published().await.get("/api/openapi.json").await.json();
    let text = serde_json::to_string_pretty(&document).unwrap();
    insta::assert_snapshot!("openapi", text);
}

#[tokio::test]
async fn every_address_of_the_openapi_document_answers() {
    let site = Site::published().await;
    site.add_folder();
    let manifest = site.get("/api/v1/benchmarks/tiny/download/manifest.json").await.json();
    let terms = manifest["terms_version"].as_str().unwrap();
    let mut n_open = 0;
    for (method, path, about) in operations(&site).await {
        // No entry here has a model; tests of the command submit one.
        if method != "GET" || !is_open(&about) || path.ends_with("/model/{file}") {
            continue;
        }
        n_open += 1;
        let address = path
            .replace("{benchmark}", "tiny")
            .replace("{entry}", site.entry("Exact"))
            .replace("{observer}", "second")
            .replace("{structure}", "heart")
            .replace("{object}", "heart")
            .replace("{measure}", "overlap")
            .replace("{image}", "T2")
            .replace("{path}", "benchmark.toml");
        let request = Request::get(&address).header("Accept-Terms", terms).body(Body::empty());
        let answer = site.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let described = about["responses"]["200"]["content"].as_object().unwrap();
        let served = answer.header("content-type").split(';').next().unwrap();
        assert!(described.contains_key(served), "{path} is {served}, described as {described:?}");
    }
    assert_eq!(n_open, 29);
}

#[tokio::test]
async fn every_address_that_needs_a_token_asks_for_it_before_all_else() {
    let site = Site::published().await;
    let mut n_asked = 0;
    for (method, path, about) in operations(&site).await {
        let is_told = about["responses"]["401"].is_object();
        assert_eq!(is_told, about["security"].is_array(), "{method} {path}");
        if is_open(&about) {
            continue;
        }
        let address = path.replace("{benchmark}", "tiny").replace("{submission}", "x");
        for token in ["", "Bearer ", "Bearer scr_none", "Basic YTpi"] {
            let request = Request::builder()
                .method(method.as_str())
                .uri(&address)
                .header("Authorization", token)
                .body(Body::from("{}"));
            let answer = site.send(request.unwrap()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} {token}");
            n_asked += 1;
        }
    }
    assert_eq!(n_asked, 23 * 4);
}

#[tokio::test]
async fn every_operation_of_the_openapi_document_has_a_name_of_its_own() {
    let site = Site::empty().await;
    let mut names = std::collections::BTreeSet::new();
    for (method, path, about) in operations(&site).await {
        let name = about["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name), "{method} {path} is called as another");
    }
}

#[tokio::test]
async fn every_schema_that_the_document_points_to_is_in_it() {
    let site = Site::published().await;
    let answer = site.get("/api/openapi.json").await;
    let document = answer.json();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for part in answer.text().split("#/components/schemas/").skip(1) {
        let name = &part[..part.find('"').unwrap()];
        assert!(schemas.contains_key(name), "{name} is not described");
    }
}

#[tokio::test]
async fn benchmarks_and_entries_are_listed_without_the_bulk() {
    let site = Site::published().await;
    let list = site.get("/api/v1/benchmarks").await.json();
    assert_eq!(list["benchmarks"][0]["id"], "tiny");
    assert_eq!(list["benchmarks"][0]["n_images"], 6);
    let benchmark = site.get("/api/v1/benchmarks/tiny").await.json();
    assert_eq!(benchmark["images"].as_array().unwrap().len(), 6);
    let entries = site.get("/api/v1/benchmarks/tiny/entries").await.json();
    let entries = entries["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    let exact = entries.iter().find(|entry| entry["name"] == "Exact").unwrap();
    assert_eq!(exact["id"], site.entry("Exact"));
    assert_eq!(exact["results"]["objects"]["lungs"]["overlap"]["mean"], 1.0);
    assert!(exact["results"].get("images").is_none());
    assert_eq!(exact["posteriors"], serde_json::json!(["right_lung", "left_lung", "heart"]));
    let shifted = entries.iter().find(|entry| entry["name"] == "Shifted").unwrap();
    assert_eq!(shifted["posteriors"], serde_json::json!([]));
    assert!(entries.iter().any(|entry| entry["name"] == HOSTILE), "JSON needs no HTML escapes");
}

#[tokio::test]
async fn an_entry_comes_with_every_image_and_undefined_as_null() {
    let site = Site::published().await;
    let entry = site.get(&format!("/api/v1/entries/{}", site.entry("Hole"))).await.json();
    assert_eq!(entry["role"], "method");
    let images = entry["results"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 6);
    let third = images.iter().find(|image| image["image"] == "T3").unwrap();
    assert!(third["objects"]["heart"]["masd_mm"].is_null());
    assert_eq!(third["objects"]["heart"]["overlap"], 0.0);
    assert_eq!(entry["results"]["objects"]["heart"]["masd_mm"]["n_undefined"], 1);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_json() {
    let site = Site::published().await;
    for address in ["/api", "/api/v2", "/api/v1/benchmarks/x", "/api/v1/entries/x/outlines/T1.json"]
    {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(answer.header("content-type"), "application/json", "{address}");
        assert_eq!(answer.json()["error"]["status"], 404, "{address}");
    }
}
