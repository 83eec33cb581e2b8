//! Faults of an import by kind: the first of each kind are listed, the rest counted.

use std::collections::BTreeMap;

use scr_data::{DataError, Problem, Problems};

/// Maximum number of problems of a kind that are listed.
const MAX_LISTED: usize = 20;

/// Problems of the user's files, bounded by kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    problems: Problems,
    counts: BTreeMap<&'static str, usize>,
}

impl Faults {
    /// Adds a problem of a kind, such as `masks without an image`.
    pub(crate) fn push(&mut self, kind: &'static str, problem: Problem) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_LISTED {
            self.problems.push(problem);
        }
    }

    /// Adds problems of a kind.
    pub(crate) fn extend(&mut self, kind: &'static str, problems: &Problems) {
        problems.list().iter().for_each(|problem| self.push(kind, problem.clone()));
    }

    /// True when there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// `value` without problems, else all problems as an error.
    pub(crate) fn or<T>(mut self, value: T) -> Result<T, DataError> {
        for (kind, &count) in &self.counts {
            if count > MAX_LISTED {
                let expected = format!("{count} {kind}, the first {MAX_LISTED} listed here");
                let more = format!("{} more", count - MAX_LISTED);
                self.problems.push(Problem::new(format!("~ {kind}"), expected, more, ""));
            }
        }
        self.problems.or(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_listed_up_to_a_limit_and_counted() {
        let mut faults = Faults::default();
        for number in 0..30 {
            faults.push("odd files", Problem::new(format!("f{number:02}"), "a", "b", ""));
        }
        faults.push("other files", Problem::new("x", "a", "b", ""));
        let text = faults.or(()).unwrap_err().to_string();
        assert_eq!(text.matches("expected").count(), 22, "{text}");
        assert!(text.contains("10 more"), "{text}");
    }
}
