//! What settings take out of documents before the site has them.
//!
//! Files stay where they are: what a document does not name is not offered.

use scr_report::{MeasureMap, ResultDocument, SummaryDocument};

use crate::{
    BenchmarkDocument, BenchmarkSettings, FindingsDocument, Flag, FlagKind, Submission,
    SuspicionsDocument,
};

/// Rules of the check that look at a set of masks alone.
const RULES_WITHOUT_REFERENCE: [&str; 4] = ["wrong_size", "inverted", "empty", "identical_masks"];

/// What is hidden of one benchmark.
pub(super) struct Hiding {
    settings: BenchmarkSettings,
}

impl Hiding {
    pub(super) const fn new(settings: BenchmarkSettings) -> Self {
        Self { settings }
    }

    pub(super) fn in_benchmark(&self, document: &mut BenchmarkDocument) {
        self.settings.hide_in_benchmark(document);
    }

    pub(super) fn in_result(&self, result: &mut ResultDocument) {
        self.settings.hide_in_result(result);
    }

    pub(super) fn in_submission(&self, submission: &mut Submission) {
        if let Some(result) = &mut submission.result {
            self.settings.hide_in_result(result);
        }
        if let Some(findings) = &mut submission.findings {
            self.settings.hide_in_findings(findings);
        }
        if let Some(suspicions) = &mut submission.suspicions {
            self.settings.hide_in_suspicions(suspicions);
        }
    }
}

impl BenchmarkSettings {
    fn hide_in_benchmark(&self, document: &mut BenchmarkDocument) {
        document.terms.text.clone_from(&self.terms);
        if let Some(downloads) = self.downloads {
            document.terms.may_download = downloads;
        }
        if self.hides_reference() {
            document.reference_hidden = true;
            document.observers = document.observers.drain(..).skip(1).collect();
        }
    }

    fn hide_in_result(&self, result: &mut ResultDocument) {
        if !self.shows_images() {
            result.images = None;
        }
        let Some(decimals) = self.decimals() else { return };
        let folds = result.folds.values_mut().flat_map(|fold| {
            fold.objects.values_mut().chain(std::iter::once(&mut fold.image_measures))
        });
        let whole = result.objects.values_mut().chain(std::iter::once(&mut result.image_measures));
        for measures in whole.chain(folds) {
            round_summaries(measures, decimals);
        }
        for image in result.images.iter_mut().flatten() {
            let measures = image.objects.values_mut();
            for value in measures.chain(std::iter::once(&mut image.image_measures)) {
                value.values_mut().flatten().for_each(|value| round(value, decimals));
            }
        }
    }

    fn hide_in_findings(&self, findings: &mut FindingsDocument) {
        if self.hides_reference() {
            for flag in &mut findings.flags {
                if matches!(flag.kind, FlagKind::NearlyReference | FlagKind::Folds) {
                    let message = plain_message(flag).to_owned();
                    flag.message = message;
                }
            }
        }
        let Some(decimals) = self.decimals() else { return };
        for folds in &mut findings.folds {
            folds.means.iter_mut().flatten().for_each(|value| round(value, decimals));
            folds.p.iter_mut().for_each(|value| round(value, decimals));
        }
        for difference in &mut findings.differences {
            difference.mean.iter_mut().for_each(|value| round(value, decimals));
            difference.ci95.iter_mut().flatten().for_each(|value| round(value, decimals));
        }
    }

    /// What a rule found by comparing with the reference is told without images and
    /// numbers.
    fn hide_in_suspicions(&self, suspicions: &mut SuspicionsDocument) {
        if !self.hides_reference() {
            return;
        }
        for suspicion in &mut suspicions.suspicions {
            if !RULES_WITHOUT_REFERENCE.contains(&suspicion.rule.as_str()) {
                suspicion.message = format!("in {} images", suspicion.images.len());
                suspicion.images.clear();
            }
        }
    }
}

const fn plain_message(flag: &Flag) -> &'static str {
    match flag.kind {
        FlagKind::NearlyReference => "The masks are almost the reference’s.",
        _ => "One fold is segmented better than the other.",
    }
}

fn round_summaries(measures: &mut MeasureMap<SummaryDocument>, decimals: u8) {
    for summary in measures.values_mut() {
        let SummaryDocument { mean, sd, min, q1, median, q3, max, ci95, n: _, n_undefined: _ } =
            summary;
        let values = [mean, sd, min, q1, median, q3, max].into_iter().flatten();
        values.chain(ci95.iter_mut().flatten()).for_each(|value| round(value, decimals));
    }
}

fn round(value: &mut f64, decimals: u8) {
    let scale = 10_f64.powi(i32::from(decimals));
    *value = (*value * scale).round() / scale;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageResults, Reference};

    #[test]
    fn a_number_keeps_its_decimals_and_no_more() {
        for (decimals, expected) in [(0, 1.0), (1, 0.9), (3, 0.912), (6, 0.911_765)] {
            let mut value = 0.911_764_705_882_352_9;
            round(&mut value, decimals);
            assert_eq!(value.to_string(), f64::to_string(&expected), "{decimals}");
        }
    }

    #[test]
    fn a_hidden_reference_hides_images_and_rounds_unless_told_otherwise() {
        let shown = BenchmarkSettings::default();
        assert!(shown.shows_images() && shown.decimals().is_none());
        let hidden = BenchmarkSettings { reference: Reference::Hidden, ..shown.clone() };
        assert!(!hidden.shows_images() && hidden.decimals() == Some(3));
        let image_results = Some(ImageResults::Decimals(2));
        let told = BenchmarkSettings { image_results, ..hidden };
        assert!(told.shows_images() && told.decimals() == Some(2));
        let public = BenchmarkSettings { image_results: Some(ImageResults::Public), ..told };
        assert_eq!(public.decimals(), Some(3), "the reference is hidden still");
    }
}
