//! The log, on stderr: lines for people, or JSON for those who collect them.
//!
//! Long-running commands tell what they do; the others speak of problems only. `SCR_LOG`
//! says otherwise, as in `SCR_LOG=debug`.

use std::io::{self, Write};

use clap::ValueEnum;
use scr_data::terminal;
use tracing_subscriber::EnvFilter;

/// Characters of a line of the log for people, beyond which the rest is only counted.
const MAX_LINE_CHARS: usize = 8000;

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
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    match format {
        Some(LogFormat::Json) => {
            lines.with_writer(std::io::stderr).json().flatten_event(true).init();
        }
        _ => lines.with_writer(|| OneLine).init(),
    }
}

/// Stderr, for lines of the log: each comes at once, and stays one line that a terminal
/// may show, whatever is told in it.
struct OneLine;

impl Write for OneLine {
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
    fn a_line_of_the_log_is_taken_whole() {
        let line = "WARN a\u{1b}[2J\nINFO forged\n".as_bytes();
        assert_eq!(OneLine.write(line).unwrap(), line.len());
    }
}
