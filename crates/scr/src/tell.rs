//! What people are told, on stderr: the one place that writes there, for names from files
//! and servers are among it.

use std::fmt::Arguments;

use scr_data::terminal;

/// Tells a line, or several.
macro_rules! tell {
    ($($text:tt)*) => { $crate::tell::line(format_args!($($text)*)) };
}
pub(crate) use tell;

/// Writes to stderr what a terminal may show of a text.
#[expect(clippy::print_stderr, reason = "the one place that writes there")]
pub(crate) fn line(text: Arguments<'_>) {
    eprintln!("{}", terminal::lines(&text.to_string()));
}
