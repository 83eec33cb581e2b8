//! The Ladder: limits how much of a hidden reference successive scores reveal.
//!
//! Source: Blum and Hardt, "The Ladder: A Reliable Leaderboard for Machine Learning
//! Competitions", ICML 2015, PMLR 37:1006-1014, Figure 1, with a fixed step. Theirs is
//! one loss, lower is better. Ours, for an account and a benchmark: one ladder for the
//! mean overlap of each object, higher is better, and one for the mean pixel error, lower
//! is better. These are shares, on which one step means the same; all other measures are
//! not shown until the operator ends the benchmark.
//!
//! A new value replaces the shown one only if it is better by **more** than a step; it is then
//! shown rounded to the nearest step. The first value shows.
//!
//! - [`LadderStep`]: the step. [`Rung`]: the scores shown. `submissions/ladder.rs` stores them.

use indexmap::IndexMap;
use scr_documents::{LadderStep, ResultDocument};
use serde::{Deserialize, Serialize};

/// Tolerance of comparisons, so that the last bit decides no tie.
const TIE: f64 = 1e-9;

/// Scores that an account sees.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Rung {
    /// Mean overlap by object.
    pub(crate) overlaps: IndexMap<String, f64>,
    /// Mean pixel error.
    pub(crate) pixel_error: Option<f64>,
}

impl Rung {
    /// Scores shown after a result.
    pub(crate) fn after(mut self, result: &ResultDocument, step: LadderStep) -> Self {
        for (object, measures) in &result.objects {
            if let Some(overlap) = measures.get("overlap").and_then(|summary| summary.mean) {
                let best = self.overlaps.get(object).copied();
                if best.is_none_or(|best| overlap > best + f64::from(step) + TIE) {
                    self.overlaps.insert(object.clone(), step.nearest(overlap));
                }
            }
        }
        let error = result.image_measures.get("pixel_error").and_then(|summary| summary.mean);
        if let Some(error) = error
            && self.pixel_error.is_none_or(|best| error < best - f64::from(step) - TIE)
        {
            self.pixel_error = Some(step.nearest(error));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use scr_documents::SummaryDocument;

    use super::*;

    fn result(overlap: f64, pixel_error: f64) -> ResultDocument {
        let summary = |mean| SummaryDocument {
            mean: Some(mean),
            sd: None,
            min: None,
            q1: None,
            median: None,
            q3: None,
            max: None,
            n: Some(1),
            n_undefined: Some(0),
            ci95: None,
        };
        let of = |key: &str, mean| [(key.to_owned(), summary(mean))].into_iter().collect();
        ResultDocument {
            benchmark: "b".into(),
            benchmark_digest: String::new(),
            masks_digest: String::new(),
            evaluator_version: String::new(),
            observer: String::new(),
            spacing_mm: None,
            undefined_as: None,
            rounded_to: None,
            bootstrap_seed: 1,
            bootstrap_resamples: 1,
            objects: [("heart".to_owned(), of("overlap", overlap))].into_iter().collect(),
            image_measures: of("pixel_error", pixel_error),
            folds: IndexMap::new(),
            images: None,
        }
    }

    #[test]
    fn a_value_shows_when_it_is_better_by_more_than_a_step() {
        let step = LadderStep::try_from(0.01).unwrap();
        let mut rung = Rung::default();
        let mut shown = Vec::new();
        // The fourth is a step better to the last digit, a tie; the sixth falls behind.
        for overlap in [0.8034, 0.8099, 0.7, 0.81, 0.8101, 0.8, 0.93] {
            rung = rung.after(&result(overlap, 1.0 - overlap), step);
            shown.push((rung.overlaps["heart"], rung.pixel_error.unwrap()));
        }
        let expected = [
            (0.8, 0.2),
            (0.8, 0.2),
            (0.8, 0.2),
            (0.8, 0.2),
            (0.81, 0.19),
            (0.81, 0.19),
            (0.93, 0.07),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_an_account_was_shown_of_an_object_stays_while_others_are_scored() {
        let step = LadderStep::try_from(0.01).unwrap();
        let rung = Rung::default().after(&result(0.8, 0.2), step);
        let mut other = result(0.9, 0.2);
        other.objects.shift_remove("heart");
        other.image_measures.clear();
        assert_eq!(rung.clone().after(&other, step), rung);
    }

    #[test]
    fn a_step_is_a_number_of_thousandths() {
        for step in [0.001, 0.01, 0.025, 0.5] {
            assert_eq!(f64::from(LadderStep::try_from(step).unwrap()), step);
        }
        for wrong in [0.0, -0.01, 0.0005, 0.0101_5, 0.6, f64::NAN] {
            assert!(LadderStep::try_from(wrong).is_err(), "{wrong}");
        }
    }
}
