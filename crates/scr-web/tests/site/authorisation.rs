//! Authorisation matrix: every address and method of the site, for every role. A new address
//! needs a line in [`RULES`].

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use scr_store::Role;
use std::collections::BTreeSet;

use crate::accounts::begun_submission;
use crate::fixture::Site;

/// Authorisation matrix: outcomes for a visitor, a submission's owner, another participant, a
/// curator and an operator:
///
/// - `+` authorised, even if the request is then refused as invalid,
/// - `-` not signed in: the sign-in page, or 401 from the API,
/// - `x` forbidden (403),
/// - `0` not found (404).
const RULES: &[(&str, &str, &str)] = &[
    ("GET", "/", "+++++"),
    ("GET", "/add", "+++++"),
    ("GET", "/privacy", "+++++"),
    ("GET", "/terms", "+++++"),
    ("GET", "/docs", "+++++"),
    ("GET", "/docs/api", "+++++"),
    ("GET", "/docs/{kind}/{page}", "+++++"),
    ("GET", "/docs/images/{*path}", "+++++"),
    ("GET", "/healthz", "+++++"),
    ("GET", "/readyz", "+++++"),
    ("GET", "/metrics", "xxxx+"),
    ("GET", "/static/{*path}", "+++++"),
    ("GET", "/benchmarks/{benchmark}", "+++++"),
    ("GET", "/benchmarks/{benchmark}/data", "+++++"),
    ("GET", "/benchmarks/{benchmark}/download", "+++++"),
    ("GET", "/benchmarks/{benchmark}/terms", "+++++"),
    ("POST", "/benchmarks/{benchmark}/terms", "-++++"),
    ("GET", "/benchmarks/{benchmark}/results", "+++++"),
    ("GET", "/benchmarks/{benchmark}/results.csv", "+++++"),
    ("GET", "/benchmarks/{benchmark}/results.json", "+++++"),
    ("GET", "/benchmarks/{benchmark}/results.tex", "+++++"),
    ("GET", "/benchmarks/{benchmark}/plots/{plot}", "+++++"),
    ("GET", "/benchmarks/{benchmark}/compare", "+++++"),
    ("GET", "/benchmarks/{benchmark}/browse", "+++++"),
    ("GET", "/benchmarks/{benchmark}/browse/{image}", "+++++"),
    ("GET", "/benchmarks/{benchmark}/browse/{image}/scores", "+++++"),
    ("GET", "/benchmarks/{benchmark}/submit", "-++++"),
    ("POST", "/benchmarks/{benchmark}/submit", "-++++"),
    ("GET", "/submissions", "-++++"),
    ("GET", "/submissions/{submission}", "-+0++"),
    // The submission has no results yet.
    ("GET", "/submissions/{submission}/results.json", "-0000"),
    ("GET", "/submissions/{submission}/results.csv", "-0000"),
    ("POST", "/submissions/{submission}/confirm", "-+000"),
    ("POST", "/submissions/{submission}/withdraw", "-+000"),
    ("GET", "/operate", "-xxx+"),
    ("POST", "/operate/jobs/{submission}/cancel", "-xxx+"),
    ("POST", "/operate/jobs/{submission}/retry", "-xxx0"),
    ("POST", "/operate/jobs/{submission}/drop", "-xxx0"),
    ("GET", "/review", "-xx++"),
    ("POST", "/review/publications/{publication}/show", "-xx00"),
    ("POST", "/review/publications/{publication}/hide", "-xx00"),
    ("GET", "/review/{submission}", "-xx++"),
    ("POST", "/review/{submission}/publish", "-xx++"),
    ("POST", "/review/{submission}/return", "-xx++"),
    ("GET", "/entries/{entry}", "+++++"),
    ("GET", "/entries/{entry}/results.json", "+++++"),
    ("GET", "/entries/{entry}/results.csv", "+++++"),
    ("GET", "/benchmarks/{benchmark}/cite.bib", "+++++"),
    ("GET", "/benchmarks/{benchmark}/publications", "+++++"),
    ("POST", "/benchmarks/{benchmark}/publications", "+++++"),
    ("GET", "/benchmarks/{benchmark}/publications.bib", "+++++"),
    ("GET", "/feedback", "+++++"),
    ("POST", "/feedback", "+++++"),
    ("GET", "/entries/{entry}/cite.bib", "+++++"),
    ("GET", "/entries/{entry}/CITATION.cff", "+++++"),
    ("GET", "/account", "-++++"),
    ("GET", "/account/sign-in", "+++++"),
    ("POST", "/account/sign-in", "+++++"),
    ("POST", "/account/sign-out", "+++++"),
    ("GET", "/account/sign-up", "+++++"),
    ("POST", "/account/sign-up", "+++++"),
    ("GET", "/account/confirm", "+++++"),
    ("POST", "/account/confirm", "+++++"),
    ("GET", "/account/reset", "+++++"),
    ("POST", "/account/reset", "+++++"),
    ("GET", "/account/new-password", "+++++"),
    ("POST", "/account/new-password", "+++++"),
    // No provider is configured.
    ("GET", "/account/with/{provider}", "00000"),
    ("GET", "/account/with/{provider}/arrived", "00000"),
    ("GET", "/account/identities", "-++++"),
    ("POST", "/account/identities/sign-up", "+++++"),
    ("POST", "/account/identities/connect", "-++++"),
    ("POST", "/account/identities/disconnect", "-++++"),
    ("POST", "/account/name", "-++++"),
    ("POST", "/account/password", "-++++"),
    ("POST", "/account/sessions/end", "-++++"),
    ("POST", "/account/sessions/end-all", "-++++"),
    ("POST", "/account/tokens", "-++++"),
    ("POST", "/account/tokens/revoke", "-++++"),
    ("GET", "/account/data.json", "-++++"),
    ("POST", "/account/delete", "-++++"),
    ("GET", "/api/openapi.json", "+++++"),
    ("GET", "/api/v1/benchmarks", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/entries", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/cases.json", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/mean-image.png", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/thumbnails/{observer}/{file}", "+++++"),
    ("GET", "/api/v1/entries/{entry}/thumbnails/{file}", "+++++"),
    ("GET", "/api/v1/entries/{entry}/scores/{object}/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/images/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/display/images/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/display/outlines/{observer}/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/thumbnails/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/outlines/{observer}/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/masks/{observer}/{structure}/{file}", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/download/manifest.json", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/download/SHA256SUMS", "+++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/download/files/{*path}", "xxxxx"),
    ("GET", "/api/v1/benchmarks/{benchmark}/terms", "+++++"),
    ("POST", "/api/v1/benchmarks/{benchmark}/terms", "-++++"),
    ("GET", "/api/v1/benchmarks/{benchmark}/publications", "+++++"),
    ("POST", "/api/v1/benchmarks/{benchmark}/publications", "+++++"),
    ("POST", "/api/v1/publications/{publication}/show", "-xx00"),
    ("POST", "/api/v1/publications/{publication}/hide", "-xx00"),
    ("GET", "/api/v1/feedback", "-xxx+"),
    ("POST", "/api/v1/feedback", "+++++"),
    ("GET", "/api/v1/record", "+++++"),
    ("GET", "/api/v1/record/log", "+++++"),
    ("GET", "/api/v1/record/entries/{entry}", "+++++"),
    ("GET", "/api/v1/entries/{entry}", "+++++"),
    ("GET", "/api/v1/entries/{entry}/past-results", "+++++"),
    ("GET", "/api/v1/entries/{entry}/outlines/{file}", "+++++"),
    ("GET", "/api/v1/entries/{entry}/display/outlines/{file}", "+++++"),
    ("GET", "/api/v1/entries/{entry}/masks/{structure}/{file}", "+++++"),
    // The entry has no model.
    ("GET", "/api/v1/entries/{entry}/model/{file}", "00000"),
    ("GET", "/api/v1/entries/{entry}/posteriors/{structure}/{file}", "+++++"),
    ("POST", "/api/v1/benchmarks/{benchmark}/submissions", "-++++"),
    ("GET", "/api/v1/submissions", "-++++"),
    ("GET", "/api/v1/submissions/{submission}", "-+0++"),
    ("PUT", "/api/v1/submissions/{submission}/file", "-+000"),
    ("POST", "/api/v1/submissions/{submission}/complete", "-+000"),
    ("POST", "/api/v1/submissions/{submission}/confirm", "-+000"),
    ("GET", "/api/v1/submissions/{submission}/events", "-+0++"),
    // The submission's masks have not arrived yet.
    ("GET", "/api/v1/submissions/{submission}/outlines/{file}", "-0000"),
    ("POST", "/api/v1/submissions/{submission}/review", "-xx++"),
    ("POST", "/api/v1/submissions/{submission}/withdraw", "-+000"),
    ("GET", "/api/v1/review", "-xx++"),
    ("GET", "/api/v1/account", "-++++"),
    ("POST", "/api/v1/account/name", "-++++"),
    ("GET", "/api/v1/account/tokens", "-++++"),
    ("DELETE", "/api/v1/account/tokens/{token}", "-0000"),
    ("GET", "/api/v1/jobs", "-xxx+"),
    ("POST", "/api/v1/jobs/{submission}/cancel", "-xxx+"),
    ("POST", "/api/v1/jobs/{job}/retry", "-xxx0"),
    ("POST", "/api/v1/jobs/{job}/drop", "-xxx0"),
];

