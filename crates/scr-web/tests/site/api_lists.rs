//! Lists of the API: the caller's submissions, the review queue, jobs.

use std::time::Duration;

use axum::http::StatusCode;
use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, SubmissionState, SuspicionsDocument,
};
use scr_store::{JobChoice, NewSubmission, Role, Scope};
use serde_json::{Value, json};

use crate::accounts::page_as;
use crate::fixture::Site;

const NONE: &Value = &Value::Null;

/// Waits for a later timestamp: the store keeps milliseconds.
async fn next_millisecond() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// Adds a received submission of an account; returns its identifier.
async fn received_submission(site: &Site, email: &str, name: &str) -> String {
    next_millisecond().await;
    let user = site.store.accounts().by_email(email).await.unwrap().unwrap();
    let card = CardDocument { name: name.into(), ..CardDocument::default() };
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
    site.store.submissions().mark_received(&submission.id, &user.id).await.unwrap();
    submission.id
}

/// Records an entry's scores for the submission.
async fn record_scores(site: &Site, id: &str) {
    next_millisecond().await;
    let submission = site.store.submissions().get(id).await.unwrap().unwrap();
    let (suspicions, findings) = (SuspicionsDocument::default(), FindingsDocument::default());
    site.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    site.store.submissions().confirm(id, &submission.user_id).await.unwrap();
    let entry = site.store.entries().get(site.entry("Shifted")).await.unwrap().unwrap();
    site.store.submissions().record_scores(id, "w", &entry.result, &findings).await.unwrap();
}

