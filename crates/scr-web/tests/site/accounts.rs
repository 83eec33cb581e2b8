//! Sign-in, sign-out, and the pages of an account.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_documents::CardDocument;
use scr_store::{NewSubmission, Role};

use crate::fixture::{Answer, Site};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Submits a form as a browser does, with the cookie of a session or an empty one.
pub(crate) async fn post(site: &Site, address: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(address)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", cookie)
        .header("Sec-Fetch-Site", "same-origin")
        .header("User-Agent", "Test browser")
        .body(Body::from(form.to_owned()));
    site.send(request.unwrap()).await
}

/// Requests a page with the cookie of a session.
pub(crate) async fn page_as(site: &Site, address: &str, cookie: &str) -> Answer {
    let request = Request::get(address).header("Cookie", cookie).body(Body::empty());
    site.send(request.unwrap()).await
}

/// Cookie `name=secret` of the session that a response begins.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Adds an account and signs in; returns the cookie.
pub(crate) async fn signed_in(site: &Site, email: &str, role: Role) -> String {
    site.store.accounts().add(email, "Ann", role, Some(PASSWORD)).await.unwrap();
    let form = format!("email={email}&password={PASSWORD}");
    cookie(&post(site, "/account/sign-in", "", &form).await)
}

#[tokio::test]
async fn a_person_signs_in_is_sent_back_and_signs_out() {
    let site = Site::empty().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
    let answer = site.get("/account?x=1").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/account/sign-in?next=%2Faccount%3Fx%3D1");
    assert!(site.page(answer.header("location")).await.contains(r#"value="/account?x=1""#));

    let form = format!("email=A@x.org&password={PASSWORD}&next=/account?x=1");
    let answer = post(&site, "/account/sign-in", "", &form).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account?x=1"));
    let set = answer.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let cookie = cookie(&answer);
    let page = page_as(&site, "/account", &cookie).await;
    assert!(page.text().contains("a@x.org"), "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");

    let answer = post(&site, "/account/sign-out", &cookie, "").await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(page_as(&site, "/account", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike_and_lead_nowhere() {
    let site = Site::empty().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
    let mut told = Vec::new();
    for email in ["a@x.org", "b@x.org"] {
        let form = format!("email={email}&password=wrong&next=//evil.org");
        let answer = post(&site, "/account/sign-in", "", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), "");
        assert!(!answer.text().contains("evil.org"));
        told.push(answer.text().replace(email, ""));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn each_sign_in_begins_a_session_of_its_own_and_ends_the_one_before() {
    let site = Site::empty().await;
    let first = signed_in(&site, "a@x.org", Role::Participant).await;
    let form = format!("email=a@x.org&password={PASSWORD}");
    let second = cookie(&post(&site, "/account/sign-in", &first, &form).await);
    assert_ne!(first, second);
    assert_eq!(page_as(&site, "/account", &first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(page_as(&site, "/account", &second).await.status, StatusCode::OK);
    // Session fixation: a planted secret becomes no session.
    let planted = format!("scr-session={}", "0".repeat(64));
    let third = cookie(&post(&site, "/account/sign-in", &planted, &form).await);
    assert_ne!(third, planted);
    assert_eq!(page_as(&site, "/account", &planted).await.status, StatusCode::SEE_OTHER);
}

/// Subject of the waiting mail, and the secret of its one-time link.
pub(crate) async fn mailed(site: &Site) -> (String, String) {
    let mail = loop {
        if let Some(mail) = site.store.mail().claim().await.unwrap() {
            break mail;
        }
        tokio::task::yield_now().await;
    };
    site.store.mail().mark_sent(&mail.id).await.unwrap();
    let link = mail.body.split("?link=").nth(1).unwrap_or_default();
    (mail.subject, link.chars().take_while(char::is_ascii_hexdigit).collect())
}

#[tokio::test]
async fn a_person_signs_up_confirms_by_mail_and_is_signed_in() {
    let site = Site::empty().await;
    let form = format!("name=Ann&email=a@x.org&password={PASSWORD}");
    let answer = post(&site, "/account/sign-up", "", &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    let early = format!("email=a@x.org&password={PASSWORD}");
    let answer = post(&site, "/account/sign-in", "", &early).await;
    assert!(answer.text().contains("not confirmed yet"), "{}", answer.text());
    let (_, link) = mailed(&site).await;
    // A mail scanner opens the link: a GET request changes nothing.
    for _ in 0..2 {
        let page = site.page(&format!("/account/confirm?link={link}")).await;
        assert!(page.contains(&link));
    }
    let form = format!("link={link}&password={PASSWORD}");
    let answer = post(&site, "/account/confirm", "", &form).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account"));
    let page = page_as(&site, "/account", &cookie(&answer)).await;
    assert!(page.text().contains("a@x.org"));
    let again = post(&site, "/account/confirm", "", &form).await;
    assert!(again.text().contains("used or has expired"), "{}", again.text());
}

#[tokio::test]
async fn who_wanted_a_page_comes_to_it_once_the_address_is_confirmed() {
    let site = Site::empty().await;
    let sign_in = site.page("/account/sign-in?next=/submissions%3Fa%3D1").await;
    assert!(sign_in.contains("href=\"/account/sign-up?next=%2Fsubmissions%3Fa%3D1\""), "{sign_in}");
    let page = site.page("/account/sign-up?next=/submissions%3Fa%3D1").await;
    assert!(page.contains(r#"name="next" value="/submissions?a=1""#), "{page}");
    for (number, (next, led_to)) in
        [("/submissions?a=1", "/submissions?a=1"), ("//evil.org", "/account")].iter().enumerate()
    {
        let form = format!("name=Ann&email={number}@x.org&password={PASSWORD}&next={next}");
        let answer = post(&site, "/account/sign-up", "", &form).await;
        assert_eq!(answer.status, StatusCode::OK);
        let kept = cookie(&answer);
        let (_, link) = mailed(&site).await;
        let form = format!("link={link}&password={PASSWORD}");
        let answer = post(&site, "/account/confirm", &kept, &form).await;
        assert_eq!(answer.header("location"), *led_to);
    }
}

#[tokio::test]
async fn a_token_is_made_for_the_time_that_its_owner_chooses() {
    let site = Site::empty().await;
    let owner = signed_in(&site, "a@x.org", Role::Participant).await;
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    let form =
        |expires: &str| format!("note={expires}&read=on&expires={expires}&password={PASSWORD}");
    for expires in ["30", "never"] {
        let answer = post(&site, "/account/tokens", &owner, &form(expires)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    let refused = post(&site, "/account/tokens", &owner, &form("soon")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("expected a number of days from 1 to 3650"));
    let tokens = site.store.tokens().of_user(&user.id).await.unwrap();
    let expiry =
        |note: &str| tokens.iter().find(|token| token.note == note).unwrap().expires_at.clone();
    assert_eq!((tokens.len(), expiry("never")), (2, None));
    let page = page_as(&site, "/account", &owner).await;
    assert!(page.text().contains(&expiry("30").unwrap()[..10]), "{}", page.text());
}

#[tokio::test]
async fn curators_find_the_review_queue_in_the_navigation_of_every_page() {
    let site = Site::published().await;
    let link = "<a href=\"/review\" data-live>Review</a>";
    let curator = signed_in(&site, "c@x.org", Role::Curator).await;
    let participant = signed_in(&site, "p@x.org", Role::Participant).await;
    for page in ["/", "/benchmarks/tiny", "/account", "/no-such-page"] {
        let of_curator = page_as(&site, page, &curator).await;
        assert!(of_curator.text().contains(link), "{page}");
        assert!(of_curator.header("vary").contains("cookie"), "{page}");
        for cookie in ["", &participant] {
            assert!(!page_as(&site, page, cookie).await.text().contains("/review"), "{page}");
        }
    }
}

#[tokio::test]
async fn privacy_notice_and_terms_are_linked_where_accounts_are_made() {
    let site = Site::empty().await;
    let page = site.page("/account/sign-up").await;
    for address in ["/privacy", "/terms"] {
        // In the foot, and next to the button.
        assert_eq!(page.matches(&format!("href=\"{address}\"")).count(), 2, "{page}");
    }
    let privacy = site.page("/privacy").await;
    for stored in
        ["E-mail address", "<h2>People with an account</h2>", "session ends after 14 days"]
    {
        assert!(privacy.contains(stored), "{stored}: {privacy}");
    }
    assert!(site.page("/terms").await.contains("<h2>Submissions</h2>"));
    let texts = scr_web::SiteTexts {
        privacy: "# Ours\n\n<script>alert(1)</script>".to_owned(),
        ..Default::default()
    };
    let settings = scr_web::SiteSettings { texts, ..Default::default() };
    let site = Site::empty_with(settings).await;
    let page = site.page("/privacy").await;
    assert!(page.contains("<h2>Ours</h2>") && !page.contains("<script>"), "{page}");
    assert!(site.page("/terms").await.contains("<h2>Submissions</h2>"));
}

#[tokio::test]
async fn signing_up_and_asking_for_a_password_tell_nobody_which_addresses_are_known() {
    let site = Site::empty().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
    for address in ["/account/sign-up", "/account/reset"] {
        let mut told = Vec::new();
        for email in ["a@x.org", "b@x.org"] {
            let form = format!("name=Eve&email={email}&password={PASSWORD}");
            let answer = post(&site, address, "", &form).await;
            assert_eq!(answer.header("set-cookie"), "");
            told.push((answer.status, answer.text().to_owned()));
        }
        assert_eq!(told[0], told[1], "{address}");
    }
}

#[tokio::test]
async fn a_lost_password_is_set_anew_by_mail() {
    let site = Site::empty().await;
    let before = signed_in(&site, "a@x.org", Role::Participant).await;
    post(&site, "/account/reset", "", "email=A@x.org").await;
    let (subject, link) = mailed(&site).await;
    assert_eq!(subject, "Set another password");
    let short = post(&site, "/account/new-password", "", &format!("link={link}&password=x")).await;
    assert!(short.text().contains("at least 12 characters"), "{}", short.text());
    let form = format!("link={link}&password=another long password");
    assert_eq!(post(&site, "/account/new-password", "", &form).await.status, StatusCode::OK);
    assert_eq!(page_as(&site, "/account", &before).await.status, StatusCode::SEE_OTHER);
    let form = "email=a@x.org&password=another long password";
    assert!(!cookie(&post(&site, "/account/sign-in", "", form).await).is_empty());
}

#[tokio::test]
async fn a_lost_password_ends_what_a_stranger_may_have_made_unless_the_box_is_ticked() {
    let site = Site::empty().await;
    signed_in(&site, "a@x.org", Role::Participant).await;
    for (box_, is_good) in [("&keep=on", true), ("", false)] {
        let token =
            site.store.tokens().create("a@x.org", [scr_store::Scope::Read], "").await.unwrap();
        assert_eq!(mailed(&site).await.0, "A new token for your account");
        post(&site, "/account/reset", "", "email=a@x.org").await;
        let (_, link) = mailed(&site).await;
        let form = format!("link={link}&password=another long password{box_}");
        let told = post(&site, "/account/new-password", "", &form).await;
        assert_eq!(told.status, StatusCode::OK);
        assert_eq!(told.text().contains("revoked all tokens"), !is_good);
        assert_eq!(mailed(&site).await.0, "Your password was changed");
        assert_eq!(site.store.tokens().authenticate(&token).await.unwrap().is_some(), is_good);
    }
}

#[tokio::test]
async fn another_password_asks_for_the_old_one_and_signs_all_other_browsers_out() {
    let site = Site::empty().await;
    let here = signed_in(&site, "a@x.org", Role::Participant).await;
    let there = site.cookie("a@x.org").await;
    let form = "old=wrong&new=another long password";
    let answer = post(&site, "/account/password", &here, form).await;
    assert!(answer.text().contains("The password is not right."));
    let form = format!("old={PASSWORD}&new=another long password");
    let answer = post(&site, "/account/password", &here, &form).await;
    let new = cookie(&answer);
    for (cookie, status) in
        [(&here, StatusCode::SEE_OTHER), (&there, StatusCode::SEE_OTHER), (&new, StatusCode::OK)]
    {
        assert_eq!(page_as(&site, "/account", cookie).await.status, status);
    }
}

#[tokio::test]
async fn browsers_are_signed_out_one_by_one_or_all_at_once_and_only_ones_own() {
    let site = Site::empty().await;
    let here = signed_in(&site, "a@x.org", Role::Participant).await;
    let there = site.cookie("a@x.org").await;
    let strangers = signed_in(&site, "b@x.org", Role::Participant).await;
    let digest_of = async |cookie: &str| {
        let secret = cookie.split('=').nth(1).unwrap().to_owned();
        site.store.sessions().get(&secret).await.unwrap().unwrap().1.digest
    };
    let form = format!("session={}", digest_of(&there).await);
    post(&site, "/account/sessions/end", &strangers, &form).await;
    assert_eq!(page_as(&site, "/account", &there).await.status, StatusCode::OK, "not a stranger's");
    post(&site, "/account/sessions/end", &here, &form).await;
    assert_eq!(page_as(&site, "/account", &there).await.status, StatusCode::SEE_OTHER);
    post(&site, "/account/sessions/end-all", &here, "").await;
    assert_eq!(page_as(&site, "/account", &here).await.status, StatusCode::SEE_OTHER);
    assert_eq!(page_as(&site, "/account", &strangers).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_shown_once_and_made_void_by_its_owner_alone() {
    let site = Site::empty().await;
    let owner = signed_in(&site, "a@x.org", Role::Participant).await;
    let stranger = signed_in(&site, "b@x.org", Role::Participant).await;
    let wrong = post(&site, "/account/tokens", &owner, "note=x&read=on&password=guessed").await;
    assert!(wrong.text().contains("The password is not right."), "{}", wrong.text());
    let known = |form: &str| format!("{form}&password={PASSWORD}");
    let refused = post(&site, "/account/tokens", &owner, &known("note=x&review=on")).await;
    assert!(refused.text().contains("role does not allow"), "{}", refused.text());
    let none = post(&site, "/account/tokens", &owner, &known("note=x")).await;
    assert!(none.text().contains("scopes: expected at least one"), "{}", none.text());
    let form = known("note=laptop&submit=on&read=on");
    let made = post(&site, "/account/tokens", &owner, &form).await;
    let token = made.text().split("id=\"token\">").nth(1).unwrap()[..68].to_owned();
    assert_eq!(made.header("cache-control"), "no-store");
    let caller = site.store.tokens().authenticate(&token).await.unwrap().unwrap();
    assert_eq!(caller.scopes.len(), 2);
    let page = page_as(&site, "/account", &owner).await;
    assert!(page.text().contains("laptop") && !page.text().contains(&token));
    let id = site.store.tokens().of_user(&caller.user.id).await.unwrap().remove(0).id;
    let form = format!("token={id}");
    let answer = post(&site, "/account/tokens/revoke", &stranger, &form).await;
    assert!(answer.text().contains("no such token"));
    assert!(site.store.tokens().authenticate(&token).await.unwrap().is_some());
    post(&site, "/account/tokens/revoke", &owner, &form).await;
    assert!(site.store.tokens().authenticate(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn ones_own_data_come_whole_and_without_secrets() {
    let site = Site::published().await;
    let owner = signed_in(&site, "a@x.org", Role::Participant).await;
    let token = site.store.tokens().create("a@x.org", [scr_store::Scope::Read], "laptop").await;
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    site.store.acceptances().accept(&user.id, "tiny", "00").await.unwrap();
    let submission = begun_submission(&site, &user.id).await;
    let answer = page_as(&site, "/account/data.json", &owner).await;
    assert!(answer.header("content-disposition").contains("account.json"));
    let data = answer.json();
    assert_eq!(data["email"], "a@x.org");
    assert_eq!(data["sessions"][0]["browser"], "Test browser");
    assert_eq!(data["tokens"][0]["note"], "laptop");
    assert_eq!(data["accepted_terms"][0]["benchmark"], "tiny");
    assert_eq!(data["submissions"][0]["submission"], submission);
    assert_eq!(data["submissions"][0]["card"]["name"], "M");
    assert_eq!(data["submissions"][0]["log"][0]["state"], "receiving");
    let text = answer.text();
    let secret = owner.split('=').nth(1).unwrap();
    for secret in [secret, &token.unwrap(), "argon2", "digest"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_no_name_and_takes_back_what_is_not_published() {
    let site = Site::published().await;
    let owner = signed_in(&site, "a@x.org", Role::Participant).await;
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    let submission = begun_submission(&site, &user.id).await;
    let answer = post(&site, "/account/delete", &owner, "password=wrong").await;
    assert!(answer.text().contains("The password is not right."));
    let answer = post(&site, "/account/delete", &owner, &format!("password={PASSWORD}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(page_as(&site, "/account", &owner).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.store.accounts().by_email("a@x.org").await.unwrap(), None);
    let left = site.store.submissions().get(&submission).await.unwrap().unwrap();
    assert_eq!(left.state, scr_documents::SubmissionState::Withdrawn);
    site.store.accounts().add("a@x.org", "Another", Role::Participant, None).await.unwrap();
}

/// Begins a submission; returns its identifier.
pub(crate) async fn begun_submission(site: &Site, user_id: &str) -> String {
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "tiny",
        user_id,
        card: &card,
        size_bytes: 3,
        file: None,
        confirmed: false,
        supersedes: None,
        model: None,
    };
    site.store.submissions().begin(new).await.unwrap().id
}
