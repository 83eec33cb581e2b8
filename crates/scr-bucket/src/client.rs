//! Client of a bucket.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::Agent;
use ureq::http::Response;

use crate::address::BucketAddress;
use crate::error::BucketError;
use crate::listing::{PageObject, error_code, read_page, unquoted};
use crate::signature::{SignedRequest, authorization, encoded, sha256};

/// Pauses before the repetitions of a request: about 12 s in all.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(600),
    Duration::from_millis(1500),
    Duration::from_secs(3),
    Duration::from_secs(6),
];
/// Largest answer that is no object: a page of a list, or a refusal.
const MAX_XML_BYTES: u64 = 8 << 20;
/// Objects on a page of a list, as S3 limits them.
const MAX_PAGE: usize = 1000;
/// Connections that are kept open.
const CONNECTIONS: usize = 32;

/// Client of one bucket. Clones share connections.
#[derive(Debug, Clone)]
pub struct Bucket {
    agent: Agent,
    address: Arc<BucketAddress>,
    pauses: &'static [Duration],
}

/// Outcome of writing a new object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object is written.
    Written,
    /// There is an object of this key, which was left as it is.
    Exists,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedObject {
    /// Key below the prefix of the bucket's address.
    pub key: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Time since its last change, by the bucket's clock.
    pub age: Duration,
    /// Entity tag, which differs whenever the bytes differ; empty where the bucket gives none.
    pub etag: String,
}

/// An object that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadObject {
    /// The whole object.
    pub bytes: Vec<u8>,
    /// Entity tag, which differs whenever the bytes differ; empty where the bucket gives none.
    pub etag: String,
}

/// A page of a list of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPage {
    /// At most 1,000 objects.
    pub objects: Vec<ListedObject>,
    /// Place of the next page; none after the last one.
    pub next: Option<String>,
}

/// A request of one operation.
struct Operation<'a> {
    /// Operation, as in "cannot read".
    doing: &'static str,
    method: &'static str,
    /// Key below the prefix; empty for the bucket itself.
    key: &'a str,
    query: String,
    body: &'a [u8],
    /// Only if there is no such object.
    is_new: bool,
    /// Limit of the answer.
    most_bytes: u64,
}

/// Status, time and body of an answer.
struct Answer {
    status: u16,
    /// Time of the endpoint's clock, in its own form.
    date: String,
    /// Entity tag without quotes; empty where there is none.
    etag: String,
    body: Vec<u8>,
}

