//! Publications, messages and terms by the API.

use axum::http::StatusCode;
use scr_documents::BenchmarkSettings;
use scr_store::{Role, Scope};
use serde_json::{Value, json};

use crate::fixture::Site;

const PUBLICATIONS: &str = "benchmarks/tiny/publications";
const NONE: &Value = &Value::Null;

fn good() -> Value {
    json!({ "doi": "https://doi.org/10.1000/Xyz", "title": "On lungs", "authors": ["A. One"],
            "year": 2026, "venue": "Journal" })
}

#[tokio::test]
async fn a_publication_is_reported_by_anybody_and_listed_once_a_curator_shows_it() {
    let site = Site::published().await;
    let curator = site.token("c@x.org", Role::Curator).await;
    let mut report = good();
    report["entries"] = json!([site.entry("Hole")]);
    let reported = site.ask("POST", PUBLICATIONS, "", &report).await;
    assert_eq!(reported.status, StatusCode::ACCEPTED, "{}", reported.text());
    let listed = async |query: &str, token: &str| {
        let answer = site.ask("GET", &format!("{PUBLICATIONS}{query}"), token, NONE).await;
        answer.json()["publications"].as_array().unwrap().clone()
    };
    assert!(listed("", "").await.is_empty(), "nobody has looked at it yet");
    let waiting = listed("?state=proposed", &curator).await;
    assert_eq!(waiting[0]["doi"], "10.1000/xyz");
    let id = waiting[0]["id"].as_str().unwrap();
    let set = async |act: &str, token: &str| {
        let path = format!("publications/{id}/{act}");
        site.ask("POST", &path, token, NONE).await.status
    };
    assert_eq!(set("show", &curator).await, StatusCode::NO_CONTENT);
    let shown = listed("", "").await;
    assert_eq!((&shown[0]["state"], &shown[0]["entries"]), (&json!("shown"), &report["entries"]));
    assert!(listed("?state=proposed", &curator).await.is_empty());
    assert_eq!(set("hide", &curator).await, StatusCode::NO_CONTENT);
    assert!(listed("?state=shown", "").await.is_empty());
    assert_eq!(listed("?state=hidden", &curator).await.len(), 1);
}

#[tokio::test]
async fn what_readers_do_not_see_of_publications_is_a_curators() {
    let site = Site::published().await;
    let participant = site.token("p@x.org", Role::Participant).await;
    let curator = site.token("c@x.org", Role::Curator).await;
    let read = site.store.tokens().create("c@x.org", [Scope::Read], "").await.unwrap();
    let hidden = format!("{PUBLICATIONS}?state=hidden");
    for (token, status) in [
        ("", StatusCode::UNAUTHORIZED),
        (&participant, StatusCode::FORBIDDEN),
        (&read, StatusCode::FORBIDDEN),
        (&curator, StatusCode::OK),
    ] {
        assert_eq!(site.ask("GET", &hidden, token, NONE).await.status, status);
    }
    let unknown = site.ask("GET", &format!("{PUBLICATIONS}?state=odd"), &curator, NONE).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let none = site.ask("POST", "publications/none/show", &curator, NONE).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_program_is_told_everything_wrong_with_a_report_field_by_field() {
    let site = Site::published().await;
    let bad = json!({ "doi": "x", "title": "", "authors": [], "year": 1, "entries": ["nobody"] });
    let answer = site.ask("POST", PUBLICATIONS, "", &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> = answer.json()["error"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["doi", "title", "authors", "year", "entries"]);
    let bad = json!({ "message": "", "reply_to": "no address" });
    let answer = site.ask("POST", "feedback", "", &bad).await.json();
    let fields = &answer["error"]["fields"];
    assert_eq!((&fields[0]["field"], &fields[1]["field"]), (&json!("message"), &json!("reply_to")));
    assert!(site.store.publications().list(None, 99).await.unwrap().is_empty());
    let mut long = good();
    long["venue"] = "x".repeat(70_000).into();
    let answer = site.ask("POST", PUBLICATIONS, "", &long).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn messages_of_programs_reach_the_operator_and_count_with_those_of_forms() {
    let site = Site::published().await;
    let operator = site.token("o@x.org", Role::Operator).await;
    let sent = json!({ "benchmark": "tiny", "reply_to": "a@x.org", "message": "Where is it?" });
    assert_eq!(site.ask("POST", "feedback", "", &sent).await.status, StatusCode::ACCEPTED);
    let messages = site.ask("GET", "feedback", &operator, NONE).await.json();
    let message = &messages["messages"][0];
    assert_eq!((&message["message"], &message["benchmark"]), (&sent["message"], &json!("tiny")));
    let curator = site.token("c@x.org", Role::Curator).await;
    let refused = site.ask("GET", "feedback", &curator, NONE).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let nowhere = json!({ "benchmark": "other", "message": "Hello" });
    assert_eq!(site.ask("POST", "feedback", "", &nowhere).await.status, StatusCode::NOT_FOUND);
    for _ in 0..8 {
        assert_eq!(site.post("/feedback", "message=Hello").await.status, StatusCode::SEE_OTHER);
    }
    let refused = site.ask("POST", PUBLICATIONS, &operator, &good()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!refused.header("retry-after").is_empty());
    assert!(site.store.publications().list(None, 99).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_program_reads_and_accepts_the_present_terms_and_no_others() {
    let site = Site::published().await;
    let token = site.token("a@x.org", Role::Participant).await;
    let set = async |terms: &str| {
        let settings = BenchmarkSettings { terms: terms.into(), ..BenchmarkSettings::default() };
        site.store.settings().set("tiny", &settings).await.unwrap();
        site.ask("GET", "benchmarks/tiny/terms", &token, NONE).await.json()
    };
    let accept = async |version: &Value| {
        site.ask("POST", "benchmarks/tiny/terms", &token, &json!({ "version": version })).await
    };
    let first = set("Be kind.").await;
    assert_eq!((&first["terms"]["text"], &first["accepted_at"]), (&json!("Be kind."), NONE));
    let second = set("Be very kind.").await;
    let late = accept(&first["version"]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
    assert!(late.text().contains(second["version"].as_str().unwrap()));
    let accepted = accept(&second["version"]).await;
    assert_eq!(accepted.status, StatusCode::OK);
    assert!(accepted.json()["accepted_at"].is_string(), "{}", accepted.text());
    let stranger = site.ask("GET", "benchmarks/tiny/terms", "", NONE).await.json();
    assert_eq!((&stranger["version"], &stranger["accepted_at"]), (&second["version"], NONE));
    assert_eq!(set("Be kind again.").await["accepted_at"], *NONE, "another wording");
}
