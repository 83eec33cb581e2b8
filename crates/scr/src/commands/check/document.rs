//! JSON of errors and warnings. Its keys are a contract.

use scr_data::{Problem, Problems};
use scr_eval::Warning;
use serde::Serialize;

/// Error in the JSON of a check.
#[derive(Serialize)]
pub(super) struct ErrorDocument {
    place: String,
    expected: String,
    found: String,
    hint: String,
}

/// Suspicion in the JSON of a check.
#[derive(Serialize)]
pub(super) struct WarningDocument {
    rule: &'static str,
    structures: Vec<String>,
    images: Vec<String>,
    message: String,
    hint: String,
}

impl ErrorDocument {
    pub(super) fn list(problems: &Problems) -> Vec<Self> {
        problems.list().iter().map(Self::new).collect()
    }

    fn new(problem: &Problem) -> Self {
        let Problem { place, expected, found, hint } = problem.clone();
        Self { place, expected, found, hint }
    }
}

impl WarningDocument {
    pub(super) fn list(warnings: &[Warning]) -> Vec<Self> {
        warnings.iter().map(Self::new).collect()
    }

    fn new(warning: &Warning) -> Self {
        let Warning { rule, structures, images, message, hint } = warning.clone();
        Self { rule: rule.key(), structures, images, message, hint }
    }
}
