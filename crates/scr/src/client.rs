//! Client of the API of a site.

use std::cmp::Ordering;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use scr_data::terminal::{self, TerminalLines};
use scr_documents::{Refusal, SubmissionAnswer, SubmissionState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, RequestBuilder};

/// Size of an upload chunk.
const CHUNK_BYTES: u64 = 4 << 20;
/// Most pages of a list.
const MAX_PAGES: usize = 10_000;
/// Retries after a broken connection.
const ATTEMPTS: u32 = 6;
/// Time between two requests for a state, and the first delay of a retry.
const PAUSE: Duration = Duration::from_millis(300);

/// Help for a missing or unknown token.
const TOKEN_HINT: &str = "\n  hint: give a valid token with --token or SCR_TOKEN; the account's page \
                          and `scr admin token create` make tokens";

/// Client of one site, with a token; an empty token is not sent.
pub(crate) struct Client {
    agent: Agent,
    server: String,
    token: String,
}

impl Client {
    /// Makes a client without connecting.
    pub(crate) fn new(server: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(120)))
            .build();
        let server = server.trim_end_matches('/').to_owned();
        Self { agent: config.into(), server, token: token.trim().to_owned() }
    }

    /// Reads a submission; its URL is absolute.
    pub(crate) fn submission(&self, id: &str) -> Result<SubmissionAnswer> {
        self.get(&format!("submissions/{id}")).map(|found| self.with_absolute_url(found))
    }

    /// Sends a GET request to a path of the API.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let address = self.address(path)?;
        let answer = self.authenticated(self.agent.get(&address)).call();
        self.read(&address, answer)
    }

    /// Reads all pages of a list, each of which has items and the address of the next page.
    pub(crate) fn pages<P: DeserializeOwned, T>(
        &self,
        path: &str,
        parts: impl Fn(P) -> (Vec<T>, Option<String>),
    ) -> Result<Vec<T>> {
        let (mut items, mut path) = (Vec::new(), path.to_owned());
        for _ in 0..MAX_PAGES {
            let (found, next) = parts(self.get(&path)?);
            items.extend(found);
            let Some(next) = next else { return Ok(items) };
            let below = next.strip_prefix("/api/v1/").map(str::to_owned);
            path = below.with_context(|| {
                let next = terminal::cut(&next, 200);
                format!("{}: expected a next page below /api/v1/, found {next}", self.server)
            })?;
        }
        bail!("{}: expected at most {MAX_PAGES} pages of a list, found more", self.server)
    }

    /// Downloads a file of `size` bytes, accepting `version` of the terms. Resumes after a
    /// broken connection.
    pub(crate) fn file(&self, path: &str, version: &str, size: u64) -> Result<Vec<u8>> {
        let address = self.address(path)?;
        let (mut bytes, mut attempts) = (Vec::new(), 0);
        loop {
            match self.add_rest(&address, version, size, &mut bytes) {
                Ok(()) => return Ok(bytes),
                Err(error) if attempts < ATTEMPTS && is_broken(&error) => {
                    attempts += 1;
                    std::thread::sleep(PAUSE * 2u32.pow(attempts));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Downloads the missing end of a file until the connection breaks.
    fn add_rest(&self, address: &str, version: &str, size: u64, bytes: &mut Vec<u8>) -> Result<()> {
        let mut request = self.agent.get(address).header("Accept-Terms", version);
        request = self.authenticated(request);
        if !bytes.is_empty() {
            request = request.header("Range", format!("bytes={}-", bytes.len()));
        }
        let mut answer = request.call().map_err(|error| self.unreached(error))?;
        if !answer.status().is_success() {
            return Err(self.refusal(address, &mut answer)?);
        }
        if answer.status() != StatusCode::PARTIAL_CONTENT {
            bytes.clear();
        }
        // One byte more than expected is read to detect a longer file.
        let missing = (size + 1).saturating_sub(bytes.len() as u64);
        answer.body_mut().as_reader().take(missing).read_to_end(bytes)?;
        match (bytes.len() as u64).cmp(&size) {
            Ordering::Equal => Ok(()),
            Ordering::Less => Err(std::io::Error::from(ErrorKind::UnexpectedEof).into()),
            Ordering::Greater => bail!("{address} has more than the {size} bytes expected"),
        }
    }

    /// Adds the token, if there is one.
    fn authenticated<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        if self.token.is_empty() { request } else { request.header("Authorization", self.bearer()) }
    }

    /// Sends a POST request to a path of the API that answers with a submission.
    pub(crate) fn post(&self, path: &str, body: &impl Serialize) -> Result<SubmissionAnswer> {
        let address = self.address(path)?;
        let request = self.agent.post(&address).header("Authorization", self.bearer());
        self.read(&address, request.send_json(body)).map(|found| self.with_absolute_url(found))
    }

    /// Uploads a file in chunks. Resumes after a broken connection.
    pub(crate) fn send_file(
        &self,
        id: &str,
        file: &mut (impl Read + Seek),
        size: u64,
        on_bytes: &dyn Fn(u64),
    ) -> Result<()> {
        let (mut offset, mut attempts) = (0, 0);
        while offset < size {
            let mut chunk = vec![0; CHUNK_BYTES.min(size - offset) as usize];
            file.seek(SeekFrom::Start(offset)).context("cannot read the masks again")?;
            file.read_exact(&mut chunk).context("cannot read the masks again")?;
            match self.send_chunk(id, offset, &chunk) {
                Ok(received) => (offset, attempts) = (received, 0),
                Err(error) if attempts < ATTEMPTS && error.is::<ureq::Error>() => {
                    attempts += 1;
                    std::thread::sleep(PAUSE * 2u32.pow(attempts));
                    if let Ok(found) = self.submission(id) {
                        offset = found.received_bytes;
                    }
                }
                Err(error) => return Err(error),
            }
            on_bytes(offset);
        }
        Ok(())
    }

    /// Uploads a chunk. Returns the number of bytes received so far.
    fn send_chunk(&self, id: &str, offset: u64, chunk: &[u8]) -> Result<u64> {
        let address = self.address(&format!("submissions/{id}/file?offset={offset}"))?;
        let request = self.agent.put(&address).header("Authorization", self.bearer());
        let request = request.header("Content-Type", "application/octet-stream");
        let found: SubmissionAnswer = self.read(&address, request.send(chunk))?;
        Ok(found.received_bytes)
    }

    /// Polls a submission until its state is none of `passing`.
    pub(crate) fn wait(&self, id: &str, passing: &[SubmissionState]) -> Result<SubmissionAnswer> {
        loop {
            let found = self.submission(id)?;
            if !passing.contains(&found.state) {
                return Ok(found);
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn with_absolute_url(&self, mut found: SubmissionAnswer) -> SubmissionAnswer {
        found.url.insert_str(0, &self.server);
        found
    }

    /// Error of a failed connection, with the address of the server.
    fn unreached(&self, error: ureq::Error) -> anyhow::Error {
        let server = &self.server;
        let help = "check --server, and that the site is up (`scr serve`)";
        anyhow::Error::from(error).context(format!("no answer from {server}; {help}"))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn address(&self, path: &str) -> Result<String> {
        if !self.server.starts_with("http://") && !self.server.starts_with("https://") {
            bail!("expected --server http://... or https://..., found `{}`", self.server);
        }
        Ok(format!("{}/api/v1/{path}", self.server))
    }

    fn read<T: DeserializeOwned>(
        &self,
        address: &str,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<T> {
        let mut answer = answer.map_err(|error| self.unreached(error))?;
        if !answer.status().is_success() {
            return Err(self.refusal(address, &mut answer)?);
        }
        let body = answer.body_mut().read_to_string().map_err(|error| self.unreached(error))?;
        serde_json::from_str(&body)
            .with_context(|| format!("{address} sent another document than expected"))
    }

    /// Error of an answer without success.
    fn refusal(&self, address: &str, answer: &mut Response<ureq::Body>) -> Result<anyhow::Error> {
        let status = answer.status();
        let body = answer.body_mut().read_to_string().map_err(|error| self.unreached(error))?;
        let Ok(Refusal { error }) = serde_json::from_str(&body) else {
            return Ok(anyhow!("{address} answered {status}: {}", terminal::cut(&body, 200)));
        };
        let hint = if status == StatusCode::UNAUTHORIZED { TOKEN_HINT } else { "" };
        Ok(anyhow!("{} says: {}{hint}", self.server, TerminalLines(&error.message)))
    }
}

/// True for a broken connection or a timeout, after which a retry can succeed.
fn is_broken(error: &anyhow::Error) -> bool {
    error.is::<ureq::Error>() || error.is::<std::io::Error>()
}
