//! Errors of models.

use scr_data::{DataError, Problem};
use thiserror::Error;

/// Error of a model, its card or its process.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Problems of the model or its card.
    #[error(transparent)]
    Refused(#[from] DataError),
    /// The runtime cannot load the model.
    #[error("the model cannot be loaded: {0}")]
    Load(String),
    /// The model failed on an image.
    #[error("the model failed: {0}")]
    Run(String),
    /// The output is not what the card says.
    #[error("output of the model: expected {expected}, found {found}{}", hint_text(.hint))]
    Output {
        /// Expected output.
        expected: String,
        /// Found output.
        found: String,
        /// Hint; may be empty.
        hint: String,
    },
    /// The model took longer than its limit.
    #[error("the model was stopped: {what} took longer than {limit_s} s")]
    TooSlow {
        /// Loading, or an image.
        what: &'static str,
        /// Limit in seconds.
        limit_s: u64,
    },
    /// The process of the model ended.
    #[error("the process of the model ended: {0}")]
    Died(String),
    /// The run was stopped from outside.
    #[error("the run was stopped")]
    Stopped,
    /// The process of the model could not be started or reached.
    #[error("the process of the model: {0}")]
    Process(#[from] std::io::Error),
}

impl ModelError {
    /// True for an error of this machine, not of the model: another attempt may succeed.
    #[must_use]
    pub const fn is_of_machine(&self) -> bool {
        match self {
            Self::Process(_) | Self::Stopped => true,
            Self::Refused(error) => !matches!(error, DataError::Problems(_)),
            _ => false,
        }
    }

    /// The error as problems of the file `place`.
    #[must_use]
    pub fn problems(&self, place: &str) -> Vec<Problem> {
        match self {
            Self::Refused(DataError::Problems(problems)) => problems.list().to_vec(),
            Self::Output { expected, found, hint } => {
                vec![Problem::new(format!("{place}, output"), expected, found, hint)]
            }
            other => {
                vec![Problem::new(
                    place,
                    "a model that runs within its limits",
                    other.to_string(),
                    "",
                )]
            }
        }
    }
}

fn hint_text(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!(" ({hint})") }
}
