//! Tuning of a method's parameters: coordinate search, scored by cross-validation inside the
//! training images, or by a validation set.
//!
//! The images that the method will be scored on are never read, so that results on them may be
//! reported. The search is no grid: it starts from the defaults, tries the values of one
//! parameter while the others keep their best values, and goes through the parameters
//! again until a round changes nothing.
//!
//! It stands here and in no library crate since it needs both methods and measures, which
//! do not depend on each other. The main type is [`Tuning`].

mod table;
mod validation;

use anyhow::Result;
use scr_methods::Parameters;

pub(crate) use table::{Table, Trial};
use validation::Split;
pub(crate) use validation::{Scheme, Validation};

/// Rounds at most; a round that changes nothing is the last.
pub(crate) const MAX_ROUNDS: usize = 5;

/// A search for the best parameters of a method.
pub(crate) struct Tuning<'a> {
    pub(crate) validation: Validation<'a>,
    /// Parameters in the order of the search, each with the values to try.
    pub(crate) tries: Vec<(String, Vec<String>)>,
}

/// Result of a search.
#[derive(Debug, serde::Serialize)]
pub(crate) struct TuningResult {
    /// The method's defaults.
    pub(crate) default: Trial,
    /// The best setting, the first of equals.
    pub(crate) best: Trial,
    /// Number of settings tried.
    pub(crate) n_tried: usize,
    /// The last round changed nothing, so that another would not either.
    #[serde(rename = "has_settled")]
    pub(crate) has_converged: bool,
}

impl Tuning<'_> {
    /// Number of settings in the full grid.
    pub(crate) fn n_grid(&self) -> usize {
        self.tries
            .iter()
            .fold(1, |product: usize, (_, values)| product.saturating_mul(values.len()))
    }

    /// Runs the search. Settings that `table` holds are not scored again; others are added.
    pub(crate) fn run(
        &self,
        table: &mut Table,
        progress: scr_methods::Progress<'_>,
    ) -> Result<TuningResult> {
        let n_values = self.tries.iter().map(|(_, values)| values.len()).sum();
        let defaults = Parameters::new(self.validation.method.info(), &[])?;
        let default = self.tried(&defaults, &self.validation.splits(), table)?;
        let (mut best, mut has_converged) = (default.clone(), false);
        for round in 1..=MAX_ROUNDS {
            let (before, mut done) = (best.parameters.clone(), 0);
            for (key, values) in &self.tries {
                // Decoded images are kept while one parameter varies, and no longer.
                let splits = self.validation.splits();
                for value in values {
                    progress(&format!("round {round}, {key}={value}"), done, n_values);
                    let parameters =
                        best.parameters.with(self.validation.method.info(), key, value)?;
                    let tried = self.tried(&parameters, &splits, table)?;
                    if tried.score.mean_overlap > best.score.mean_overlap {
                        best = tried;
                    }
                    done += 1;
                }
            }
            has_converged = best.parameters == before;
            if has_converged {
                break;
            }
        }
        Ok(TuningResult { default, best, n_tried: table.len(), has_converged })
    }

    fn tried(
        &self,
        parameters: &Parameters,
        splits: &[Split<'_>],
        table: &mut Table,
    ) -> Result<Trial> {
        if let Some(tried) = table.find(parameters) {
            return Ok(tried.clone());
        }
        let tried = Trial {
            parameters: parameters.clone(),
            score: self.validation.score(parameters, splits)?,
        };
        table.add(tried.clone())?;
        Ok(tried)
    }
}
