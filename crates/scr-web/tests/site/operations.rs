//! What those who run a site ask it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::fixture::Site;

#[tokio::test]
async fn a_site_is_ready_when_somebody_works_and_says_what_is_missing_before() {
    let site = Site::published().await;
    let answer = site.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let said = answer.json();
    assert_eq!((&said["database"], &said["files"]), (&json!(true), &json!(true)), "{said}");
    assert_eq!(said["workers"], 0);
    site.store.hear_worker("w").await.unwrap();
    let answer = site.get("/readyz").await;
    assert_eq!((answer.status, &answer.json()["ready"]), (StatusCode::OK, &json!(true)));
    assert_eq!(site.page("/healthz").await, "ok\n");
}

#[tokio::test]
async fn metrics_know_requests_by_their_route_and_repeat_nothing_that_was_typed() {
    let site = Site::published().await;
    site.page("/benchmarks/tiny/results?entries=secret").await;
    site.get("/no-such-page/secret").await;
    let odd = Request::builder().method("SECRET").uri("/").body(Body::empty()).unwrap();
    site.send(odd).await;
    let answer = site.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    for line in [
        "scr_http_requests_total{method=\"GET\",route=\"/benchmarks/{benchmark}/results\",status=\"200\"} 1",
        "scr_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "scr_http_request_duration_seconds_count{route=\"/benchmarks/{benchmark}/results\"} 1",
        "scr_entries 5",
        "scr_jobs{state=\"waiting\"} 0",
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
