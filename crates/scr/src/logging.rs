//! Logging to stderr, as text or as JSON.
//!
//! The level is `info` for long-running commands and `warn` for all others; the environment
//! variable `SCR_LOG` sets another, as in `SCR_LOG=debug`.

use std::io::{self, Write};

use clap::ValueEnum;
use scr_data::terminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

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

/// Starts logging. Long-running commands give a format.
pub(crate) fn init(format: Option<LogFormat>) {
    let level = if format.is_some() { LevelFilter::INFO } else { LevelFilter::WARN };
    let default = Targets::new().with_default(level).with_target("sqlx", LevelFilter::WARN);
    let given = std::env::var("SCR_LOG").ok().and_then(|text| text.parse().ok());
    let log = tracing_subscriber::registry().with(given.unwrap_or(default));
    let lines = tracing_subscriber::fmt::layer();
    match format {
        Some(LogFormat::Json) => {
            log.with(lines.with_writer(io::stderr).json().flatten_event(true)).init();
        }
        _ => log.with(lines.with_writer(|| LineWriter)).init(),
    }
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
