//! Text from files and servers, made harmless for a terminal.
//!
//! A name in a zip, a header of an image or an answer of a server may hold escape
//! sequences that move the cursor, signs that reverse a line, signs that nobody sees, or
//! megabytes. All text that others wrote is shown through here; JSON is not, for which
//! programs have their own rules.

use std::fmt::{self, Write};

/// Characters of one text beyond which the rest is only counted.
pub const MAX_CHARS: usize = 1000;

/// One text of somebody else's, as a terminal may show it: on one line, its control,
/// format and unassigned characters as `\u{...}`, at most [`MAX_CHARS`] of it.
///
/// ```
/// use scr_data::terminal::Shown;
/// assert_eq!(Shown("Müller's \"net\"").to_string(), "Müller's \"net\"");
/// assert_eq!(Shown("a\u{1b}[2Jb\u{202e}\n").to_string(), r"a\u{1b}[2Jb\u{202e}\n");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bounded(f, self.0, MAX_CHARS, |_| false)
    }
}

/// As [`Shown`], in lines: the lines after the first are indented, so that none passes
/// for one of ours.
#[derive(Debug, Clone, Copy)]
pub struct ShownLines<'a>(pub &'a str);

impl fmt::Display for ShownLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.trim_end_matches('\n');
        let mut indented = Indented { to: f };
        write_bounded(&mut indented, text, MAX_CHARS, |sign| sign == '\n')
    }
}

/// A whole output of many texts: lines and tabs stay, everything else is as in [`Shown`],
/// of any length. What was made harmless once stays as it is.
#[must_use]
pub fn lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    write_bounded(&mut shown, text, usize::MAX, |sign| matches!(sign, '\n' | '\t'))
        .expect("a string takes what is written");
    shown
}

/// A text of at most `max_chars` characters: of a longer one the beginning.
#[must_use]
pub fn cut(text: &str, max_chars: usize) -> String {
    let mut shown = String::new();
    write_bounded(&mut shown, text, max_chars, |_| false).expect("a string takes what is written");
    shown
}

fn write_bounded(
    to: &mut impl Write,
    text: &str,
    max_chars: usize,
    stays: impl Fn(char) -> bool,
) -> fmt::Result {
    let mut signs = text.chars();
    for sign in signs.by_ref().take(max_chars) {
        if stays(sign) || is_harmless(sign) {
            to.write_char(sign)?;
        } else {
            write!(to, "{}", sign.escape_debug())?;
        }
    }
    match signs.count() {
        0 => Ok(()),
        more => write!(to, "... ({more} more characters)"),
    }
}

/// Whether a sign only shows itself. Those that cannot be printed are what Rust's `Debug`
/// escapes within a text: control, format, private and unassigned ones, and separators
/// other than the blank. An accent on the letter before it is printed.
pub fn is_harmless(sign: char) -> bool {
    if sign.is_ascii() {
        return !sign.is_ascii_control();
    }
    let mut bytes = [b'a'; 5];
    let end = 1 + sign.encode_utf8(&mut bytes[1..]).len();
    let text = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(sign)
}

/// Puts blanks after the end of each line.
struct Indented<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
}

impl Write for Indented<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|sign| self.write_char(sign))
    }

    fn write_char(&mut self, sign: char) -> fmt::Result {
        self.to.write_char(sign)?;
        if sign == '\n' { self.to.write_str("      ") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_hides_or_turns_a_line_is_escaped() {
        for sign in [
            '\0',
            '\u{7}',
            '\u{8}',
            '\r',
            '\n',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{e000}',
            '\u{e0041}',
        ] {
            let shown = Shown(&format!("a{sign}b")).to_string();
            assert!(!shown.contains(sign), "{shown:?}");
            assert!(shown.starts_with("a\\") && shown.ends_with('b'), "{shown:?}");
            assert_eq!(lines(&shown), shown, "once is enough");
        }
        let plain = "Müller, Zürich: café cafe\u{301} 肺 \"x\" 'y' C:\\a";
        assert_eq!(Shown(plain).to_string(), plain);
        assert_eq!(lines("a\n\tb\u{1b}"), "a\n\tb\\u{1b}");
    }

    #[test]
    fn a_text_without_end_is_counted_and_a_line_of_others_never_looks_like_ours() {
        let shown = Shown(&"x".repeat(MAX_CHARS + 5)).to_string();
        assert!(shown.ends_with("x... (5 more characters)"), "{shown}");
        assert_eq!(cut("abcdef", 3), "abc... (3 more characters)");
        assert_eq!(ShownLines("a\nerror: b\n").to_string(), "a\n      error: b");
    }
}
