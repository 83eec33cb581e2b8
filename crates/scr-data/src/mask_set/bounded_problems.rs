//! Bounded list of problems: an archive of a million bad names fills neither memory nor
//! screen.

use crate::{Problem, Problems};

/// Maximum number of problems listed; further ones are counted.
pub(super) const MAX_PROBLEMS: usize = 10_000;

/// The first [`MAX_PROBLEMS`] problems, and the number of further ones.
#[derive(Debug, Default)]
pub(super) struct BoundedProblems {
    problems: Problems,
    n_more: usize,
}

impl BoundedProblems {
    /// Adds a problem.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.problems.list().len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.n_more += 1;
        }
    }

    /// Returns the value of a success; adds the problem of a failure.
    pub(super) fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// True without problems.
    pub(super) fn is_empty(&self) -> bool {
        self.problems.list().is_empty()
    }

    /// All problems; the number of further ones becomes a problem of `place`.
    pub(super) fn into_problems(mut self, place: &str) -> Problems {
        if self.n_more > 0 {
            let expected = format!("a set with at most {MAX_PROBLEMS} problems");
            let found = format!("{} more than are listed", self.n_more);
            self.problems.push(Problem::new(place, expected, found, "is it the right one?"));
        }
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_beyond_the_last_that_is_listed_are_counted() {
        let mut problems = BoundedProblems::default();
        for index in 0..MAX_PROBLEMS + 7 {
            problems.push(Problem::new(format!("{index}"), "a", "b", ""));
        }
        let problems = problems.into_problems("x.zip");
        let last = problems.list().last().unwrap();
        assert_eq!((last.place.as_str(), last.found.as_str()), ("x.zip", "7 more than are listed"));
        assert_eq!(problems.list().len(), MAX_PROBLEMS + 1);
    }
}