const OWNER: &str = "owner@x.org";
const PEOPLE: [(&str, Role); 4] = [
    (OWNER, Role::Participant),
    ("other@x.org", Role::Participant),
    ("curator@x.org", Role::Curator),
    ("operator@x.org", Role::Operator),
];

async fn site_with_submission() -> (Site, String) {
    let site = Site::published().await;
    site.add_folder();
    for (email, role) in PEOPLE {
        site.store.accounts().add(email, "Ann", role, None).await.unwrap();
    }
    let owner = site.store.accounts().by_email(OWNER).await.unwrap().unwrap();
    let id = begun_submission(&site, &owner.id).await;
    (site, id)
}

/// Address with a value for each parameter.
fn filled(address: &str, site: &Site, submission: &str) -> String {
    let file = match address {
        _ if address.contains("/outlines/") => "T1.json",
        _ if address.contains("/scores/") => "overlap.json",
        _ if address.contains("{observer}/{file}") || address.contains("{entry}/thumbnails") => {
            "T1.svg"
        }
        _ => "T1.png",
    };
    let path = if address.starts_with("/docs/") { "browse.png" } else { "style.css" };
    [
        ("{benchmark}", "tiny"),
        ("{entry}", site.entry("Exact")),
        ("{publication}", "none"),
        ("{provider}", "orcid"),
        ("{token}", "none"),
        ("{submission}", submission),
        ("{image}", "T1"),
        ("{observer}", "second"),
        ("{structure}", "heart"),
        ("{object}", "heart"),
        ("{file}", file),
        ("{kind}", "reference"),
        ("{page}", "measures"),
        ("{plot}", "boxes-lungs.svg"),
        ("{*path}", path),
    ]
    .iter()
    .fold(address.to_owned(), |address, (name, value)| address.replace(name, value))
}

