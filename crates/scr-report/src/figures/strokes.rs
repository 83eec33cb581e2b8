//! How structures are told apart: each has a colour and dashes of its own.

/// Colours of Okabe and Ito, apart for every kind of colour vision, with dashes.
const STROKES: [(&str, &str); 7] = [
    ("#0072b2", "none"),
    ("#d55e00", "7 3"),
    ("#009e73", "2 2.5"),
    ("#cc79a7", "9 3 2 3"),
    ("#e69f00", "4 2"),
    ("#56b4e9", "12 3"),
    ("#777777", "1 3"),
];

/// The attributes of a structure's line: colour, then dashes.
pub(super) fn stroke(structure: usize) -> (&'static str, &'static str) {
    STROKES[structure % STROKES.len()]
}
