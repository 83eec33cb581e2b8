//! Account operations of the API, and their limits for tokens.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_store::{Role, Scope};
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, begun_submission, page_as, signed_in};
use crate::fixture::Site;

#[tokio::test]
async fn a_program_reads_the_same_of_an_account_as_its_owner_saves() {
    let site = Site::published().await;
    let cookie = signed_in(&site, "a@x.org", Role::Participant).await;
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    begun_submission(&site, &user.id).await;
    let token = site.store.tokens().create("a@x.org", [Scope::Read], "laptop").await.unwrap();
    let read = site.ask("GET", "account", &token, &Value::Null).await;
    assert_eq!(read.header("cache-control"), "no-store");
    let saved = page_as(&site, "/account/data.json", &cookie).await;
    assert_eq!(read.json(), saved.json());
    assert!(read.json()["submissions"][0]["card"]["name"] == "M", "{}", read.text());
    let listed = site.ask("GET", "account/tokens", &token, &Value::Null).await.json();
    assert_eq!(listed["tokens"], saved.json()["tokens"]);
    assert_eq!(listed["tokens"][0]["note"], "laptop");
    let submit = site.store.tokens().create("a@x.org", [Scope::Submit], "").await.unwrap();
    for path in ["account", "account/tokens", "submissions"] {
        let refused = site.ask("GET", path, &submit, &Value::Null).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_program_changes_its_owners_name_and_is_told_what_no_name_is() {
    let site = Site::published().await;
    let token = site.token("a@x.org", Role::Participant).await;
    let named =
        async |name: &str| site.ask("POST", "account/name", &token, &json!({ "name": name })).await;
    assert_eq!(named(" Ann B. ").await.status, StatusCode::NO_CONTENT);
    let refused = named("\u{7}").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["error"]["fields"][0]["field"], "name");
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    assert_eq!(user.name, "Ann B.");
    let read = site.store.tokens().create("a@x.org", [Scope::Read], "").await.unwrap();
    let refused = site.ask("POST", "account/name", &read, &json!({ "name": "Eve" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "reading changes nothing");
}

#[tokio::test]
async fn a_token_for_handing_in_changes_nothing_of_the_account() {
    let site = Site::published().await;
    site.token("a@x.org", Role::Curator).await;
    let scopes = [Scope::Submit, Scope::Review, Scope::Read];
    let token = site.store.tokens().create("a@x.org", scopes, "").await.unwrap();
    let listed = site.ask("GET", "account/tokens", &token, &Value::Null).await.json();
    let path = format!("account/tokens/{}", listed["tokens"][0]["id"].as_str().unwrap());
    let revoked = site.ask("DELETE", &path, &token, &Value::Null).await;
    let named = site.ask("POST", "account/name", &token, &json!({ "name": "Eve" })).await;
    for refused in [revoked, named] {
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text().contains("account"), "{}", refused.text());
    }
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    assert_eq!(user.name, "Ann");
    assert!(
        site.store
            .tokens()
            .of_user(&user.id)
            .await
            .unwrap()
            .iter()
            .all(|row| row.revoked_at.is_none())
    );
}

#[tokio::test]
async fn a_program_makes_tokens_void_but_only_its_owners() {
    let site = Site::published().await;
    let own = site.token("a@x.org", Role::Participant).await;
    let strangers = site.token("b@x.org", Role::Operator).await;
    let listed = site.ask("GET", "account/tokens", &own, &Value::Null).await.json();
    let path = format!("account/tokens/{}", listed["tokens"][0]["id"].as_str().unwrap());
    let refused = site.ask("DELETE", &path, &strangers, &Value::Null).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(site.store.tokens().authenticate(&own).await.unwrap().is_some());
    let read = site.store.tokens().create("a@x.org", [Scope::Read], "").await.unwrap();
    let refused = site.ask("DELETE", &path, &read, &Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let ended = site.ask("DELETE", &path, &own, &Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let after = site.ask("GET", "account/tokens", &own, &Value::Null).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "it made itself void");
}

#[tokio::test]
async fn no_token_can_stay_or_lock_its_owner_out() {
    let site = Site::published().await;
    let cookie = signed_in(&site, "o@x.org", Role::Operator).await;
    let token = site.store.tokens().create("o@x.org", Scope::ALL, "stolen").await.unwrap();
    let user = site.store.accounts().by_email("o@x.org").await.unwrap().unwrap();
    let session = site.store.sessions().of_user(&user.id).await.unwrap().remove(0).digest;
    for (address, form) in [
        ("/account/tokens", "note=x&read=on".to_owned()),
        ("/account/password", format!("old={PASSWORD}&new=another long password")),
        ("/account/sessions/end", format!("session={session}")),
        ("/account/sessions/end-all", String::new()),
        ("/account/identities/connect", String::new()),
        ("/account/identities/disconnect", String::new()),
        ("/account/delete", format!("password={PASSWORD}")),
    ] {
        let request = Request::post(address)
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        let answer = site.send(request.unwrap()).await;
        assert!(answer.header("location").starts_with("/account/sign-in"), "{address}");
    }
    let document = site.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    let about_accounts: Vec<_> = paths
        .iter()
        .filter(|(path, _)| path.contains("account"))
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    assert_eq!(
        about_accounts,
        [
            "get /api/v1/account",
            "post /api/v1/account/name",
            "get /api/v1/account/tokens",
            "delete /api/v1/account/tokens/{token}"
        ]
    );
    assert_eq!(site.store.tokens().of_user(&user.id).await.unwrap().len(), 1, "it made no other");
    assert_eq!(page_as(&site, "/account", &cookie).await.status, StatusCode::OK, "still signed in");
    let found = site.store.accounts().verify_password("o@x.org", PASSWORD).await.unwrap();
    assert!(found.is_some(), "the password is the same");
}