impl Bucket {
    /// Client of the bucket at an address; does not connect.
    #[must_use]
    pub fn new(address: BucketAddress) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(CONNECTIONS)
            .max_idle_connections_per_host(CONNECTIONS)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_global(Some(Duration::from_secs(300)))
            .build();
        Self { agent: config.into(), address: Arc::new(address), pauses: &PAUSES }
    }

    /// Address of the bucket.
    #[must_use]
    pub fn address(&self) -> &BucketAddress {
        &self.address
    }

    /// The same client without repetitions.
    #[must_use]
    pub const fn without_retries(mut self) -> Self {
        self.pauses = &[];
        self
    }

    /// Bytes of an object of at most `most_bytes`; none when there is no such object.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn get(&self, key: &str, most_bytes: u64) -> Result<Option<Vec<u8>>, BucketError> {
        Ok(self.read_object(key, most_bytes)?.map(|object| object.bytes))
    }

    /// As [`get`](Self::get), with the entity tag.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn read_object(
        &self,
        key: &str,
        most_bytes: u64,
    ) -> Result<Option<ReadObject>, BucketError> {
        let operation = Operation { most_bytes, ..Operation::new("read", "GET", key) };
        let answer = self.ask(&operation)?;
        match answer.status {
            200 => Ok(Some(ReadObject { bytes: answer.body, etag: answer.etag })),
            404 if is_no_bucket(&answer) => Err(self.refused(&operation, &answer)),
            404 => Ok(None),
            _ => Err(self.refused(&operation, &answer)),
        }
    }

    /// Writes an object that is not there yet; leaves one that is there. It has reached the
    /// store when this returns.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn put_new(&self, key: &str, bytes: &[u8]) -> Result<PutOutcome, BucketError> {
        let operation =
            Operation { body: bytes, is_new: true, ..Operation::new("write", "PUT", key) };
        let answer = self.ask(&operation)?;
        match answer.status {
            200..300 => Ok(PutOutcome::Written),
            // 409 is the answer to two at once, of which the other one has won.
            409 | 412 => Ok(PutOutcome::Exists),
            _ => Err(self.refused(&operation, &answer)),
        }
    }

    /// Writes or replaces an object as a whole.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<(), BucketError> {
        let operation = Operation { body: bytes, ..Operation::new("write", "PUT", key) };
        let answer = self.ask(&operation)?;
        match answer.status {
            200..300 => Ok(()),
            _ => Err(self.refused(&operation, &answer)),
        }
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn delete(&self, key: &str) -> Result<(), BucketError> {
        let operation = Operation::new("delete", "DELETE", key);
        let answer = self.ask(&operation)?;
        match answer.status {
            200..300 => Ok(()),
            404 if !is_no_bucket(&answer) => Ok(()),
            _ => Err(self.refused(&operation, &answer)),
        }
    }

    /// All objects whose keys begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, BucketError> {
        self.listed(prefix, usize::MAX)
    }

    /// As [`list`](Self::list), but a few hundred at most.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn list_some(&self, prefix: &str) -> Result<Vec<ListedObject>, BucketError> {
        self.listed(prefix, 200)
    }

    /// A page of the objects whose keys begin with `prefix`, from the place `from` on, which the
    /// page before it names; without one, the first page.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn list_page(&self, prefix: &str, from: Option<&str>) -> Result<ObjectPage, BucketError> {
        self.page(prefix, from, MAX_PAGE)
    }

    fn listed(&self, prefix: &str, most: usize) -> Result<Vec<ListedObject>, BucketError> {
        let (mut objects, mut next): (Vec<ListedObject>, Option<String>) = (Vec::new(), None);
        loop {
            let page = self.page(prefix, next.as_deref(), most.min(MAX_PAGE))?;
            objects.extend(page.objects);
            if page.next.is_none() || objects.len() >= most {
                objects.sort();
                return Ok(objects);
            }
            next = page.next;
        }
    }

    fn page(
        &self,
        prefix: &str,
        from: Option<&str>,
        most: usize,
    ) -> Result<ObjectPage, BucketError> {
        let whole = format!("{}{prefix}", self.address.prefix);
        let mut query = String::new();
        if let Some(from) = from {
            query += &format!("continuation-token={}&", encoded(from));
        }
        query += &format!("list-type=2&max-keys={most}&prefix={}", encoded(&whole));
        let operation = Operation { query, ..Operation::new("list", "GET", "") };
        let answer = self.ask(&operation)?;
        if answer.status != 200 {
            return Err(self.refused(&operation, &answer));
        }
        let unread = |reason| self.unread(reason);
        let now = rfc2822::parse(&answer.date)
            .map_err(|_| unread(format!("expected its time, found {:?}", answer.date)))?
            .timestamp();
        let text = String::from_utf8(answer.body).map_err(|error| unread(error.to_string()))?;
        let page = read_page(&text).map_err(unread)?;
        let mut objects = Vec::with_capacity(page.objects.len());
        for PageObject { key, bytes, changed_at, etag } in page.objects {
            let Some(key) = key.strip_prefix(&self.address.prefix) else {
                return Err(self.unread(format!("`{key}` is not below the prefix")));
            };
            // The time of an answer is in whole seconds; an object of the same second is new.
            let age = Duration::try_from(now.duration_since(changed_at)).unwrap_or_default();
            objects.push(ListedObject { key: key.to_owned(), bytes, age, etag });
        }
        Ok(ObjectPage { objects, next: page.next })
    }

    /// Sends a request, and again while the failure may pass.
    fn ask(&self, operation: &Operation<'_>) -> Result<Answer, BucketError> {
        let trace = tracing::info_span!(
            target: "traces",
            "bucket",
            otel.name = format!("bucket {}", operation.doing),
            otel.kind = "client",
            http.request.method = operation.method,
            key = operation.key,
            repeated = tracing::field::Empty,
        );
        let _entered = trace.enter();
        let body_sha256 = sha256(operation.body);
        let mut pauses = self.pauses.iter();
        loop {
            let answer = self.ask_once(operation, &body_sha256);
            let is_passing = match &answer {
                Ok(answer) => answer.status >= 500 || answer.status == 429,
                Err(error) => error.is_passing(),
            };
            match pauses.next() {
                Some(pause) if is_passing => {
                    let (doing, key) = (operation.doing, operation.key);
                    tracing::debug!(doing, key, "a request to the bucket is repeated");
                    trace.record("repeated", true);
                    std::thread::sleep(jittered(*pause));
                }
                _ => return answer,
            }
        }
    }

    fn ask_once(
        &self,
        operation: &Operation<'_>,
        body_sha256: &str,
    ) -> Result<Answer, BucketError> {
        let Operation { method, key, query, body, is_new, .. } = operation;
        let BucketAddress { endpoint, bucket, prefix, session_token, .. } = &*self.address;
        let host = match (endpoint.host_str(), endpoint.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let base = endpoint.path().trim_end_matches('/');
        let path = if key.is_empty() {
            format!("{base}/{bucket}/")
        } else {
            let key: Vec<String> = format!("{prefix}{key}").split('/').map(encoded).collect();
            format!("{base}/{bucket}/{}", key.join("/"))
        };
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let signed =
            SignedRequest { method, host: &host, path: &path, query, body_sha256, time: &time };
        let mut headers = vec![
            ("x-amz-content-sha256", body_sha256.to_owned()),
            ("x-amz-date", time.clone()),
            ("authorization", authorization(&self.address, &signed)),
        ];
        headers.extend(session_token.clone().map(|token| ("x-amz-security-token", token)));
        headers.extend(is_new.then(|| ("if-none-match", "*".to_owned())));
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}://{host}{path}{mark}{query}", endpoint.scheme());
        let answer = match *method {
            "PUT" => {
                let request = self.agent.put(&url);
                headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, value))
                    .send(*body)
            }
            "DELETE" => {
                let request = self.agent.delete(&url);
                headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, value))
                    .call()
            }
            _ => {
                let request = self.agent.get(&url);
                headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, value))
                    .call()
            }
        };
        self.read(operation, answer)
    }

    /// Reads an answer up to the limit of its operation.
    fn read(
        &self,
        operation: &Operation<'_>,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, BucketError> {
        let unreachable = |reason: String| BucketError::Unreachable {
            endpoint: self.address.endpoint().to_owned(),
            reason,
        };
        let mut answer = answer.map_err(|error| unreachable(error.to_string()))?;
        let status = answer.status().as_u16();
        let header = |name: &str| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (date, etag) = (header("date"), unquoted(&header("etag")).to_owned());
        let most_bytes = if status == 200 { operation.most_bytes } else { MAX_XML_BYTES };
        let mut body = Vec::new();
        let reader = answer.body_mut().with_config().limit(most_bytes.saturating_add(1)).reader();
        let mut reader = reader.take(most_bytes.saturating_add(1));
        reader.read_to_end(&mut body).map_err(|error| unreachable(error.to_string()))?;
        if body.len() as u64 > most_bytes {
            let (key, bucket) = (operation.key.to_owned(), self.address.to_string());
            return Err(BucketError::TooLarge { key, bucket, most_bytes });
        }
        Ok(Answer { status, date, etag, body })
    }

    fn refused(&self, operation: &Operation<'_>, answer: &Answer) -> BucketError {
        let code = error_code(&String::from_utf8_lossy(&answer.body));
        BucketError::Refused {
            doing: operation.doing,
            key: operation.key.to_owned(),
            bucket: self.address.to_string(),
            status: answer.status,
            code: code.unwrap_or_else(|| "without a reason".to_owned()),
        }
    }

    fn unread(&self, reason: String) -> BucketError {
        BucketError::Answer { endpoint: self.address.endpoint().to_owned(), reason }
    }
}

