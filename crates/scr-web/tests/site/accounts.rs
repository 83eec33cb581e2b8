//! Signing in and out, and the pages of an account.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_store::Role;

use crate::fixture::{Answer, Site};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Sends a form as a browser does, with a session's cookie where there is one.
pub(crate) async fn post(site: &Site, address: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(address)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", cookie)
        .header("Sec-Fetch-Site", "same-origin")
        .header("User-Agent", "Test browser")
        .body(Body::from(form.to_owned()));
    site.send(request.unwrap()).await
}

/// The page at an address as who has the cookie sees it.
pub(crate) async fn seen(site: &Site, address: &str, cookie: &str) -> Answer {
    let request = Request::get(address).header("Cookie", cookie).body(Body::empty());
    site.send(request.unwrap()).await
}

/// `name=secret` of the session that an answer begins.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Adds a person and signs them in: their cookie.
pub(crate) async fn signed_in(site: &Site, email: &str, role: Role) -> String {
    site.store.add_user(email, "Ann", role, Some(PASSWORD)).await.unwrap();
    let form = format!("email={email}&password={PASSWORD}");
    cookie(&post(site, "/account/sign-in", "", &form).await)
}

#[tokio::test]
async fn a_person_signs_in_is_sent_back_and_signs_out() {
    let site = Site::empty().await;
    site.store.add_user("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
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
    let page = seen(&site, "/account", &cookie).await;
    assert!(page.text().contains("a@x.org"), "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");

    let answer = post(&site, "/account/sign-out", &cookie, "").await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(seen(&site, "/account", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike_and_lead_nowhere() {
    let site = Site::empty().await;
    site.store.add_user("a@x.org", "Ann", Role::Participant, Some(PASSWORD)).await.unwrap();
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
    assert_eq!(seen(&site, "/account", &first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(seen(&site, "/account", &second).await.status, StatusCode::OK);
    // A secret that someone else chose opens nothing, and is not kept.
    let planted = format!("scr-session={}", "0".repeat(64));
    let third = cookie(&post(&site, "/account/sign-in", &planted, &form).await);
    assert_ne!(third, planted);
    assert_eq!(seen(&site, "/account", &planted).await.status, StatusCode::SEE_OTHER);
}
