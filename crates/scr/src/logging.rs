//! Logging to stderr, as text or as JSON.
//!
//! The level is `info` for long-running commands and `warn` for all others; the environment
//! variable `SCR_LOG` sets another, as in `SCR_LOG=debug`. Spans that are traces go to their
//! collector only (`telemetry.rs`).

use std::io::{self, Write};

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_data::terminal;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::telemetry::{self, Traces};

/// Maximal length of a line of text in characters; the rest is replaced by its count.
const MAX_LINE_CHARS: usize = 8000;

/// Format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text, one line an event
    Text,
    /// JSON, one object a line
    Json,
}

/// Options of the log of a long-running command.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogOptions {
    /// Format of the log on stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// Send traces of requests and jobs to the OpenTelemetry collector at URL: OTLP over HTTP,
    /// to URL/v1/traces
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true, value_name = "URL")]
    // Parsed later: an error of the command line would repeat a password.
    otlp: Option<String>,
}

/// Starts logging, and sending traces where a long-running command's options say so.
///
/// # Errors
/// As [`Traces::to`].
pub(crate) fn init(options: Option<&LogOptions>) -> Result<Option<Traces>> {
    let level = if options.is_some() { LevelFilter::INFO } else { LevelFilter::WARN };
    let default = Targets::new().with_default(level).with_target("sqlx", LevelFilter::WARN);
    let given: Option<Targets> = std::env::var("SCR_LOG").ok().and_then(|text| text.parse().ok());
    let logged = given.unwrap_or(default).with_target(telemetry::TARGET, LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer();
    let lines = match options.map(|options| options.log_format) {
        Some(LogFormat::Json) => {
            lines.with_writer(io::stderr).json().flatten_event(true).with_filter(logged).boxed()
        }
        _ => lines.with_writer(|| LineWriter).with_filter(logged).boxed(),
    };
    let otlp = options.and_then(|options| options.otlp.as_deref()).filter(|url| !url.is_empty());
    let traces = otlp.map(Traces::to).transpose()?;
    let spans = traces.as_ref().map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        let traced = Targets::new().with_target(telemetry::TARGET, LevelFilter::INFO);
        // No source line, no thread: who reads traces asks what took how long.
        layer.with_location(false).with_threads(false).with_target(false).with_filter(traced)
    });
    tracing_subscriber::registry().with(lines).with(spans).init();
    Ok(traces)
}

/// Writer of log lines to stderr. Writes each event as one line, without control characters,
/// in a single call.
struct LineWriter;

impl Write for LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let shown = terminal::cut(text, MAX_LINE_CHARS) + "\n";
        io::stderr().lock().write_all(shown.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_written_whole() {
        let line = "WARN a\u{1b}[2J\nINFO forged\n".as_bytes();
        assert_eq!(LineWriter.write(line).unwrap(), line.len());
    }
}