impl<'a> Operation<'a> {
    fn new(doing: &'static str, method: &'static str, key: &'a str) -> Self {
        let (query, most_bytes) = (String::new(), MAX_XML_BYTES);
        Self { doing, method, key, query, body: &[], is_new: false, most_bytes }
    }
}

fn is_no_bucket(answer: &Answer) -> bool {
    error_code(&String::from_utf8_lossy(&answer.body)).as_deref() == Some("NoSuchBucket")
}

/// A pause that is up to half as long again, so that clients do not ask all at once.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0_u8];
    // Without random bytes the pause is as long as it is.
    let _ = getrandom::fill(&mut byte);
    pause + pause * u32::from(byte[0]) / 512
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// Endpoint that gives each connection the next answer, and the requests that it got.
    fn endpoint(
        answers: &'static [&'static str],
    ) -> (Bucket, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serve = move || {
            let answer = |answer: &&str| {
                let (mut stream, _) = listener.accept().unwrap();
                let (mut lines, mut length) = (String::new(), 0);
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    lines += &line;
                    if line.trim().is_empty() {
                        break;
                    }
                }
                reader.read_exact(&mut vec![0; length]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                lines
            };
            answers.iter().map(answer).collect()
        };
        let address = BucketAddress::parse(&format!("s3://images/site?endpoint={url}"), |name| {
            name.starts_with("AWS_")
                .then(|| "us-east-1".to_owned())
                .filter(|_| !name.contains("URL"))
        });
        (Bucket::new(address.unwrap()), std::thread::spawn(serve))
    }

    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nbytes";
    const BUSY: &str = "HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const THERE: &str = "HTTP/1.1 412 There\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const DENIED: &str = "HTTP/1.1 403 No\r\ncontent-length: 39\r\nconnection: close\r\n\r\n\
                          <Error><Code>AccessDenied</Code></Error>";

    const TAGGED: &str =
        "HTTP/1.1 200 OK\r\netag: \"x\"\r\ncontent-length: 1\r\nconnection: close\r\n\r\nb";

    #[test]
    fn an_object_has_its_entity_tag_without_quotes() {
        let (bucket, served) = endpoint(&[TAGGED]);
        let object = ReadObject { bytes: b"b".to_vec(), etag: "x".to_owned() };
        assert_eq!(bucket.read_object("a", 1).unwrap(), Some(object));
        served.join().unwrap();
    }

    #[test]
    fn a_busy_endpoint_is_asked_again() {
        let (bucket, served) = endpoint(&[BUSY, BUSY, OK]);
        assert_eq!(bucket.get("a/b.png", 5).unwrap().unwrap(), b"bytes");
        let requests = served.join().unwrap();
        assert!(requests[2].starts_with("GET /images/site/a/b.png HTTP/1.1"), "{}", requests[2]);
    }

    #[test]
    fn an_object_that_is_there_is_left_and_one_too_large_is_refused() {
        let (bucket, served) = endpoint(&[THERE, OK]);
        assert_eq!(bucket.put_new("a", b"x").unwrap(), PutOutcome::Exists);
        let error = bucket.get("a", 4).unwrap_err();
        assert!(matches!(error, BucketError::TooLarge { most_bytes: 4, .. }), "{error}");
        let requests = served.join().unwrap();
        assert!(requests[0].to_lowercase().contains("if-none-match: *"), "{}", requests[0]);
    }

    const LIST: &str = "HTTP/1.1 200 OK\r\ndate: Sun, 29 Nov 2026 10:01:00 GMT\r\n\
                        content-length: 142\r\nconnection: close\r\n\r\n\
                        <ListBucketResult><Contents><Key>site/a</Key><Size>7</Size>\
                        <LastModified>2026-11-29T10:00:00.000Z</LastModified></Contents>\
                        </ListBucketResult>";
    const TIMELESS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 37\r\nconnection: close\r\n\r\n\
                            <ListBucketResult></ListBucketResult>";

    #[test]
    fn the_age_of_an_object_is_by_the_clock_of_the_endpoint() {
        let (bucket, served) = endpoint(&[LIST, TIMELESS]);
        let age = Duration::from_secs(60);
        let page = bucket.list_page("", None).unwrap();
        let object = ListedObject { key: "a".to_owned(), bytes: 7, age, etag: String::new() };
        assert_eq!(page, ObjectPage { objects: vec![object], next: None });
        let error = bucket.list("").unwrap_err();
        assert!(error.to_string().contains("expected its time"), "{error}");
        served.join().unwrap();
    }

    #[test]
    fn a_refusal_is_named_at_once_and_silence_after_a_while() {
        let (bucket, served) = endpoint(&[DENIED]);
        let error = bucket.put("a", b"x").unwrap_err();
        assert!(error.to_string().contains("status 403"), "{error}");
        assert!(error.hint().contains("allowed"));
        served.join().unwrap();
        let error = bucket.without_retries().get("a", 9).unwrap_err();
        assert!(error.is_passing(), "{error}");
    }
}
