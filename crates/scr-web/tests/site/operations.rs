//! Readiness, metrics and request names, for operators.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use scr_store::{Role, Scope};
use scr_web::SiteSettings;
use serde_json::json;
use tower::ServiceExt;

use crate::fixture::{Answer, Site};

/// Response of `/metrics` to a client at an address, with or without a token.
async fn metrics(site: &Site, peer: [u8; 4], token: Option<&str>) -> Answer {
    asked(site, "/metrics", peer, token).await
}

async fn asked(site: &Site, address: &str, peer: [u8; 4], token: Option<&str>) -> Answer {
    let mut request = Request::get(address).extension(ConnectInfo(SocketAddr::from((peer, 9))));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_site_is_ready_when_somebody_works_and_says_what_is_missing_before() {
    let site = Site::published().await;
    let answer = asked(&site, "/readyz", [127, 0, 0, 1], None).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let said = answer.json();
    assert_eq!((&said["database"], &said["files"]), (&json!(true), &json!(true)), "{said}");
    assert_eq!(said["workers"], 0);
    site.store.workers().record_heartbeat("w").await.unwrap();
    let answer = site.get("/readyz").await;
    assert_eq!((answer.status, &answer.json()["ready"]), (StatusCode::OK, &json!(true)));
    assert_eq!(site.page("/healthz").await, "ok\n");
}

#[tokio::test]
async fn strangers_learn_of_readiness_whether_and_no_more() {
    let site = Site::published().await;
    let there = [192, 0, 2, 1];
    let operator = site.token("o@x.org", Role::Operator).await;
    let curator = site.token("c@x.org", Role::Curator).await;
    for (status, ready) in [(StatusCode::SERVICE_UNAVAILABLE, false), (StatusCode::OK, true)] {
        for token in [None, Some(curator.as_str()), Some("scr_none")] {
            let answer = asked(&site, "/readyz", there, token).await;
            assert_eq!((answer.status, answer.json()), (status, json!({ "ready": ready })));
        }
        let answer = asked(&site, "/readyz", there, Some(&operator)).await;
        assert!(answer.json()["disk_free_bytes"].is_u64(), "{}", answer.text());
        site.store.workers().record_heartbeat("w").await.unwrap();
    }
}

#[tokio::test]
async fn browsers_are_kept_to_tls_where_people_reach_the_site_so() {
    const NAME: &str = "strict-transport-security";
    let site = Site::published().await;
    assert_eq!(site.get("/").await.header(NAME), "");
    let site = site.at("https://scr.example.org");
    for address in ["/", "/no-such-page", "/healthz"] {
        assert_eq!(site.get(address).await.header(NAME), "max-age=31536000", "{address}");
    }
    for (behind_proxy, by, expected) in
        [(true, "https", "max-age=31536000"), (true, "http", ""), (false, "https", "")]
    {
        let settings = SiteSettings { behind_proxy, ..SiteSettings::default() };
        let router = scr_web::router(&site.store.public(), settings);
        let request = Request::get("/").header("X-Forwarded-Proto", by).body(Body::empty());
        let response = router.oneshot(request.unwrap()).await.unwrap();
        let found = response.headers().get(NAME).map_or("", |value| value.to_str().unwrap());
        assert_eq!(found, expected, "{behind_proxy} {by}");
    }
}

#[tokio::test]
async fn metrics_know_requests_by_their_route_and_repeat_nothing_that_was_typed() {
    let site = Site::published().await;
    site.page("/benchmarks/tiny/results?entries=secret").await;
    site.get("/no-such-page/secret").await;
    let odd = Request::builder().method("SECRET").uri("/").body(Body::empty()).unwrap();
    site.send(odd).await;
    let answer = metrics(&site, [127, 0, 0, 1], None).await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    for line in [
        "scr_http_requests_total{method=\"GET\",route=\"/benchmarks/{benchmark}/results\",status=\"200\"} 1",
        "scr_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "scr_http_request_duration_seconds_count{route=\"/benchmarks/{benchmark}/results\"} 1",
        "scr_entries 5",
        "scr_jobs{state=\"waiting\"} 0",
        "scr_dead_letters 0",
        "scr_rescore_jobs{state=\"failed\"} 0",
        "scr_submissions{state=\"awaiting_review\"} 0",
        "scr_uploads_bytes 0",
        "scr_build_info{version=",
        "scr_disk_free_bytes ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn metrics_are_for_the_machine_itself_and_for_operators() {
    let site = Site::published().await;
    let (there, ok) = ([192, 0, 2, 1], StatusCode::OK);
    let stranger = metrics(&site, there, None).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    assert!(!stranger.text().contains("scr_"), "{}", stranger.text());
    for (role, status) in [(Role::Curator, StatusCode::FORBIDDEN), (Role::Operator, ok)] {
        let token = site.token(&format!("{role}@x.org"), role).await;
        assert_eq!(metrics(&site, there, Some(&token)).await.status, status, "{role}");
    }
    let submit = site.store.tokens().create("operator@x.org", [Scope::Submit], "").await.unwrap();
    assert_eq!(metrics(&site, there, Some(&submit)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(metrics(&site, there, Some("scr_none")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(metrics(&site, [127, 0, 0, 1], None).await.status, ok);
}

#[tokio::test]
async fn every_answer_names_its_request_and_a_proxy_s_name_is_kept_when_it_is_a_word() {
    let site = Site::published().await;
    let named = async |name: &str| {
        let request = Request::get("/").header("X-Request-Id", name).body(Body::empty()).unwrap();
        site.send(request).await.header("x-request-id").to_owned()
    };
    assert_eq!(named("from-proxy.1").await, "from-proxy.1");
    for bad in ["", "a b", "<script>", &"x".repeat(65)] {
        let name = named(bad).await;
        assert!(!name.is_empty() && name != bad, "{bad:?} gave {name:?}");
    }
    let (one, other) = (site.get("/no").await, site.get("/no").await);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}
