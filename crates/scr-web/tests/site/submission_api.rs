//! Submission by the API: scopes and refusals.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_store::{Role, Scope};
use serde_json::json;

use crate::fixture::{Answer, Site};

const BEGIN: &str = "/api/v1/benchmarks/tiny/submissions";

/// Tokens of a participant and a curator.
async fn tokens(site: &Site) -> [String; 2] {
    site.store.accounts().add("p@x.org", "P", Role::Participant, None).await.unwrap();
    site.store.accounts().add("c@x.org", "C", Role::Curator, None).await.unwrap();
    let submit = site.store.tokens().create("p@x.org", [Scope::Submit], "").await.unwrap();
    let review = site.store.tokens().create("c@x.org", [Scope::Review], "").await.unwrap();
    [submit, review]
}

async fn post(site: &Site, address: &str, token: &str, body: &str) -> Answer {
    let request = Request::post(address)
        .header("Authorization", format!("Bearer {token}"))
        .header("Content-Type", "application/json")
        .body(Body::from(body.to_owned()));
    site.send(request.unwrap()).await
}

fn message(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(body["error"]["status"], answer.status.as_u16(), "{body}");
    body["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_beginning_is_told_at_once_and_in_json() {
    let site = Site::published().await;
    let [submit, review] = tokens(&site).await;
    let bad = json!({ "card": { "name": " ", "authors": [] }, "size_bytes": 0 }).to_string();
    let answer = post(&site, BEGIN, &submit, &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["card.name", "two_fold_declaration", "size_bytes", "accept_terms"] {
        assert!(message(&answer).contains(part), "{}", message(&answer));
    }
    for body in ["{", "[]", "{\"card\": {\"name\": \"x\", \"verified\": \"by me\"}}"] {
        let answer = post(&site, BEGIN, &submit, body).await;
        assert!(answer.status.is_client_error(), "{body}");
        assert!(!message(&answer).is_empty(), "{body}");
    }
    let answer = post(&site, BEGIN, &review, &bad).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(message(&answer).contains("submit"));
}

#[tokio::test]
async fn a_benchmark_that_was_not_added_for_scoring_takes_nothing() {
    let site = Site::published().await;
    let [submit, _] = tokens(&site).await;
    let card = json!({ "name": "M", "two_fold_declaration": true });
    let good = json!({ "card": card, "size_bytes": 9, "accept_terms": true }).to_string();
    let answer = post(&site, BEGIN, &submit, &good).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", message(&answer));
    let answer = post(&site, &BEGIN.replace("tiny", "none"), &submit, &good).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let user = site.store.accounts().by_email("p@x.org").await.unwrap().unwrap();
    let accepted = site.store.acceptances().of_user(&user.id).await.unwrap();
    assert_eq!(accepted.len(), 1, "what was accepted is recorded");
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let site = Site::published().await;
    let [submit, _] = tokens(&site).await;
    let user = site.store.accounts().by_email("p@x.org").await.unwrap().unwrap();
    let token = site.store.tokens().of_user(&user.id).await.unwrap().remove(0);
    site.store.tokens().revoke(&token.id).await.unwrap();
    let answer = post(&site, BEGIN, &submit, "{}").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_as_such() {
    let site = Site::published().await;
    let [submit, _] = tokens(&site).await;
    let answer = post(&site, BEGIN, &submit, &"x".repeat(2 << 20)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!message(&answer).is_empty());
}
