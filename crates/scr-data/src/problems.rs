//! Problems of a user's files, all at once.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::formats::FormatError;
use crate::terminal::{TerminalLines, TerminalText};

/// Problem: place, expected state, found state and hint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File or folder, as the user names it.
    pub place: String,
    /// Expected state.
    pub expected: String,
    /// Found state.
    pub found: String,
    /// Hint; empty when the other texts suffice.
    pub hint: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
            hint: hint.into(),
        }
    }

    /// Problem of a file that is no valid image.
    #[must_use]
    pub fn format(place: &str, error: &FormatError) -> Self {
        Self::new(place, error.expected(), error.found(), error.hint())
    }

    /// Problem of a file or folder that cannot be read.
    #[must_use]
    pub fn unreadable(place: &Path, error: &std::io::Error) -> Self {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check its permissions",
            _ => "",
        };
        Self::new(place.display().to_string(), "a readable file", error.to_string(), hint)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = TerminalText(&self.place);
        let expected = TerminalLines(&self.expected);
        write!(f, "{place}: expected {expected}, found {}", TerminalLines(&self.found))?;
        if !self.hint.is_empty() {
            write!(f, "\n    hint: {}", TerminalLines(&self.hint))?;
        }
        Ok(())
    }
}

/// List of problems; as an error it is sorted by place and not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// Returns the value of a success; adds the problem of a failure.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// Returns the value of a success; adds the problems of a failure.
    ///
    /// # Errors
    /// An error of another kind, such as [`DataError::Write`].
    pub fn gather<T>(&mut self, result: Result<T, DataError>) -> Result<Option<T>, DataError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(DataError::Problems(found)) => {
                self.list.extend(found.list);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// All problems, sorted by place.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// `value` without problems, else all problems as an error.
    ///
    /// # Errors
    /// [`DataError::Problems`] when there is at least one.
    pub fn or<T>(mut self, value: T) -> Result<T, DataError> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort();
        self.list.dedup();
        Err(DataError::Problems(self))
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.list.extend(problems);
    }
}

impl From<Problem> for DataError {
    fn from(problem: Problem) -> Self {
        Self::Problems(Problems { list: vec![problem] })
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.list.len();
        write!(f, "{count} problem{}", if count == 1 { "" } else { "s" })?;
        for problem in &self.list {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

/// Error of reading or writing data.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Problems of the user's files.
    #[error("{0}")]
    Problems(Problems),
    /// The system refused a write.
    #[error("cannot write {}", TerminalText(&path.display().to_string()))]
    Write {
        /// File or folder.
        path: PathBuf,
        /// Error of the system.
        source: std::io::Error,
    },
    /// The target holds something else.
    #[error("{} already exists and {holds}", TerminalText(&path.display().to_string()))]
    Occupied {
        /// File or folder.
        path: PathBuf,
        /// Content of the target, as the end of a sentence.
        holds: String,
    },
}

impl DataError {
    /// Wraps an error of the system about writing `path`.
    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_listed_sorted_by_place() {
        let mut problems = Problems::default();
        problems.push(Problem::new("b.png", "a mask", "text", "export it as PNG"));
        problems.push(Problem::new("a.png", "512x512", "256x256", ""));
        let text = problems.or(()).unwrap_err().to_string();
        assert_eq!(
            text,
            "2 problems\n  a.png: expected 512x512, found 256x256\n  \
             b.png: expected a mask, found text\n    hint: export it as PNG"
        );
    }
}
