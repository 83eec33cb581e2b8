//! JSON of errors and warnings. Its keys are a contract.

use anyhow::{Result, bail};
use scr_data::{Problem, Problems};
use scr_eval::Warning;
use serde::Serialize;

use crate::stdout::print;

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

/// Prints the JSON document of a check; fails with errors in it.
pub(super) fn print_document(document: &impl Serialize, n_errors: usize) -> Result<()> {
    print(None, &(serde_json::to_string_pretty(document)? + "\n"))?;
    match n_errors {
        0 => Ok(()),
        1 => bail!("1 problem, in the JSON on stdout"),
        count => bail!("{count} problems, in the JSON on stdout"),
    }
}
