//! Submission and review pages, used without script.

use std::io::{Cursor, Write};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_documents::{BenchmarkSettings, FlagKind, Reference, SubmissionState};
use scr_store::Role;
use scr_work::Worker;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::fixture::{Answer, HOSTILE, Site, blank_mask, mask_files};

const FORM: &str = "/benchmarks/tiny/submit";

/// Site that accepts submissions, with a worker.
struct SubmissionTest {
    site: Site,
    worker: Worker,
}

/// Cookie of a signed-in person.
struct Person(String);

impl SubmissionTest {
    async fn new() -> Self {
        let site = Site::taking_masks().await;
        let worker = Worker::new(site.store.clone(), "w");
        Self { site, worker }
    }

    async fn person(&self, email: &str, role: Role) -> Person {
        let store = &self.site.store;
        let user = store.accounts().add(email, "N", role, None).await.unwrap();
        Person(format!("scr-session={}", store.sessions().begin(&user.id, "").await.unwrap()))
    }

    async fn get(&self, who: &Person, address: &str) -> Answer {
        let request = Request::get(address).header("Cookie", &who.0).body(Body::empty());
        self.site.send(request.unwrap()).await
    }

    async fn page(&self, who: &Person, address: &str) -> String {
        let answer = self.get(who, address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        answer.text().to_owned()
    }

    async fn post(&self, who: &Person, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header("Cookie", &who.0)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.site.send(request.unwrap()).await
    }

    /// Submits the form as a browser does.
    async fn submit(&self, who: &Person, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            write!(
                body,
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .unwrap();
        }
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.zip\"\r\n";
        write!(body, "{head}Content-Type: application/zip\r\n\r\n").unwrap();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::post(FORM)
            .header("Cookie", &who.0)
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(Body::from(body));
        self.site.send(request.unwrap()).await
    }

    /// Submits masks moved to the right and waits until they await review. Returns the
    /// submission's identifier.
    async fn scored(&self, who: &Person, name: &str, shift: usize) -> String {
        self.scored_with(who, &[("name", name)], shift).await
    }

    /// As [`scored`](Self::scored), with further fields.
    async fn scored_with(&self, who: &Person, named: &[(&str, &str)], shift: usize) -> String {
        let fields = [named, &GOOD[1..]].concat();
        let page = location(&self.submit(who, &fields, &zipped("", shift)).await);
        self.work().await;
        location(&self.post(who, &format!("{page}/confirm"), "").await);
        self.work().await;
        page.rsplit('/').next().unwrap().to_owned()
    }

    async fn state(&self, id: &str) -> SubmissionState {
        self.site.store.submissions().get(id).await.unwrap().unwrap().state
    }

    /// As [`scored`](Self::scored), with these files.
    async fn scored_masks(
        &self,
        who: &Person,
        name: &str,
        files: impl Iterator<Item = (String, Vec<u8>)>,
    ) -> String {
        let fields = [&[("name", name)], &GOOD[1..]].concat();
        let page = location(&self.submit(who, &fields, &zip_of(files)).await);
        self.work().await;
        location(&self.post(who, &format!("{page}/confirm"), "").await);
        self.work().await;
        page.rsplit('/').next().unwrap().to_owned()
    }

    /// Messages of the flags of a submission.
    async fn messages(&self, id: &str) -> Vec<String> {
        let submission = self.site.store.submissions().get(id).await.unwrap().unwrap();
        submission.findings.unwrap().flags.into_iter().map(|flag| flag.message).collect()
    }

    /// Kinds of the flags of a submission.
    async fn flags(&self, id: &str) -> Vec<FlagKind> {
        let submission = self.site.store.submissions().get(id).await.unwrap().unwrap();
        submission.findings.unwrap().flags.iter().map(|flag| flag.kind).collect()
    }

    /// Runs all waiting jobs.
    async fn work(&self) {
        while self.worker.do_one().await.unwrap() {}
    }
}

const GOOD: [(&str, &str); 5] = [
    ("name", HOSTILE),
    ("authors", "A. Tester\r\n\r\nB. Tester"),
    ("description", "line\r\nline"),
    ("two_fold_declaration", "yes"),
    ("accept_terms", "yes"),
];

/// Zip file of the fixture's masks, without the named one.
fn zipped(without: &str, shift: usize) -> Vec<u8> {
    let files = mask_files(shift).into_iter().filter(|(path, _)| path != without);
    zip_of(files)
}

fn zip_of(files: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, png) in files {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(&png).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

#[tokio::test]
async fn all_that_is_wrong_with_the_form_is_told_at_once_and_what_was_typed_stays() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    assert!(test.page(&who, FORM).await.contains("2 GiB"));
    let typed = [("name", " "), ("training", "on <b>other</b> images")];
    let answer = test.submit(&who, &typed, b"").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    for field in ["card.name", "card.two_fold_declaration", "accept_terms", "size_bytes"] {
        let shown = format!("data-field-error=\"{field}\">");
        assert!(page.contains(&shown), "{field} is not told: {page}");
    }
    assert!(
        page.contains("data-field-error=\"card.code\" hidden>"),
        "nothing is wrong with the code"
    );
    assert!(page.contains("on &#60;b&#62;other"), "what was typed stays: {page}");
    assert!(test.page(&who, "/submissions").await.contains("no submissions yet"));
}

#[tokio::test]
async fn masks_go_from_a_form_to_a_public_entry_without_script() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let other = test.person("q@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;

    // A missing mask is named, and the form keeps the card for the next attempt.
    let bad = location(&test.submit(&who, &GOOD, &zipped("heart/T3.png", 1)).await);
    assert!(test.page(&who, &bad).await.contains("http-equiv=\"refresh\""), "it goes on");
    test.work().await;
    let page = test.page(&who, &bad).await;
    assert!(page.contains("heart/T3") && page.contains("Fix and upload again"), "{page}");
    assert!(!page.contains("http-equiv=\"refresh\""), "nothing goes on");
    let id = bad.rsplit('/').next().unwrap();
    let again = test.page(&who, &format!("{FORM}?from={id}")).await;
    assert!(again.contains("A. Tester\nB. Tester") && again.contains("line\nline"), "{again}");
    let foreign = test.page(&other, &format!("{FORM}?from={id}")).await;
    assert!(!foreign.contains("A. Tester"), "another's card is not shown");

    // A complete set is checked, confirmed and scored.
    let good = location(&test.submit(&who, &GOOD, &zipped("", 1)).await);
    test.work().await;
    assert!(test.page(&who, &good).await.contains("Score these masks"));
    for (person, status) in [
        (&other, StatusCode::NOT_FOUND),
        (&curator, StatusCode::NOT_FOUND),
        (&who, StatusCode::SEE_OTHER),
    ] {
        let answer = test.post(person, &format!("{good}/confirm"), "").await;
        assert_eq!(answer.status, status);
    }
    test.work().await;
    let page = test.page(&who, &good).await;
    assert!(
        page.contains("Lung fields") && page.contains("Mean overlap in the two folds"),
        "{page}"
    );
    assert!(page.contains("&#60;script&#62;") && !page.contains(HOSTILE), "texts are escaped");
    let csv = test.page(&who, &format!("{good}/results.csv")).await;
    assert!(csv.starts_with("image,fold,") && csv.contains("\nT1,"), "{csv}");
    let json = test.get(&who, &format!("{good}/results.json")).await;
    assert_eq!(json.header("cache-control"), "no-store");
    assert!(json.json()["masks_digest"].as_str().unwrap().starts_with("sha256:"));
    for file in ["results.csv", "results.json"] {
        assert!(page.contains(&format!("href=\"{good}/{file}\"")), "{file}");
        let refused = test.get(&other, &format!("{good}/{file}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{file}");
    }
    let look =
        page.split('"').find(|part| part.contains("/browse/T")).unwrap().replace("&#38;", "&");
    assert!(test.page(&who, &look).await.contains("submitted, not public"));
    assert_eq!(test.site.get(&look).await.status, StatusCode::NOT_FOUND, "not for a stranger");
    assert_eq!(test.get(&other, &good).await.status, StatusCode::NOT_FOUND);

    // The curator decides.
    let id = good.rsplit('/').next().unwrap();
    assert!(test.page(&curator, "/review").await.contains(id));
    let review = format!("/review/{id}");
    let page = test.page(&curator, &review).await;
    assert!(page.contains("Where it would stand") && page.contains("p@x.org"), "{page}");
    let unsaid = test.post(&curator, &format!("{review}/return"), "message=+").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = test.post(&who, &format!("{review}/publish"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(test.get(&who, &review).await.status, StatusCode::FORBIDDEN);
    let answer = "answer=The+fixture+has+an+entry+of+the+same+masks.";
    location(&test.post(&curator, &format!("{review}/publish"), answer).await);
    test.work().await;
    let published = test.site.store.submissions().get(id).await.unwrap().unwrap();
    assert_eq!(published.state, SubmissionState::Published);
    let entry = format!("/entries/{}", published.entry_id.unwrap());
    assert!(test.page(&who, &good).await.contains(&entry));
    assert_eq!(test.site.get(&entry).await.status, StatusCode::OK, "a stranger sees it");
    assert!(!test.site.store.uploads().path(id).exists(), "the entry has the masks now");
}

#[tokio::test]
async fn a_returned_submission_says_why_and_a_withdrawn_one_is_gone_from_the_queue() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let page = location(&test.submit(&who, &GOOD, &zipped("", 1)).await);
        test.work().await;
        location(&test.post(&who, &format!("{page}/confirm"), "").await);
        test.work().await;
        waiting.push(page);
    }
    let review = waiting[0].replace("submissions", "review");
    let message = "message=Say+%3Cb%3Emore%3C%2Fb%3E+of+it";
    location(&test.post(&curator, &format!("{review}/return"), message).await);
    let page = test.page(&who, &waiting[0]).await;
    assert!(page.contains("Say &#60;b&#62;more&#60;/b&#62; of it"), "{page}");
    assert!(page.contains("<td>curator</td>"), "the role decides, not the name: {page}");
    location(&test.post(&who, &format!("{}/withdraw", waiting[1]), "").await);
    assert!(test.page(&curator, "/review").await.contains("No submission awaits review"));
    let again = test.post(&who, &format!("{}/withdraw", waiting[1]), "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn masks_of_an_entry_and_of_the_reference_are_flagged() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let page = location(&test.submit(&who, &GOOD, &zipped("", 0)).await);
    test.work().await;
    let checked = test.page(&who, &page).await;
    assert!(checked.contains("equal to the reference in every pixel"), "{checked}");
    location(&test.post(&who, &format!("{page}/confirm"), "").await);
    test.work().await;
    let review = test.page(&curator, &page.replace("submissions", "review")).await;
    assert!(review.contains("Same masks") && review.contains(test.site.entry("Exact")), "{review}");
    assert!(review.contains("Almost the reference"), "{review}");
    assert!(!test.page(&who, &page).await.contains("Same masks"), "flags are the curator's");
}

#[tokio::test]
async fn flags_on_whose_work_it_is_are_answered_or_nothing_is_published() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let id = test.scored(&who, "Other", 0).await;
    let review = format!("/review/{id}");
    let page = test.page(&curator, &review).await;
    assert!(page.contains("<textarea id=\"answer\"") && page.contains("required"), "{page}");
    let publish = format!("{review}/publish");
    let unanswered = test.post(&curator, &publish, "answer=+%0D%0A").await;
    assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unanswered.text().contains("required: an answer to the flags"));
    let hostile = test.post(&curator, &publish, "answer=a%E2%80%AEb").await;
    assert_eq!(hostile.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sign in ["a", "%F0%9F%AB%81"] {
        let long = test.post(&curator, &publish, &format!("answer={}", sign.repeat(2001))).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY, "too long, however encoded");
    }
    assert_eq!(test.state(&id).await, SubmissionState::AwaitingReview);

    location(&test.post(&curator, &publish, "answer=The+same+%3Cgroup%3E.").await);
    test.work().await;
    let published = test.site.store.submissions().get(&id).await.unwrap().unwrap();
    let entry = published.entry_id.unwrap();
    let evidence = test.site.get(&format!("/api/v1/record/entries/{entry}")).await.json();
    assert_eq!(evidence["answer"], "The same <group>.");
    let page = test.page(&curator, &review).await;
    assert!(page.contains("The same &#60;group&#62;."), "{page}");
}

#[tokio::test]
async fn names_that_look_like_an_entry_s_are_flagged() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    for (name, expected) in [
        ("Exact", Some(FlagKind::SameName)),
        ("Ex\u{430}ct", Some(FlagKind::LookAlikeName)),
        ("exact", Some(FlagKind::LookAlikeName)),
        ("Inexact", None),
    ] {
        let id = test.scored(&who, name, 2).await;
        let flags = test.flags(&id).await;
        let names = [FlagKind::SameName, FlagKind::LookAlikeName];
        let found = flags.into_iter().find(|kind| names.contains(kind));
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_correction_may_have_the_name_of_all_that_it_corrects() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let mut entries: Vec<String> = Vec::new();
    for shift in 2..5 {
        let corrects = entries.last().cloned().unwrap_or_default();
        let fields = [("name", "Net"), ("corrects", corrects.as_str())];
        let id = test.scored_with(&who, &fields, shift).await;
        assert!(!test.flags(&id).await.contains(&FlagKind::SameName), "version {shift}");
        location(&test.post(&curator, &format!("/review/{id}/publish"), "answer=Seen.").await);
        test.work().await;
        let submission = test.site.store.submissions().get(&id).await.unwrap().unwrap();
        entries.push(submission.entry_id.unwrap());
    }
    let beside = test.scored(&who, "Net", 5).await;
    assert!(test.flags(&beside).await.contains(&FlagKind::SameName), "it corrects nothing");
}

#[tokio::test]
async fn who_may_decide_on_their_own_is_asked_for_an_answer_also_to_flags_that_are_hidden() {
    let test = SubmissionTest::new().await;
    let settings = BenchmarkSettings {
        reference: Reference::Hidden,
        own_reviews: true,
        ..BenchmarkSettings::default()
    };
    test.site.store.settings().set("tiny", &settings).await.unwrap();
    let curator = test.person("c@x.org", Role::Curator).await;
    let publish = format!("/review/{}/publish", test.scored(&curator, "Exact", 2).await);
    let asked = test.post(&curator, &publish, "").await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("<textarea id=\"answer\""), "{}", asked.text());
    location(&test.post(&curator, &publish, "answer=A+site+of+one.").await);
}