/// Outcome of a request, as a letter of [`RULES`].
async fn outcome(site: &Site, method: &str, address: &str, cookie: &str) -> char {
    let is_api = address.starts_with("/api/");
    let content_type =
        if is_api { "application/json" } else { "application/x-www-form-urlencoded" };
    let body = match is_api {
        true if address.ends_with("/review") => r#"{"decision": "return", "message": "No."}"#,
        true => "{}",
        false => "",
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("{address}{}", if method == "PUT" { "?offset=0" } else { "" }))
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, content_type)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    let answer = site.head(request).await;
    let location = answer.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap());
    match answer.status() {
        StatusCode::UNAUTHORIZED => '-',
        StatusCode::SEE_OTHER if location.starts_with("/account/sign-in") => '-',
        StatusCode::FORBIDDEN => 'x',
        StatusCode::NOT_FOUND => '0',
        StatusCode::INTERNAL_SERVER_ERROR => panic!("{method} {address} failed"),
        _ => '+',
    }
}

#[tokio::test]
async fn every_address_lets_in_whom_it_should_and_nobody_else() {
    let (site, submission) = site_with_submission().await;
    let mut found = Vec::new();
    for &(method, address, _) in RULES {
        let concrete = filled(address, &site, &submission);
        let mut row = String::new();
        row.push(outcome(&site, method, &concrete, "").await);
        for (email, _) in PEOPLE {
            // A new session each time: some requests end theirs.
            let cookie = site.cookie(email).await;
            row.push(outcome(&site, method, &concrete, &cookie).await);
        }
        found.push((method, address, row));
    }
    let wrong: Vec<_> =
        RULES.iter().zip(&found).filter(|(rule, found)| rule.2 != found.2).collect();
    assert!(wrong.is_empty(), "expected and found: {wrong:#?}");
}

#[tokio::test]
async fn every_address_and_method_has_its_rule() {
    let (site, submission) = site_with_submission().await;
    let ruled: BTreeSet<_> =
        RULES.iter().map(|&(method, address, _)| (method.to_owned(), address.to_owned())).collect();
    let mut taken = BTreeSet::new();
    for address in scr_web::addresses() {
        // No address takes TRACE; the response lists the allowed methods.
        let request = Request::builder()
            .method(Method::TRACE)
            .uri(filled(&address, &site, &submission))
            .body(Body::empty())
            .unwrap();
        let answer = site.head(request).await;
        let allow = answer.headers().get(header::ALLOW).map_or("", |allow| allow.to_str().unwrap());
        for method in allow.split(',').filter(|&method| method != "HEAD") {
            taken.insert((method.to_owned(), address.clone()));
        }
    }
    let lacking: Vec<_> = taken.difference(&ruled).collect();
    assert!(lacking.is_empty(), "these need a line in RULES: {lacking:#?}");
    let gone: Vec<_> = ruled.difference(&taken).collect();
    assert!(gone.is_empty(), "these are no addresses any more: {gone:#?}");
}

#[tokio::test]
async fn what_another_sites_page_sends_is_not_done_in_anybodys_name() {
    let (site, submission) = site_with_submission().await;
    for &(method, address, _) in RULES.iter().filter(|(method, ..)| *method != "GET") {
        let request = Request::builder()
            .method(method)
            .uri(filled(address, &site, &submission))
            .header(header::COOKIE, site.cookie(OWNER).await)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap();
        let status = site.head(request).await.status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {address}");
    }
}
