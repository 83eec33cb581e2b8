//! Rate limits: refusals with the waiting time.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_documents::CardDocument;
use scr_store::{NewSubmission, Role, SubmissionError};

use crate::accounts::{PASSWORD, post};
use crate::fixture::{Answer, Site};

fn assert_rate_limited(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
}

/// Last of `n` responses.
async fn last(site: &Site, n: usize, address: &str, form: impl Fn(usize) -> String) -> Answer {
    let mut answer = post(site, address, "", &form(0)).await;
    for time in 1..n {
        answer = post(site, address, "", &form(time)).await;
    }
    answer
}

#[tokio::test]
async fn passwords_cannot_be_tried_without_end_and_the_right_one_waits_too() {
    let site = Site::empty().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
    let long = "x".repeat(2000);
    let guess = |_| format!("email=A@x.org&password={long}");
    let answer = last(&site, 21, "/account/sign-in", guess).await;
    assert_rate_limited(&answer);
    assert!(
        answer.text().contains("Too many attempts: try again in "),
        "it is a page: {}",
        answer.text()
    );
    let right = format!("email=a@x.org&password={PASSWORD}");
    assert_rate_limited(&post(&site, "/account/sign-in", "", &right).await);
}

#[tokio::test]
async fn many_addresses_cannot_be_tried_from_one_place() {
    let site = Site::empty().await;
    let long = "x".repeat(2000);
    let guess = |n| format!("email={n}@x.org&password={long}");
    assert_rate_limited(&last(&site, 61, "/account/sign-in", guess).await);
}

#[tokio::test]
async fn nobody_fills_anothers_mailbox() {
    let site = Site::empty().await;
    for address in ["/account/reset", "/account/sign-up"] {
        // The rate limit counts a request before the short password is refused.
        let form = |_| format!("email={}@x.org&name=A&password=short", address.len());
        assert_rate_limited(&last(&site, 5, address, form).await);
    }
}

#[tokio::test]
async fn tokens_cannot_be_tried_without_end_and_a_good_one_goes_on() {
    let site = Site::empty().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let token = site.store.tokens().create("a@x.org", [scr_store::Scope::Read], "").await.unwrap();
    let ask = async |token: &str| {
        let request = Request::get("/api/v1/submissions/none")
            .header("Authorization", format!("Bearer {token}"))
            .body(Body::empty());
        site.send(request.unwrap()).await
    };
    for n in 0..60 {
        assert_eq!(ask(&format!("scr_{n}")).await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = ask("scr_60").await;
    assert_rate_limited(&answer);
    assert_eq!(answer.json()["error"]["status"], 429);
    assert_eq!(ask(&token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_begins_so_many_submissions_in_a_time_and_so_many_uploads_at_once() {
    let site = Site::published().await;
    let user = site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let begin = async |size_bytes| {
        let new = NewSubmission {
            benchmark_id: "tiny",
            user_id: &user.id,
            card: &card,
            size_bytes,
            file: None,
            confirmed: false,
            supersedes: None,
            model: None,
        };
        site.store.submissions().begin(new).await
    };
    let too_large = begin(5 << 30).await.unwrap_err();
    assert!(matches!(too_large, SubmissionError::OpenUploads { .. }), "{too_large}");
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(begin(1).await.unwrap().id);
    }
    assert!(matches!(begin(1).await.unwrap_err(), SubmissionError::OpenUploads { .. }));
    // The quota does not count failed checks.
    for id in &ids {
        site.store.submissions().mark_received(id, &user.id).await.unwrap();
        site.store.submissions().record_problems(id, "worker", &[]).await.unwrap();
    }
    for _ in 0..20 {
        let id = begin(1).await.unwrap().id;
        site.store.submissions().withdraw(&id, &user.id).await.unwrap();
    }
    let refused = begin(1).await.unwrap_err();
    assert!(matches!(refused, SubmissionError::Quota { count: 20, days: 7, .. }), "{refused}");
    assert_eq!(
        site.store.submissions().of_user_after(&user.id, None, 99).await.unwrap().len(),
        25,
        "none was kept"
    );
}
