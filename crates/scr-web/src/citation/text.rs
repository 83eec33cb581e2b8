//! Pieces of text in citations.

use crate::numbers::date;

pub(super) fn year(time: &str) -> &str {
    date(time).split('-').next().unwrap_or_default()
}

/// Text on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
