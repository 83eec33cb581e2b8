//! What is wrong with a user's files, all of it at once.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::formats::FormatError;
use crate::terminal::{Shown, ShownLines};

/// One thing that is wrong: where, what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or folder, as the user would look for it.
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// What to do about it; empty when the rest says it.
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

    /// A file that cannot be read as an image.
    #[must_use]
    pub fn format(place: &str, error: &FormatError) -> Self {
        Self::new(place, error.expected(), error.found(), error.hint())
    }

    /// A file or folder that the system does not let us read.
    #[must_use]
    pub fn unreadable(place: &Path, error: &std::io::Error) -> Self {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read it",
            _ => "",
        };
        Self::new(place.display().to_string(), "a readable file", error.to_string(), hint)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, expected) = (Shown(&self.place), ShownLines(&self.expected));
        write!(f, "{place}: expected {expected}, found {}", ShownLines(&self.found))?;
        if !self.hint.is_empty() {
            write!(f, "\n    hint: {}", ShownLines(&self.hint))?;
        }
        Ok(())
    }
}

/// A list of problems, sorted by place, never empty once it is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// Keeps the value of what went well and the problem of what did not.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// All of them, sorted by place.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// `value` when there are no problems, else all of them as an error.
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

/// Why data could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The user's files are at fault; everything that is wrong with them.
    #[error("{0}")]
    Problems(Problems),
    /// The system did not let us write.
    #[error("cannot write {}", Shown(&path.display().to_string()))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The place to write to holds something else.
    #[error("{} already exists and {holds}", Shown(&path.display().to_string()))]
    Occupied {
        /// The file or folder.
        path: PathBuf,
        /// What it holds, as the end of a sentence.
        holds: String,
    },
}

impl DataError {
    /// Wraps what the system says about writing `path`.
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
