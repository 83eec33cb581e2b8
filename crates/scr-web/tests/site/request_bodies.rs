//! Request bodies: authorisation comes before a body is read, and its size is bounded.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::stream;
use scr_documents::CardDocument;
use scr_store::{NewSubmission, Role, Scope};

use crate::fixture::{Answer, Site};

/// Announced body that never arrives.
fn silent() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
}

async fn ask(site: &Site, method: &str, path: &str, token: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, "4")
        .body(silent());
    site.send(request.unwrap()).await
}

async fn begin(site: &Site, email: &str) -> String {
    let user = site.store.accounts().by_email(email).await.unwrap().unwrap();
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "tiny",
        user_id: &user.id,
        card: &card,
        size_bytes: 8,
        file: None,
        confirmed: false,
        supersedes: None,
        model: None,
    };
    site.store.submissions().begin(new).await.unwrap().id
}

#[tokio::test]
async fn who_may_not_send_is_refused_before_a_byte_of_the_body_comes() {
    let site = Site::taking_masks().await;
    let token = site.token("a@x.org", Role::Participant).await;
    let other = site.token("b@x.org", Role::Participant).await;
    let reading = site.store.tokens().create("a@x.org", [Scope::Read], "").await.unwrap();
    let submission = begin(&site, "a@x.org").await;
    let chunk = format!("/api/v1/submissions/{submission}/file?offset=0");
    let beyond = format!("/api/v1/submissions/{submission}/file?offset=5");
    let review = format!("/api/v1/submissions/{submission}/review");
    let begin_at = "/api/v1/benchmarks/tiny/submissions";
    for (method, path, token, status) in [
        ("PUT", chunk.as_str(), "none", StatusCode::UNAUTHORIZED),
        ("PUT", &chunk, &reading, StatusCode::FORBIDDEN),
        ("PUT", &chunk, &other, StatusCode::NOT_FOUND),
        ("PUT", &beyond, &token, StatusCode::CONFLICT),
        ("POST", begin_at, &reading, StatusCode::FORBIDDEN),
        ("POST", &review, &token, StatusCode::FORBIDDEN),
        ("POST", "/api/v1/account/name", &reading, StatusCode::FORBIDDEN),
    ] {
        let answer = ask(&site, method, path, token).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    for _ in 0..4 {
        begin(&site, "a@x.org").await;
    }
    assert_eq!(ask(&site, "POST", begin_at, &token).await.status, StatusCode::CONFLICT);
    site.store.submissions().mark_received(&submission, "a").await.unwrap();
    assert_eq!(ask(&site, "PUT", &chunk, &token).await.status, StatusCode::CONFLICT, "past that");
    let form = Request::post("/benchmarks/tiny/submit").body(silent()).unwrap();
    assert_eq!(site.send(form).await.status, StatusCode::SEE_OTHER, "sign in first");
}

#[tokio::test]
async fn a_head_of_a_part_that_never_ends_is_refused_and_not_kept() {
    let site = Site::taking_masks().await;
    site.token("a@x.org", Role::Participant).await;
    let cookie = site.cookie("a@x.org").await;
    let begin =
        Bytes::from_static(b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\nX-Long: ");
    let endless = stream::unfold(Some(begin), |next| async move {
        let next = next.unwrap_or_else(|| Bytes::from_static(&[b'z'; 4096]));
        Some((Ok::<_, std::io::Error>(next), None))
    });
    let request = Request::post("/benchmarks/tiny/submit")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from_stream(endless));
    let answer = site.send(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("head of more than 65536 bytes"), "{}", answer.text());
}

#[tokio::test]
async fn a_small_form_is_bounded_to_few_kilobytes() {
    let site = Site::empty().await;
    let long = "a".repeat(9000);
    let answer = site.post("/account/sign-in", &format!("email={long}&password=x")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
