//! OpenID Connect client: builds authorization addresses and exchanges codes for ID tokens.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use ureq::Agent;
use ureq::http::{Response, StatusCode};
use url::{Url, form_urlencoded};

use super::attempt::SignInAttempt;
use super::claims::{self, Person};
use super::settings::{ProviderSettings, is_confidential};

/// Timeout of a provider's answer.
const MAX_ANSWER_TIME: Duration = Duration::from_secs(20);
/// The longest answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 256 << 10;
/// Optional scopes, requested from a provider that supports them.
const SCOPES: [&str; 2] = ["profile", "email"];

/// Error of an identity provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// The provider does not answer.
    #[error("the provider is unreachable")]
    Unreachable(#[source] ureq::Error),
    /// The answer violates OpenID Connect.
    #[error("{0}")]
    Answer(String),
}

/// All providers of a site.
#[derive(Default)]
pub(crate) struct Providers(Vec<Provider>);

impl Providers {
    pub(crate) fn new(settings: &[ProviderSettings]) -> Self {
        Self(settings.iter().cloned().map(Provider::new).collect())
    }

    /// All providers, in the operator's order.
    pub(crate) fn list(&self) -> &[Provider] {
        &self.0
    }

    /// Provider with this identifier.
    pub(crate) fn with_id(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.id == id)
    }

    /// Display name of the provider with this issuer; the issuer itself if none has it.
    pub(crate) fn name<'a>(&'a self, issuer: &'a str) -> &'a str {
        let found = self.0.iter().find(|provider| provider.settings.issuer == issuer);
        found.map_or(issuer, |provider| &provider.settings.name)
    }
}

/// Identity provider with its cached metadata.
pub(crate) struct Provider {
    settings: Arc<ProviderSettings>,
    agent: Agent,
    metadata: OnceCell<Arc<Metadata>>,
}

/// Provider metadata (Discovery 1.0, 3).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    #[serde(default)]
    scopes_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Token response (Core, 3.1.3.3).
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl Provider {
    fn new(settings: ProviderSettings) -> Self {
        // A provider's endpoints have no reason to redirect.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(MAX_ANSWER_TIME))
            .build();
        Self { settings: Arc::new(settings), agent: config.into(), metadata: OnceCell::new() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.settings.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Authorization address; the provider sends the browser back to `back`.
    ///
    /// # Errors
    /// [`ProviderError`] when the metadata lacks the address.
    pub(crate) async fn address(
        &self,
        attempt: &SignInAttempt,
        back: &str,
    ) -> Result<Url, ProviderError> {
        let metadata = self.metadata().await?;
        let offered = |scope: &&str| metadata.scopes_supported.iter().any(|one| one == scope);
        let scopes: Vec<&str> =
            std::iter::once("openid").chain(SCOPES.into_iter().filter(offered)).collect();
        let mut address = metadata.authorization_endpoint.clone();
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", back),
            ("scope", &scopes.join(" ")),
            ("state", &attempt.state()),
            ("nonce", &attempt.nonce()),
            ("code_challenge", &attempt.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        Ok(address)
    }

    /// Person who came back to `back` with an authorization code.
    ///
    /// # Errors
    /// [`ProviderError`], also for an invalid code or one of another attempt.
    pub(crate) async fn person(
        &self,
        code: &str,
        attempt: &SignInAttempt,
        back: &str,
    ) -> Result<Person, ProviderError> {
        let metadata = self.metadata().await?;
        let agent = self.agent.clone();
        let settings = Arc::clone(&self.settings);
        let grant = Grant {
            code: code.to_owned(),
            redirect_uri: back.to_owned(),
            verifier: attempt.verifier(),
        };
        let answer =
            run_blocking(move || exchange_code(&agent, &metadata, &settings, &grant)).await?;
        read_token(&answer, &self.settings, &attempt.nonce(), Timestamp::now())
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        let asked = self.metadata.get_or_try_init(|| async {
            let agent = self.agent.clone();
            let settings = Arc::clone(&self.settings);
            run_blocking(move || fetch_metadata(&agent, &settings)).await.map(Arc::new)
        });
        asked.await.cloned()
    }
}

fn fetch_metadata(agent: &Agent, settings: &ProviderSettings) -> Result<Metadata, ProviderError> {
    let issuer = &settings.issuer;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = parsed(&body(agent.get(&address).call())?)?;
    if metadata.issuer != *issuer {
        let what = format!("expected the issuer {issuer}, found {}", metadata.issuer);
        return Err(ProviderError::Answer(what));
    }
    for address in [&metadata.authorization_endpoint, &metadata.token_endpoint] {
        if !is_confidential(address) {
            let what = format!("expected addresses with https, found {address}");
            return Err(ProviderError::Answer(what));
        }
    }
    Ok(metadata)
}

/// Authorization code with its redirect URI and PKCE verifier.
struct Grant {
    code: String,
    redirect_uri: String,
    verifier: String,
}

/// Exchanges the authorization code for tokens.
fn exchange_code(
    agent: &Agent,
    metadata: &Metadata,
    settings: &ProviderSettings,
    grant: &Grant,
) -> Result<Vec<u8>, ProviderError> {
    let mut fields: Vec<(&str, &str)> = vec![
        ("grant_type", "authorization_code"),
        ("code", &grant.code),
        ("redirect_uri", &grant.redirect_uri),
        ("code_verifier", &grant.verifier),
    ];
    let mut request = agent.post(metadata.token_endpoint.as_str());
    let id = &settings.client_id;
    let secret = &settings.client_secret;
    // Without a list it is the header (Discovery 1.0, 3).
    let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
    if methods.is_none_or(|methods| methods.iter().any(|one| one == "client_secret_basic")) {
        // Each part encoded as in a form (RFC 6749, 2.3.1).
        let encoded =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let both = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        request = request.header("Authorization", format!("Basic {both}"));
    } else {
        fields.extend([("client_id", id.as_str()), ("client_secret", secret.as_str())]);
    }
    body(request.header("Accept", "application/json").send_form(fields))
}

/// Reads a token response and checks its ID token.
///
/// # Errors
/// [`ProviderError::Answer`] with the expected value.
pub(crate) fn read_token(
    answer: &[u8],
    settings: &ProviderSettings,
    nonce: &str,
    time: Timestamp,
) -> Result<Person, ProviderError> {
    let answer: TokenAnswer = parsed(answer)?;
    claims::read(&answer.id_token, settings, nonce, time).map_err(ProviderError::Answer)
}

/// Reads a whole answer; an error answer gives an error with its OAuth error code.
fn body(answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, ProviderError> {
    let mut answer = answer.map_err(ProviderError::Unreachable)?;
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
    let body = body.map_err(ProviderError::Unreachable)?;
    if status != StatusCode::OK {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let said = serde_json::from_slice(&body).map_or(String::new(), |Refusal { error }| error);
        let what = format!("expected an answer with status 200, found {status} {said:?}");
        return Err(ProviderError::Answer(what));
    }
    Ok(body)
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body)
        .map_err(|error| ProviderError::Answer(format!("expected another form of JSON: {error}")))
}

/// Runs a blocking request on the thread pool for blocking work.
async fn run_blocking<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, ProviderError> + Send + 'static,
) -> Result<T, ProviderError> {
    let asked = tokio::task::spawn_blocking(ask).await;
    asked
        .unwrap_or_else(|error| Err(ProviderError::Answer(format!("the request stopped: {error}"))))
}
