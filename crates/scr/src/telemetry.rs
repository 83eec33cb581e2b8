//! Traces of requests and jobs, sent to a collector by OTLP over HTTP.
//!
//! Spans have the target `traces`, which the log leaves out: a request, a job with its steps, and
//! each request to the bucket below them. They are sent in batches by a thread of their own; a
//! collector that cannot be reached costs spans, and nothing else waits for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{KeyValue, Value};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use url::Url;

/// Target of spans that are traces.
pub(crate) const TARGET: &str = "traces";

/// Time for one batch to be sent.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer of a collector.
const MAX_ANSWER_BYTES: u64 = 64 << 10;

/// Traces that are being sent. Dropping it sends the last ones.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends traces to the collector at an address.
    ///
    /// # Errors
    /// An error for another address than of HTTP, or with a password; for an environment
    /// variable `OTEL_*` that makes no sense.
    pub(crate) fn to(address: &str) -> Result<Self> {
        let base = collector(address)?;
        let endpoint = format!("{}/v1/traces", base.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender::new())
            .with_endpoint(endpoint)
            .build()
            .context("cannot send traces")?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let mut resource = Resource::builder().with_attribute(version);
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(Value::from("scr"));
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Self(provider))
    }

    /// Tracer for the layer of spans.
    pub(crate) fn tracer(&self) -> SdkTracer {
        self.0.tracer("scr")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Address of a collector.
fn collector(text: &str) -> Result<Url> {
    let expected = "--otlp: expected http://HOST:PORT or https://HOST:PORT";
    let url = Url::parse(text).map_err(|error| anyhow!("{expected}, found: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        bail!("{expected}, found the scheme {}", url.scheme());
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!(
            "--otlp: expected an address without a password; the environment variable \
             OTEL_EXPORTER_OTLP_HEADERS takes headers with credentials"
        );
    }
    Ok(url)
}

/// HTTP client of the thread that sends batches.
#[derive(Debug)]
struct Sender {
    agent: ureq::Agent,
    /// True while batches are lost, so that the log says so once.
    is_failing: AtomicBool,
}

impl Sender {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        Self { agent: config.into(), is_failing: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, body.to_vec());
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let read = body.with_config().limit(MAX_ANSWER_BYTES).read_to_vec()?;
        Ok(Response::from_parts(parts, Bytes::from(read)))
    }
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let failure = match &sent {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let was_failing = self.is_failing.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !was_failing => {
                tracing::warn!(error, "traces are lost: the collector does not take them");
            }
            None if was_failing => tracing::info!("the collector takes traces again"),
            _ => {}
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_an_address_without_a_password() {
        assert!(collector("http://127.0.0.1:4318").is_ok());
        for (text, expected) in [
            ("collector:4318", "http://HOST"),
            ("grpc://collector", "http://HOST"),
            ("https://me:secret@collector", "OTEL_EXPORTER_OTLP_HEADERS"),
        ] {
            let error = collector(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
