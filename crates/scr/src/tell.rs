//! Messages on stderr. Every message passes through here, since it can hold names from files
//! and servers, which must not control the terminal.

use std::fmt::Arguments;

use scr_data::terminal;

/// Prints a message of one or more lines to stderr.
macro_rules! tell {
    ($($text:tt)*) => { $crate::tell::line(format_args!($($text)*)) };
}
pub(crate) use tell;

/// Prints a text to stderr without control characters.
#[expect(clippy::print_stderr, reason = "all messages pass here")]
pub(crate) fn line(text: Arguments<'_>) {
    eprintln!("{}", terminal::lines(&text.to_string()));
}
