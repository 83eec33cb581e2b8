//! Pages of long lists: each row once, in order, over pages and answers of the API.

use std::collections::BTreeSet;

use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, PublicationDocument, PublicationState,
    Quota, SuspicionsDocument,
};
use scr_store::{NewSubmission, Role};
use serde_json::Value;

use crate::accounts::page_as;
use crate::fixture::Site;

/// Rows of a full page.
const A_PAGE: usize = 50;
/// Rows of a list of three pages.
const N_ROWS: usize = 2 * A_PAGE + 1;

/// Texts after `start`, up to a quote or a tag, in order.
fn texts(page: &str, start: &str) -> Vec<String> {
    let rest = page.split(start).skip(1);
    rest.map(|text| text.split(['"', '<']).next().unwrap().to_owned()).collect()
}

/// Rows of each page of a list, which begin with `row`, from `first` to the page without a next.
async fn pages(site: &Site, first: &str, cookie: &str, row: &str) -> Vec<Vec<String>> {
    let (mut found, mut address) = (Vec::new(), first.to_owned());
    loop {
        let answer = page_as(site, &address, cookie).await;
        let text = answer.text();
        found.push(texts(text, row));
        assert_eq!(text.contains(">First page<"), found.len() > 1, "{address}");
        match texts(text, "rel=\"next\" href=\"").pop() {
            Some(next) => address = next,
            None => return found,
        }
    }
}

/// Identifiers of all items of a list of the API, by answers of 40.
async fn answers(site: &Site, list: &str, token: &str, key: (&str, &str)) -> Vec<String> {
    let (mut found, mut path) = (Vec::new(), format!("{list}limit=40"));
    loop {
        let answer = site.ask("GET", &path, token, &Value::Null).await.json();
        let items = answer[key.0].as_array().unwrap();
        assert!(items.len() <= 40);
        found.extend(items.iter().map(|one| one[key.1].as_str().unwrap().to_owned()));
        match answer["next"].as_str() {
            Some(next) => path = next.strip_prefix("/api/v1/").unwrap().to_owned(),
            None => return found,
        }
    }
}

fn assert_each_once(pages: &[Vec<String>]) -> Vec<String> {
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [A_PAGE, A_PAGE, 1]);
    let all = pages.concat();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), N_ROWS);
    all
}

#[tokio::test]
async fn pages_of_submissions_and_of_the_queue_have_each_submission_once() {
    let site = Site::published().await;
    let token = site.token("c@x.org", Role::Curator).await;
    let cookie = site.cookie("c@x.org").await;
    let settings = BenchmarkSettings {
        submissions: Quota { count: 1000, ..Quota::default() },
        ..BenchmarkSettings::default()
    };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let user = site.store.accounts().by_email("c@x.org").await.unwrap().unwrap();
    let result = site.store.entries().get(site.entry("Hole")).await.unwrap().unwrap().result;
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let handle = site.store.submissions();
    for _ in 0..N_ROWS {
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
        let begun = handle.begin(new).await.unwrap();
        handle.mark_received(&begun.id, &user.id).await.unwrap();
        let begun = handle.get(&begun.id).await.unwrap().unwrap();
        handle.record_check(&begun, "w", &SuspicionsDocument::default()).await.unwrap();
        handle.confirm(&begun.id, &user.id).await.unwrap();
        let findings = FindingsDocument::default();
        handle.record_scores(&begun.id, "w", &result, &findings).await.unwrap();
    }
    let row = "<th scope=\"row\"><a href=\"/submissions/";
    let own = assert_each_once(&pages(&site, "/submissions", &cookie, row).await);
    let row = "<th scope=\"row\"><a href=\"/review/";
    let queue = assert_each_once(&pages(&site, "/review", &cookie, row).await);
    let key = ("submissions", "submission");
    assert_eq!(answers(&site, "submissions?", &token, key).await, own);
    assert_eq!(answers(&site, "review?", &token, key).await, queue);
    let mistyped = page_as(&site, "/submissions?after=x", &cookie).await;
    assert_eq!(texts(mistyped.text(), "<th scope=\"row\"><a href=\"/submissions/"), own[..A_PAGE]);
}

#[tokio::test]
async fn pages_of_messages_and_publications_have_each_once() {
    let site = Site::published().await;
    let token = site.token("o@x.org", Role::Operator).await;
    let cookie = site.cookie("o@x.org").await;
    let publications = site.store.publications();
    for number in 0..N_ROWS {
        let message = format!("message {number}");
        site.store.feedback().add("", "", &message).await.unwrap();
        let document = PublicationDocument {
            doi: format!("10.1000/{number}"),
            title: format!("Title {}", number % 3),
            authors: vec!["A".into()],
            year: 2000 + u16::try_from(number % 4).unwrap(),
            ..PublicationDocument::default()
        };
        publications.propose("tiny", document).await.unwrap();
    }
    let row = "class=\"plain-text\">message ";
    let messages = assert_each_once(&pages(&site, "/operate", &cookie, row).await);
    let sent = answers(&site, "feedback?", &token, ("messages", "message")).await;
    assert_eq!(sent, messages.iter().map(|rest| format!("message {rest}")).collect::<Vec<_>>());

    let row = "href=\"https://doi.org/";
    assert_each_once(&pages(&site, "/review", &cookie, row).await);
    let proposed = "benchmarks/tiny/publications?state=proposed&";
    let key = ("publications", "id");
    let ids = answers(&site, proposed, &token, key).await;
    for id in &ids {
        publications.set_state(id, PublicationState::Shown).await.unwrap();
    }
    let list = "benchmarks/tiny/publications?";
    assert_eq!(answers(&site, list, "", key).await, ids, "the same order in every state");
    let shown = assert_each_once(&pages(&site, "/benchmarks/tiny/publications", "", row).await);
    assert_eq!(answers(&site, list, "", ("publications", "doi")).await, shown);
    let bib = site.page("/benchmarks/tiny/publications.bib").await;
    assert_eq!(bib.matches('@').count(), N_ROWS, "a download has all");
    let other = format!("{proposed}after={}", ids[0]);
    let refused = site.ask("GET", &other, &token, &Value::Null).await;
    assert_eq!(refused.status.as_u16(), 422, "it is shown now");
}
