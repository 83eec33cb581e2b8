//! Reports of readers: publications and messages.

use axum::http::StatusCode;
use scr_documents::PublicationState;
use scr_store::Role;

use crate::fixture::Site;

const PUBLICATIONS: &str = "/benchmarks/tiny/publications";
const GOOD: &str = "doi=https%3A%2F%2Fdoi.org%2F10.1000%2FXyz&title=On+%3Cb%3Elungs%3C%2Fb%3E+%26+more\
    &authors=A.+One%0D%0AB.+Two%0D%0A&venue=Journal&year=2026";

#[tokio::test]
async fn a_publication_is_listed_once_a_curator_shows_it() {
    let site = Site::published().await;
    let entry = site.entry("Hole").to_owned();
    let answer = site.post(PUBLICATIONS, &format!("{GOOD}&entries={entry}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(
        site.page(answer.header("location").split('#').next().unwrap()).await.contains("Thank you")
    );
    assert!(!site.page(PUBLICATIONS).await.contains("lungs"), "nobody has looked at it yet");
    assert_eq!(site.post(PUBLICATIONS, GOOD).await.status, StatusCode::SEE_OTHER);
    let reported = site.store.publications().list(None, 99).await.unwrap();
    assert_eq!(reported.len(), 1, "a DOI is kept once");
    let state = async |state| site.store.publications().set_state(&reported[0].id, state).await;
    state(PublicationState::Shown).await.unwrap();
    let page = site.page(PUBLICATIONS).await;
    assert!(page.contains("On &#60;b&#62;lungs") && page.contains("A. One, B. Two"));
    assert!(page.contains("href=\"https://doi.org/10.1000/xyz\" rel=\"noopener nofollow\""));
    assert!(page.contains(&format!("Describes <a href=\"/entries/{entry}\">Hole</a>")));
    let bib = site.page("/benchmarks/tiny/publications.bib").await;
    assert!(bib.starts_with("@article{doi:10.1000:xyz,"), "{bib}");
    assert!(bib.contains("author = {A. One and B. Two}") && bib.contains("lungs</b> \\& more"));
    state(PublicationState::Hidden).await.unwrap();
    assert!(!site.page(PUBLICATIONS).await.contains("lungs"));
}

#[tokio::test]
async fn everything_wrong_with_a_report_is_told_at_once_and_nothing_is_lost() {
    let site = Site::published().await;
    let bad = "doi=javascript:x&title=&authors=&year=now&venue=Kept&entries=nobody";
    let answer = site.post(PUBLICATIONS, bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["doi", "title", "authors", "year", "entries"] {
        assert!(answer.text().contains(&format!("<li>{field}: expected ")), "{field}");
    }
    assert!(answer.text().contains("value=\"Kept\"") && answer.text().contains("value=\"now\""));
    assert!(site.store.publications().list(None, 99).await.unwrap().is_empty());
    let long = format!("{GOOD}&venue={}", "x".repeat(70_000));
    assert_eq!(site.post(PUBLICATIONS, &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let nowhere = site.post("/benchmarks/other/publications", GOOD).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_message_reaches_the_operator_and_no_page() {
    let site = Site::published().await;
    let sent = site
        .post("/feedback", "benchmark=tiny&message=A+<script>+note&reply_to=a@example.org")
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(site.page(sent.header("location")).await.contains("Thank you"));
    let kept = site.store.feedback().list(None, 99).await.unwrap();
    assert_eq!(
        (kept[0].benchmark_id.as_str(), kept[0].message.as_str()),
        ("tiny", "A <script> note")
    );
    let wrong = site.post("/feedback", "message=&reply_to=no+address").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["message", "reply to"] {
        assert!(wrong.text().contains(&format!("<li>{field}: expected ")), "{field}");
    }
    assert_eq!(site.store.feedback().list(None, 99).await.unwrap().len(), 1);
    assert!(site.page("/feedback?benchmark=tiny").await.contains("value=\"tiny\" selected"));
}

#[tokio::test]
async fn a_form_for_everyone_takes_nothing_from_programs_and_not_without_end() {
    let site = Site::published().await;
    let trapped = site.post("/feedback", "message=Buy&website=https://x.org").await;
    assert_eq!(trapped.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..9 {
        let sent = site.post("/feedback", "message=Hello").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
    }
    let refused = site.post(PUBLICATIONS, GOOD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(site.store.feedback().list(None, 99).await.unwrap().len(), 9);
}

#[tokio::test]
async fn a_message_is_mailed_to_operators_alone() {
    let site = Site::published().await;
    for (email, role) in [("o@x.org", Role::Operator), ("c@x.org", Role::Curator)] {
        site.store.accounts().add(email, "Ann", role, None).await.unwrap();
    }
    site.post("/feedback", "message=Where+is+the+heart%3F").await;
    let mail = site.store.mail().claim().await.unwrap().unwrap();
    assert_eq!(mail.to, "o@x.org");
    assert!(mail.body.contains("Where is the heart?"), "{}", mail.body);
    assert!(site.store.mail().claim().await.unwrap().is_none());
}