fn ids(answer: &Value) -> Vec<&str> {
    let list = answer["submissions"].as_array().unwrap();
    list.iter().map(|one| one["submission"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_program_lists_its_owners_submissions_the_newest_first_and_nobody_elses() {
    let site = Site::published().await;
    let token = site.token("a@x.org", Role::Participant).await;
    let other = site.token("c@x.org", Role::Curator).await;
    let first = received_submission(&site, "a@x.org", "First").await;
    let second = received_submission(&site, "a@x.org", "Second").await;
    let listed = site.ask("GET", "submissions", &token, NONE).await.json();
    assert_eq!(ids(&listed), [&second, &first]);
    let one = &listed["submissions"][1];
    assert_eq!((&one["name"], &one["state"]), (&json!("First"), &json!("received")));
    assert_eq!(one["url"], format!("/submissions/{first}"));
    let page = site.ask("GET", "submissions?limit=1", &token, NONE).await.json();
    let next = page["next"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
    assert_eq!(
        (ids(&page), next),
        (vec![&*second], &*format!("submissions?after={second}&limit=1"))
    );
    let last = site.ask("GET", next, &token, NONE).await.json();
    assert_eq!((ids(&last), &last["next"]), (vec![&*first], NONE));
    for bad in [format!("submissions?after={second}"), "submissions?after=none".to_owned()] {
        let refused = site.ask("GET", &bad, &other, NONE).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let others = site.ask("GET", "submissions", &other, NONE).await.json();
    assert!(ids(&others).is_empty(), "a curator has handed in nothing");
}

#[tokio::test]
async fn the_queue_is_for_who_may_review_the_longest_waiting_first() {
    let site = Site::published().await;
    let participant = site.token("a@x.org", Role::Participant).await;
    let curator = site.token("c@x.org", Role::Curator).await;
    let (first, second) = (
        received_submission(&site, "a@x.org", "First").await,
        received_submission(&site, "a@x.org", "Second").await,
    );
    record_scores(&site, &second).await;
    record_scores(&site, &first).await;
    let queue = site.ask("GET", "review", &curator, NONE).await.json();
    assert_eq!(ids(&queue), [&second, &first]);
    let page = site.ask("GET", "review?limit=1", &curator, NONE).await.json();
    let next = page["next"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
    assert_eq!(ids(&page), [&second]);
    let last = site.ask("GET", next, &curator, NONE).await.json();
    assert_eq!((ids(&last), &last["next"]), (vec![&*first], NONE));
    for bad in ["review?after=x", "review?limit=0", "review?limit=501"] {
        let refused = site.ask("GET", bad, &curator, NONE).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let top = &queue["submissions"][0];
    assert_eq!(
        (&top["submitter"], &top["url"]),
        (&json!("Ann"), &json!(format!("/review/{second}")))
    );
    let read = site.store.tokens().create("c@x.org", [Scope::Read], "").await.unwrap();
    for token in [&participant, &read] {
        let refused = site.ask("GET", "review", token, NONE).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let settings =
        BenchmarkSettings { reviewers: vec!["d@x.org".into()], ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let queue = site.ask("GET", "review", &curator, NONE).await.json();
    assert!(ids(&queue).is_empty(), "others review this benchmark");
}

#[tokio::test]
async fn a_curator_of_other_benchmarks_sees_no_submission_on_pages_and_api() {
    let site = Site::published().await;
    let curator = site.token("c@x.org", Role::Curator).await;
    let cookie = site.cookie("c@x.org").await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let id = received_submission(&site, "a@x.org", "M").await;
    record_scores(&site, &id).await;
    let statuses = async || {
        let mut statuses = Vec::new();
        let path = format!("submissions/{id}");
        statuses.push(site.ask("GET", &path, &curator, NONE).await.status);
        let decision = json!({ "decision": "return", "message": "" });
        let path = format!("submissions/{id}/review");
        statuses.push(site.ask("POST", &path, &curator, &decision).await.status);
        let browse = format!("/benchmarks/tiny/browse/T1?submission={id}");
        for address in [format!("/submissions/{id}"), format!("/review/{id}"), browse] {
            statuses.push(page_as(&site, &address, &cookie).await.status);
        }
        statuses
    };
    let (ok, wrong) = (StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY);
    let settings = |email: &str| BenchmarkSettings {
        reviewers: vec![email.into()],
        ..BenchmarkSettings::default()
    };
    site.store.settings().set("tiny", &settings("d@x.org")).await.unwrap();
    assert_eq!(statuses().await, [StatusCode::NOT_FOUND; 5]);
    for part in ["events", "outlines/T1.json"] {
        let path = format!("submissions/{id}/{part}");
        let answer = site.ask("GET", &path, &curator, NONE).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}");
    }
    site.store.settings().set("tiny", &settings("c@x.org")).await.unwrap();
    assert_eq!(statuses().await, [ok, wrong, ok, ok, ok]);
}

#[tokio::test]
async fn an_operators_program_sees_jobs_and_cancels_one_and_no_curators_does() {
    let site = Site::published().await;
    let operator = site.token("o@x.org", Role::Operator).await;
    let curator = site.token("c@x.org", Role::Curator).await;
    let id = received_submission(&site, "o@x.org", "M").await;
    site.store.workers().record_heartbeat("w").await.unwrap();
    let cancel = format!("jobs/{id}/cancel");
    assert_eq!(site.ask("GET", "jobs", &curator, NONE).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.ask("POST", &cancel, &curator, NONE).await.status, StatusCode::FORBIDDEN);
    let read = site.store.tokens().create("o@x.org", [Scope::Read], "").await.unwrap();
    assert_eq!(site.ask("POST", &cancel, &read, NONE).await.status, StatusCode::FORBIDDEN);
    let listed = site.ask("GET", "jobs", &read, NONE).await.json();
    let job = &listed["jobs"][0];
    assert_eq!((&job["submission"], &job["state"]), (&json!(id), &json!("waiting")));
    assert_eq!((&job["kind"], &listed["workers"][0]["name"]), (&json!("score"), &json!("w")));
    let done = site.ask("POST", &cancel, &operator, NONE).await;
    assert_eq!((done.status, &done.json()["state"]), (StatusCode::OK, &json!("rejected")));
    assert!(site.store.jobs().list(JobChoice::All, None, 99).await.unwrap().is_empty());
    assert_eq!(site.ask("POST", &cancel, &operator, NONE).await.status, StatusCode::CONFLICT);
    let none = site.ask("POST", "jobs/none/cancel", &operator, NONE).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let left = site.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!(left.state, SubmissionState::Rejected);
}

#[tokio::test]
async fn an_operator_finds_a_failed_job_on_page_and_api_and_its_submitter_learns_of_the_fault() {
    let site = Site::published().await;
    let operator = site.token("o@x.org", Role::Operator).await;
    let participant = site.token("a@x.org", Role::Participant).await;
    let (first, second) = (
        received_submission(&site, "a@x.org", "First").await,
        received_submission(&site, "a@x.org", "Second").await,
    );
    for _ in 0..2 * scr_store::MAX_ATTEMPTS {
        let job = site.store.jobs().claim("w", Duration::from_secs(60)).await.unwrap().unwrap();
        site.store.jobs().release(&job.claim, "out of memory").await.unwrap();
        next_millisecond().await;
    }
    site.store.jobs().end_exhausted("w").await.unwrap();
    let page = site.ask("GET", "jobs?failed=true&limit=1", &operator, NONE).await.json();
    let job = &page["jobs"][0];
    assert_eq!((&job["submission"], &job["state"]), (&json!(first), &json!("failed")));
    assert_eq!(job["error"], "out of memory");
    let next = page["next"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
    let last = site.ask("GET", next, &operator, NONE).await.json();
    assert_eq!((&last["jobs"][0]["id"], &last["next"]), (&json!(second), NONE));
    let refused = site.ask("GET", "jobs?after=x", &operator, NONE).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let path = format!("submissions/{first}");
    let told = site.ask("GET", &path, &participant, NONE).await.json();
    assert_eq!((&told["state"], &told["is_site_fault"]), (&json!("rejected"), &json!(true)));
    let cookie = site.cookie("a@x.org").await;
    let page = page_as(&site, &format!("/{path}"), &cookie).await;
    let page = page.text();
    assert!(page.contains("failed to score") && !page.contains("out of memory"), "{page}");
    let operate = page_as(&site, "/operate", &site.cookie("o@x.org").await).await;
    let operate = operate.text();
    assert!(operate.contains("out of memory") && operate.contains(&format!("{first}/retry")));
    assert_eq!(site.store.counts().await.unwrap().dead_letters, 2);

    for (id, act) in [(&first, "drop"), (&second, "retry")] {
        let path = format!("jobs/{id}/{act}");
        let no_content = site.ask("POST", &path, &operator, NONE).await.status;
        // The upload of this submission has no byte.
        let expected = if act == "drop" { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT };
        assert_eq!(no_content, expected, "{act}");
    }
    let told = site.ask("GET", &path, &participant, NONE).await.json();
    assert_eq!(told["is_site_fault"], false);
    for act in ["drop", "retry"] {
        let path = format!("jobs/none/{act}");
        let unknown = site.ask("POST", &path, &operator, NONE).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{act}");
    }
}
