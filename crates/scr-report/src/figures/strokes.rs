//! Stroke styles: colour and dashes of each structure.

/// Colours of Okabe and Ito, distinct for every kind of colour vision, with dashes.
const STROKES: [(&str, &str); 7] = [
    ("#0072b2", "none"),
    ("#d55e00", "7 3"),
    ("#009e73", "2 2.5"),
    ("#cc79a7", "9 3 2 3"),
    ("#e69f00", "4 2"),
    ("#56b4e9", "12 3"),
    ("#777777", "1 3"),
];

/// Stroke of a structure: colour, then dashes.
pub(super) fn stroke(structure: usize) -> (&'static str, &'static str) {
    STROKES[structure % STROKES.len()]
}
