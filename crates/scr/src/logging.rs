//! The log, on stderr: lines for people, or JSON for those who collect them.
//!
//! Long-running commands tell what they do; the others speak of problems only. `SCR_LOG`
//! says otherwise, as in `SCR_LOG=debug`.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One object a line, for programs
    Json,
}

/// Begins the log; a format is given by commands that run for long.
pub(crate) fn begin(format: Option<LogFormat>) {
    let usual = if format.is_some() { "info,sqlx=warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("SCR_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        Some(LogFormat::Json) => lines.json().flatten_event(true).init(),
        _ => lines.init(),
    }
}