#[tokio::test]
async fn masks_of_a_withdrawn_entry_are_flagged_and_the_second_of_two_alike_waits_again() {
    let test = SubmissionTest::new().await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let (one, other) = (
        test.person("p@x.org", Role::Participant).await,
        test.person("q@x.org", Role::Participant).await,
    );
    let first = test.scored(&one, "First", 3).await;
    let second = test.scored(&other, "Second", 3).await;
    assert!(!test.flags(&second).await.contains(&FlagKind::SameMasks), "there is no entry yet");
    for id in [&first, &second] {
        location(&test.post(&curator, &format!("/review/{id}/publish"), "").await);
    }
    test.work().await;
    assert_eq!(test.state(&first).await, SubmissionState::Published);
    assert_eq!(test.state(&second).await, SubmissionState::AwaitingReview);
    assert!(test.flags(&second).await.contains(&FlagKind::SameMasks));
    location(&test.post(&curator, &format!("/review/{second}/publish"), "answer=Twins.").await);
    test.work().await;
    assert_eq!(test.state(&second).await, SubmissionState::Published);

    let entry = test.site.store.submissions().get(&first).await.unwrap().unwrap().entry_id.unwrap();
    test.site.store.entries().withdraw(&entry, "x", "y").await.unwrap();
    let entry =
        test.site.store.submissions().get(&second).await.unwrap().unwrap().entry_id.unwrap();
    test.site.store.entries().withdraw(&entry, "x", "y").await.unwrap();
    let third = test.scored(&one, "Third", 3).await;
    assert!(test.flags(&third).await.contains(&FlagKind::SameMasks), "withdrawn ones count");
}

