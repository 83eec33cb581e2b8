//! Escaping of untrusted text for a terminal.
//!
//! A name in a zip, a header of an image or an answer of a server may hold escape sequences
//! that move the cursor, characters that reverse a line, invisible characters, or megabytes.
//! All text of others goes through this module, except JSON, which is for programs.

use std::fmt::{self, Write};

/// Maximum number of characters of one text; the rest is counted.
pub const MAX_CHARS: usize = 1000;

/// Untrusted text, escaped for a terminal: on one line, with control, format and unassigned
/// characters as `\u{...}`, at most [`MAX_CHARS`] characters.
///
/// ```
/// use scr_data::terminal::TerminalText;
/// assert_eq!(TerminalText("Müller's \"net\"").to_string(), "Müller's \"net\"");
/// assert_eq!(TerminalText("a\u{1b}[2Jb\u{202e}\n").to_string(), r"a\u{1b}[2Jb\u{202e}\n");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TerminalText<'a>(pub &'a str);

impl fmt::Display for TerminalText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bounded(f, self.0, MAX_CHARS, |_| false)
    }
}

/// Untrusted text in lines, each escaped as in [`TerminalText`]. Lines after the first are
/// indented, so that none passes for ours.
#[derive(Debug, Clone, Copy)]
pub struct TerminalLines<'a>(pub &'a str);

impl fmt::Display for TerminalLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.trim_end_matches('\n');
        let mut indented = Indented { to: f };
        write_bounded(&mut indented, text, MAX_CHARS, |character| character == '\n')
    }
}

/// Escapes a whole output of any length: keeps lines and tabs, and escapes everything else as
/// [`TerminalText`] does. Escaped text stays unchanged.
#[must_use]
pub fn lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    write_bounded(&mut shown, text, usize::MAX, |character| matches!(character, '\n' | '\t'))
        .expect("a string takes what is written");
    shown
}

/// Escapes and truncates a text to at most `max_chars` characters.
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
    let mut characters = text.chars();
    for character in characters.by_ref().take(max_chars) {
        if stays(character) || is_printable(character) {
            to.write_char(character)?;
        } else {
            write!(to, "{}", character.escape_debug())?;
        }
    }
    match characters.count() {
        0 => Ok(()),
        more => write!(to, "... ({more} more characters)"),
    }
}

/// True for printable characters. Others are those that Rust's `Debug` escapes: control,
/// format, private and unassigned characters, and separators other than the space. A
/// combining accent is printable.
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let mut bytes = [b'a'; 5];
    let end = 1 + character.encode_utf8(&mut bytes[1..]).len();
    let text = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(character)
}

/// Indents the lines after the first.
struct Indented<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
}

impl Write for Indented<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        self.to.write_char(character)?;
        if character == '\n' { self.to.write_str("      ") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_hides_or_turns_a_line_is_escaped() {
        for character in [
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
            let shown = TerminalText(&format!("a{character}b")).to_string();
            assert!(!shown.contains(character), "{shown:?}");
            assert!(shown.starts_with("a\\") && shown.ends_with('b'), "{shown:?}");
            assert_eq!(lines(&shown), shown, "once is enough");
        }
        let plain = "Müller, Zürich: café cafe\u{301} 肺 \"x\" 'y' C:\\a";
        assert_eq!(TerminalText(plain).to_string(), plain);
        assert_eq!(lines("a\n\tb\u{1b}"), "a\n\tb\\u{1b}");
    }

    #[test]
    fn a_text_without_end_is_counted_and_a_line_of_others_never_looks_like_ours() {
        let shown = TerminalText(&"x".repeat(MAX_CHARS + 5)).to_string();
        assert!(shown.ends_with("x... (5 more characters)"), "{shown}");
        assert_eq!(cut("abcdef", 3), "abc... (3 more characters)");
        assert_eq!(TerminalLines("a\nerror: b\n").to_string(), "a\n      error: b");
    }
}
