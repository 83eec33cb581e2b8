//! Report of a verification.

use scr_data::{Problem, Problems};

/// Head of the record that someone noted earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedHead {
    /// Digest of the line: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// Number of the line, counted from 1.
    pub number: u64,
}

/// Outcome of a verification.
#[derive(Debug, Default)]
pub struct Report {
    /// Everything that does not hold.
    pub problems: Problems,
    /// Parts that could not be checked, with the reason.
    pub unreached: Vec<String>,
    /// Numbers of checks.
    pub counts: Counts,
}

/// Numbers of checked parts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Lines of the record.
    pub lines: usize,
    /// Entries.
    pub entries: usize,
    /// Results, all versions.
    pub results: usize,
    /// Files.
    pub files: usize,
    /// Results whose scores were recomputed from masks and reference.
    pub scored: usize,
}

impl Report {
    pub(crate) fn problem(
        &mut self,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.problems.push(Problem::new(place.into(), expected.into(), found.into(), ""));
    }

    /// Reports a digest that differs from the expected one.
    pub(crate) fn compare(&mut self, place: impl Into<String>, expected: &str, found: &str) {
        if expected != found {
            self.problem(place, expected, found);
        }
    }
}
