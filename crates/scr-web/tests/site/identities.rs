//! Sign-in with an identity of a provider. A test server is the provider, and checks the
//! site's requests as OpenID Connect demands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post as at_post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use scr_store::Role;
use scr_web::{ProviderSettings, SiteSettings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::accounts::{PASSWORD, mailed, page_as, post, signed_in};
use crate::fixture::{Answer, Site};

const SITE: &str = "http://scr.example.org";
const CLIENT: (&str, &str) = ("APP-1", "hush & more");

/// Provider of OpenID Connect, with its authorization codes.
#[derive(Clone, Default)]
struct TestProvider {
    issuer: String,
    /// Authorization URL and subject of each code.
    codes: Arc<Mutex<HashMap<String, (Url, String)>>>,
    /// Wrong claims, which replace the right ones.
    wrong: Arc<Mutex<Value>>,
}

impl TestProvider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { issuer, ..Self::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/token", at_post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    async fn site(&self) -> Site {
        Self::site_of(vec![self.provider("orcid", "ORCID")]).await
    }

    fn provider(&self, id: &str, name: &str) -> ProviderSettings {
        ProviderSettings {
            id: id.into(),
            name: name.into(),
            issuer: self.issuer.clone(),
            client_id: CLIENT.0.into(),
            client_secret: CLIENT.1.into(),
        }
    }

    async fn site_of(providers: Vec<ProviderSettings>) -> Site {
        let public_url = Some(SITE.to_owned());
        Site::empty_with(SiteSettings { public_url, providers, ..SiteSettings::default() }).await
    }

    /// Signs a person in at an authorization URL; returns the redirect URL, without the
    /// site's origin.
    fn sign_in(&self, authorization_url: &str, subject: &str) -> String {
        let address = Url::parse(authorization_url).unwrap();
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT.0);
        assert_eq!(asked["scope"], "openid email");
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut codes = self.codes.lock().unwrap();
        let code = format!("code-{}", codes.len());
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        codes.insert(code, (address, subject.to_owned()));
        back.as_str().strip_prefix(SITE).unwrap().to_owned()
    }
}

async fn metadata(State(provider): State<TestProvider>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?from=here"),
        "token_endpoint": format!("{issuer}/token"),
        "scopes_supported": ["openid", "email", "phone"],
    }))
}

async fn token(
    State(provider): State<TestProvider>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let refusal = |what: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": what })));
    let client = STANDARD.encode(format!("{}:hush+%26+more", CLIENT.0));
    if headers["authorization"] != format!("Basic {client}") {
        return refusal("invalid_client");
    }
    let Some((address, subject)) = provider.codes.lock().unwrap().remove(&sent["code"]) else {
        return refusal("invalid_grant");
    };
    let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
    if challenge != asked["code_challenge"] || sent["redirect_uri"] != asked["redirect_uri"] {
        return refusal("invalid_grant");
    }
    let mut claims = json!({
        "iss": provider.issuer, "aud": CLIENT.0, "sub": subject, "nonce": asked["nonce"],
        "exp": jiff::Timestamp::now().as_second() + 60, "given_name": "Ann", "family_name": "Doe",
    });
    for (name, value) in provider.wrong.lock().unwrap().as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let token = json!({ "id_token": format!("e30.{payload}.c2ln"), "token_type": "bearer" });
    (StatusCode::OK, Json(token))
}

/// Cookies of a browser.
#[derive(Default)]
struct Cookies(HashMap<String, String>);

