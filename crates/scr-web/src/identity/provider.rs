//! Asks providers: where a person signs in there, and who came back with a code.

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

use super::settings::is_private;
use super::{Attempt, Person, ProviderSettings, claims};

/// How long a provider may take for an answer.
const MAX_ANSWER_TIME: Duration = Duration::from_secs(20);
/// The longest answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 256 << 10;
/// What is asked for beside the person's identifier, where the provider offers it.
const SCOPES: [&str; 2] = ["profile", "email"];

/// Why a provider does not help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It does not answer.
    #[error("it cannot be reached")]
    Unreachable(#[source] ureq::Error),
    /// Its answer is not what OpenID Connect asks for.
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

    /// In the order in which the operator names them.
    pub(crate) fn list(&self) -> &[Provider] {
        &self.0
    }

    /// The one with this name in addresses.
    pub(crate) fn with_id(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.id == id)
    }

    /// The name of a provider for people, where there is one with this address.
    pub(crate) fn name<'a>(&'a self, issuer: &'a str) -> &'a str {
        let found = self.0.iter().find(|provider| provider.settings.issuer == issuer);
        found.map_or(issuer, |provider| &provider.settings.name)
    }
}

/// A provider, and what it says of itself once it was asked.
pub(crate) struct Provider {
    settings: Arc<ProviderSettings>,
    agent: Agent,
    metadata: OnceCell<Arc<Metadata>>,
}

/// What a provider says of itself (Discovery 1.0, 3).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    #[serde(default)]
    scopes_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What it answers to a code (Core, 3.1.3.3).
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl Provider {
    fn new(settings: ProviderSettings) -> Self {
        // A provider has no reason to send this server elsewhere.
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

    /// Where the browser goes, to come back to `back`.
    ///
    /// # Errors
    /// [`ProviderError`] when the provider does not say where that is.
    pub(crate) async fn address(
        &self,
        attempt: &Attempt,
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

    /// Who came back to `back` with a code.
    ///
    /// # Errors
    /// [`ProviderError`], also when the code is not good or not of this attempt.
    pub(crate) async fn person(
        &self,
        code: &str,
        attempt: &Attempt,
        back: &str,
    ) -> Result<Person, ProviderError> {
        let metadata = self.metadata().await?;
        let (agent, settings) = (self.agent.clone(), Arc::clone(&self.settings));
        let (code, back, verifier) = (code.to_owned(), back.to_owned(), attempt.verifier());
        let asked = [code, back, verifier];
        let answer = aside(move || ask_token(&agent, &metadata, &settings, asked)).await?;
        read_token(&answer, &self.settings, &attempt.nonce(), Timestamp::now())
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        let asked = self.metadata.get_or_try_init(|| async {
            let (agent, settings) = (self.agent.clone(), Arc::clone(&self.settings));
            aside(move || ask_metadata(&agent, &settings)).await.map(Arc::new)
        });
        asked.await.cloned()
    }
}

fn ask_metadata(agent: &Agent, settings: &ProviderSettings) -> Result<Metadata, ProviderError> {
    let issuer = &settings.issuer;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = parsed(&body(agent.get(&address).call())?)?;
    if metadata.issuer != *issuer {
        let what = format!("expected the issuer {issuer}, found {}", metadata.issuer);
        return Err(ProviderError::Answer(what));
    }
    for address in [&metadata.authorization_endpoint, &metadata.token_endpoint] {
        if !is_private(address) {
            let what = format!("expected addresses with https, found {address}");
            return Err(ProviderError::Answer(what));
        }
    }
    Ok(metadata)
}

/// Shows the code, the address that it was sent to and the verifier.
fn ask_token(
    agent: &Agent,
    metadata: &Metadata,
    settings: &ProviderSettings,
    [code, back, verifier]: [String; 3],
) -> Result<Vec<u8>, ProviderError> {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &back),
        ("code_verifier", &verifier),
    ];
    let mut request = agent.post(metadata.token_endpoint.as_str());
    let (id, secret) = (&settings.client_id, &settings.client_secret);
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

/// Reads what a provider answers to a code: who was there.
///
/// # Errors
/// [`ProviderError::Answer`] with what was expected.
pub(crate) fn read_token(
    answer: &[u8],
    settings: &ProviderSettings,
    nonce: &str,
    time: Timestamp,
) -> Result<Person, ProviderError> {
    let answer: TokenAnswer = parsed(answer)?;
    claims::read(&answer.id_token, settings, nonce, time).map_err(ProviderError::Answer)
}

/// Reads a whole answer; one that says no is told with the little that it may say.
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

/// Runs what waits for an answer where that holds nobody up.
async fn aside<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, ProviderError> + Send + 'static,
) -> Result<T, ProviderError> {
    let asked = tokio::task::spawn_blocking(ask).await;
    asked.unwrap_or_else(|error| Err(ProviderError::Answer(format!("asking stopped: {error}"))))
}