#[tokio::test]
async fn events_tell_the_state_and_end_with_it() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let page = location(&test.submit(&who, &GOOD, &zipped("heart/T3.png", 1)).await);
    test.work().await;
    let events = format!("/api/v1{page}/events");
    let answer = test.get(&who, &events).await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert!(answer.text().contains("\"state\":\"rejected\""), "{}", answer.text());
    assert_eq!(test.site.get(&events).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_correction_is_of_an_entry_of_one_s_own() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let exact = test.site.entry("Exact").to_owned();
    let with = |entry: &'static str| [&GOOD[..], &[("corrects", entry)]].concat();
    let entry: &'static str = Box::leak(exact.into_boxed_str());
    let refused = test.submit(&who, &with(entry), &zipped("", 1)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = location(&test.submit(&who, &with(""), &zipped("", 1)).await);
    let id = none.rsplit('/').next().unwrap();
    assert_eq!(test.site.store.submissions().get(id).await.unwrap().unwrap().supersedes, None);
}

#[tokio::test]
async fn an_operator_sees_jobs_and_cancels_one_and_nobody_else_does() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    let curator = test.person("c@x.org", Role::Curator).await;
    let operator = test.person("o@x.org", Role::Operator).await;
    let page = location(&test.submit(&who, &GOOD, &zipped("", 1)).await);
    let id = page.rsplit('/').next().unwrap();
    let shown = test.page(&operator, "/operate").await;
    assert!(shown.contains(id) && shown.contains("waiting"), "{shown}");
    let cancel = format!("/operate/jobs/{id}/cancel");
    for person in [&who, &curator] {
        assert_eq!(test.get(person, "/operate").await.status, StatusCode::FORBIDDEN);
        assert_eq!(test.post(person, &cancel, "").await.status, StatusCode::FORBIDDEN);
    }
    location(&test.post(&operator, &cancel, "").await);
    assert!(test.page(&operator, "/operate").await.contains("There are no jobs"));
    assert!(test.page(&who, &page).await.contains("the operator of this site stopped it"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_and_comes_back() {
    let site = Site::published().await;
    for address in [FORM, "/submissions", "/submissions/x", "/review", "/review/x", "/operate"] {
        let answer = site.get(address).await;
        let to = location(&answer);
        assert!(to.starts_with("/account/sign-in?next=%2F"), "{address}: {to}");
    }
}

#[tokio::test]
async fn a_set_of_mostly_empty_masks_is_not_scored_against_a_hidden_reference() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    // Hearts in two of six images, where three are needed.
    let is_kept =
        |path: &str| !path.starts_with("heart/") || ["T1", "T2"].iter().any(|t| path.contains(t));
    let probe = || {
        let masks = mask_files(0).into_iter();
        zip_of(
            masks
                .map(|(path, png)| if is_kept(&path) { (path, png) } else { (path, blank_mask()) }),
        )
    };
    let state_of = async |address: &str| {
        let id = address.trim_start_matches("/submissions/");
        test.site.store.submissions().get(id).await.unwrap().unwrap()
    };
    let mut fields = GOOD.to_vec();
    fields.push(("confirm", "yes"));
    let settings =
        BenchmarkSettings { reference: Reference::Hidden, ..BenchmarkSettings::default() };
    test.site.store.settings().set("tiny", &settings).await.unwrap();
    let address = location(&test.submit(&who, &fields, &probe()).await);
    test.work().await;
    let found = state_of(&address).await;
    assert_eq!((found.state, found.result), (SubmissionState::Rejected, None));
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    let page = test.page(&who, &address).await;
    assert!(page.contains("masks with pixels in at least 3 of 6 images"), "{page}");
    let shown = BenchmarkSettings::default();
    test.site.store.settings().set("tiny", &shown).await.unwrap();
    let address = location(&test.submit(&who, &fields, &probe()).await);
    test.work().await;
    assert_ne!(state_of(&address).await.state, SubmissionState::Rejected, "the reference is shown");
}

#[tokio::test]
async fn an_object_copied_from_an_entry_is_flagged_beside_new_ones() {
    let test = SubmissionTest::new().await;
    let who = test.person("p@x.org", Role::Participant).await;
    // The heart of the entry "Shifted", with new lungs.
    let hearts = mask_files(2).into_iter().filter(|(path, _)| path.contains("heart"));
    let lungs = mask_files(3).into_iter().filter(|(path, _)| !path.contains("heart"));
    let id = test.scored_masks(&who, "Mixed", hearts.chain(lungs)).await;
    let messages = test.messages(&id).await;
    let copied = "the masks of some objects (Heart) are those of “Shifted”, pixel by pixel";
    assert!(messages.iter().any(|message| message == copied), "{messages:?}");
    let new = test.scored_masks(&who, "New", mask_files(4).into_iter()).await;
    assert!(!test.flags(&new).await.contains(&FlagKind::SameMasks));
}
