//! Settings of a benchmark: choices of the operator, in addition to its file.

use serde::{Deserialize, Serialize};

use crate::{ModelLimits, Permission};

/// Default number of decimals of scores against a hidden reference.
const DECIMALS_OF_HIDDEN: u8 = 3;

/// Steps of a ladder are multiples of one thousandth.
const PER_UNIT: f64 = 1000.0;

/// Settings of a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BenchmarkSettings {
    /// Terms of the operator in addition to those in the benchmark's file; downloads and
    /// submissions need their acceptance. Empty without further terms.
    pub terms: String,
    /// Quota of submissions of a person.
    pub submissions: Quota,
    /// Addresses of the curators that review; all curators where it is empty.
    pub reviewers: Vec<String>,
    /// Permission to offer files for download; `None` follows the benchmark's file.
    pub downloads: Option<Permission>,
    /// Visibility of the reference.
    pub reference: Reference,
    /// True shows the other observers although the reference is hidden; they
    /// drew the same structures, and are hidden with it unless the operator says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub show_observers: bool,
    /// The step by which a score must be better to be shown, against a hidden reference;
    /// see [`LadderStep`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderStep>,
    /// True lets curators review their own submissions: for a site of one
    /// person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own_reviews: bool,
    /// Time at which the operator ended the benchmark, RFC 3339 in UTC: it takes no submissions,
    /// and entries show means on full precision, also against a hidden reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Limits of models in submissions, which workers run; `None`: models are forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<ModelLimits>,
    /// Visibility of every image's values; public by default. They are
    /// hidden with the reference in any case; decimals apply to them too.
    pub image_results: Option<ImageResults>,
}

/// Quota of submissions: a count in a number of days. Those that failed their check do not
/// count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Number of submissions.
    pub count: u32,
    /// Number of days.
    pub days: u32,
}

/// Visibility of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Visible as far as the terms in the benchmark's file allow.
    #[default]
    Shown,
    /// Hidden from everybody on the site.
    Hidden,
}

/// Visibility of every image's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageResults {
    /// In full.
    Public,
    /// Hidden.
    Hidden,
    /// Rounded to so many decimals, and summaries with them.
    Decimals(u8),
}

/// The step of a ladder: a share from 0.001 to 0.5, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct LadderStep(u16);

impl TryFrom<f64> for LadderStep {
    type Error = String;

    fn try_from(step: f64) -> Result<Self, String> {
        let thousandths = step * PER_UNIT;
        let is_whole = (thousandths - thousandths.round()).abs() < 1e-6;
        if is_whole && (1.0..=500.0).contains(&thousandths.round()) {
            return Ok(Self(thousandths.round() as u16));
        }
        Err(format!("expected a step from 0.001 to 0.5 in thousandths, found {step}"))
    }
}

impl From<LadderStep> for f64 {
    fn from(step: LadderStep) -> Self {
        Self::from(step.0) / PER_UNIT
    }
}

impl LadderStep {
    /// The multiple of the step that is nearest.
    #[must_use]
    pub fn nearest(self, value: f64) -> f64 {
        (value * PER_UNIT / f64::from(self.0)).round() * f64::from(self.0) / PER_UNIT
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self { count: 20, days: 7 }
    }
}

impl BenchmarkSettings {
    /// True where the reference is hidden.
    #[must_use]
    pub const fn hides_reference(&self) -> bool {
        matches!(self.reference, Reference::Hidden)
    }

    /// The step of the ladder, which is for hidden references.
    #[must_use]
    pub fn ladder(&self) -> Option<LadderStep> {
        self.ladder.filter(|_| self.hides_reference())
    }

    /// True where every image's values are visible.
    #[must_use]
    pub const fn shows_images(&self) -> bool {
        let is_hidden = matches!(self.image_results, Some(ImageResults::Hidden));
        !is_hidden && !self.hides_reference()
    }

    /// Decimals of all scores; none where they are given as they are.
    #[must_use]
    pub const fn decimals(&self) -> Option<u8> {
        match self.image_results {
            Some(ImageResults::Decimals(decimals)) => Some(decimals),
            _ if self.hides_reference() => Some(DECIMALS_OF_HIDDEN),
            _ => None,
        }
    }

    /// True where a curator with this address may review submissions.
    #[must_use]
    pub fn may_review(&self, email: &str) -> bool {
        self.reviewers.is_empty() || self.reviewers.iter().any(|one| one == email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_reference_hides_images_and_rounds_whatever_else_is_said() {
        let shown = BenchmarkSettings::default();
        assert!(shown.shows_images() && shown.decimals().is_none());
        let hidden = BenchmarkSettings { reference: Reference::Hidden, ..shown.clone() };
        assert!(!hidden.shows_images() && hidden.decimals() == Some(3));
        let image_results = Some(ImageResults::Decimals(2));
        let told = BenchmarkSettings { image_results, ..hidden };
        assert!(!told.shows_images() && told.decimals() == Some(2));
        let public = BenchmarkSettings { image_results: Some(ImageResults::Public), ..told };
        assert!(!public.shows_images() && public.decimals() == Some(3));
    }
}