impl Cookies {
    fn take(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    fn header(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// Follows the site's redirect to the provider, signs in and returns to the site.
async fn sign_in_with_provider(
    site: &Site,
    provider: &TestProvider,
    cookies: &mut Cookies,
    from: &str,
    subject: &str,
) -> Answer {
    let gone = page_as(site, from, &cookies.header()).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    cookies.take(&gone);
    let back = provider.sign_in(gone.header("location"), subject);
    let arrived = page_as(site, &back, &cookies.header()).await;
    cookies.take(&arrived);
    arrived
}

#[tokio::test]
async fn a_person_signs_up_with_an_identity_confirms_by_mail_and_signs_in_again() {
    let provider = TestProvider::start().await;
    let site = provider.site().await;
    assert!(site.page("/account/sign-up").await.contains("Sign up with ORCID"));
    let mut cookies = Cookies::default();
    let asked =
        sign_in_with_provider(&site, &provider, &mut cookies, "/account/with/orcid", "0000-1")
            .await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text().contains("0000-1") && asked.text().contains("Ann Doe"));

    let address = "/account/identities/sign-up";
    let refused = post(&site, address, &cookies.header(), "name=&email=nowhere").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("email:") && refused.text().contains("name:"));
    let made = post(&site, address, &cookies.header(), "name=Ann&email=a@x.org").await;
    assert!(made.text().contains("Check your mail"), "{}", made.text());

    let (_, link) = mailed(&site).await;
    let confirm = site.page(&format!("/account/confirm?link={link}&with=orcid")).await;
    let from = format!("/account/with/orcid?link={link}");
    assert!(confirm.contains(&from), "{confirm}");
    // Another identity, or another browser, neither confirms the address nor uses up the link.
    let mut others = Cookies::default();
    let refused = sign_in_with_provider(&site, &provider, &mut others, &from, "0000-2").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut second = Cookies::default();
    let confirmed = sign_in_with_provider(&site, &provider, &mut second, &from, "0000-1").await;
    assert_eq!(
        (confirmed.status, confirmed.header("location")),
        (StatusCode::SEE_OTHER, "/account")
    );
    assert!(page_as(&site, "/account", &second.header()).await.text().contains("a@x.org"));

    // A second sign-in leads to the wanted page.
    let mut third = Cookies::default();
    let from = "/account/with/orcid?next=/submissions";
    let back = sign_in_with_provider(&site, &provider, &mut third, from, "0000-1").await;
    assert_eq!(back.header("location"), "/submissions");
    let data = page_as(&site, "/account/data.json", &third.header()).await.json();
    assert_eq!(data["identities"], json!([{"issuer": provider.issuer, "subject": "0000-1"}]));
}

#[tokio::test]
async fn an_account_is_connected_by_who_knows_its_password_and_disconnected() {
    let provider = TestProvider::start().await;
    let site = provider.site().await;
    let mut cookies = Cookies::default();
    let (name, value) = signed_in(&site, "a@x.org", Role::Participant)
        .await
        .split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .unwrap();
    cookies.0.insert(name, value);
    let asked =
        sign_in_with_provider(&site, &provider, &mut cookies, "/account/with/orcid", "0000-1")
            .await;
    assert!(asked.text().contains("Connect ORCID"), "{}", asked.text());
    let address = "/account/identities/connect";
    let refused = post(&site, address, &cookies.header(), "password=guessed").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = format!("password={PASSWORD}");
    let connected = post(&site, address, &cookies.header(), &form).await;
    assert_eq!(connected.header("location"), "/account/identities");
    let page = page_as(&site, "/account/identities", &cookies.header()).await;
    assert!(page.text().contains("0000-1"), "{}", page.text());

    let mut elsewhere_too = Cookies::default();
    let from = "/account/with/orcid";
    let back = sign_in_with_provider(&site, &provider, &mut elsewhere_too, from, "0000-1").await;
    assert_eq!(back.header("location"), "/account");
    // A connected identity opens no second account, and no session changes its account.
    let mut others = Cookies::default();
    let cookie = signed_in(&site, "b@x.org", Role::Participant).await;
    let (name, value) = cookie.split_once('=').unwrap();
    others.0.insert(name.to_owned(), value.to_owned());
    let refused = sign_in_with_provider(&site, &provider, &mut others, from, "0000-1").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(page_as(&site, "/account", &others.header()).await.text().contains("b@x.org"));

    let form = format!("issuer={}&subject=0000-1", provider.issuer);
    post(&site, "/account/identities/disconnect", &cookies.header(), &form).await;
    let back =
        sign_in_with_provider(&site, &provider, &mut Cookies::default(), from, "0000-1").await;
    assert!(back.text().contains("No account yet"), "{}", back.text());
}

#[tokio::test]
async fn nobody_comes_in_with_what_another_browser_began_or_the_provider_did_not_say() {
    let provider = TestProvider::start().await;
    let site = provider.site().await;
    let gone = site.get("/account/with/orcid?next=//evil.org").await;
    let back = provider.sign_in(gone.header("location"), "0000-1");
    // The redirect in another browser, which began no attempt.
    let refused = site.get(&back).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("has no sign-in attempt"));
    let mut cookies = Cookies::default();
    cookies.take(&gone);
    // A code unknown to the provider, and a code of another attempt.
    let unknown = back.replace("code-0", "code-9");
    assert_eq!(page_as(&site, &unknown, &cookies.header()).await.status, StatusCode::BAD_GATEWAY);
    let other = site.get("/account/with/orcid").await;
    provider.sign_in(other.header("location"), "0000-2");
    let injected = back.replace("code-0", "code-1");
    assert_eq!(page_as(&site, &injected, &cookies.header()).await.status, StatusCode::BAD_GATEWAY);
    // Claims for another site, or for another attempt.
    for wrong in [json!({"aud": "APP-2"}), json!({"nonce": "0"}), json!({"iss": SITE})] {
        *provider.wrong.lock().unwrap() = wrong;
        let mut cookies = Cookies::default();
        let answer =
            sign_in_with_provider(&site, &provider, &mut cookies, "/account/with/orcid", "1").await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
        assert!(!answer.text().contains("APP-2"), "{}", answer.text());
    }
    // A refusal at the provider ends the attempt.
    let state = back.split("state=").nth(1).unwrap();
    let address = format!("/account/with/orcid/arrived?error=access_denied&state={state}");
    let refused = page_as(&site, &address, &cookies.header()).await;
    assert!(refused.text().contains("you did not allow it"), "{}", refused.text());
    assert!(!refused.text().contains("evil.org"));
    // A sign-up needs an identity.
    let form = "name=Eve&email=e@x.org";
    let refused = post(&site, "/account/identities/sign-up", &cookies.header(), form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.store.mail().counts().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn what_one_provider_says_never_ends_what_was_begun_at_another() {
    let (orcid, evil) = (TestProvider::start().await, TestProvider::start().await);
    let providers = vec![orcid.provider("orcid", "ORCID"), evil.provider("evil", "Evil")];
    let site = TestProvider::site_of(providers).await;
    let mut cookies = Cookies::default();
    let gone = site.get("/account/with/orcid").await;
    cookies.take(&gone);
    let back = orcid.sign_in(gone.header("location"), "0000-1");
    // The code of one provider with the redirect URL of the other.
    let mixed = back.replace("/with/orcid/", "/with/evil/");
    let named = format!("{back}&iss=http://evil.org");
    for wrong in [mixed, named] {
        let refused = page_as(&site, &wrong, &cookies.header()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text().contains("has no sign-in attempt"), "{}", refused.text());
    }
    assert_eq!(orcid.codes.lock().unwrap().len(), 1, "the code went to nobody");
    let good = format!("{back}&iss={}", orcid.issuer);
    assert_eq!(page_as(&site, &good, &cookies.header()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_and_the_site_goes_on() {
    let provider = TestProvider { issuer: "http://127.0.0.1:1".into(), ..TestProvider::default() };
    let site = provider.site().await;
    let answer = site.get("/account/with/orcid").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.text().contains("ORCID gave no valid answer"), "{}", answer.text());
    assert!(site.page("/account/sign-in").await.contains("Sign in with ORCID"));
    assert_eq!(site.get("/account/with/other").await.status, StatusCode::NOT_FOUND);
}
