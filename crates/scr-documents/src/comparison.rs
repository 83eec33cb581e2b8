//! Comparison: several results side by side, as `scr compare --format json` prints it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::json::to_json_text;
use crate::{MeasureMap, SpacingDocument, SummaryDocument};

/// Output of `scr compare --format json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonDocument {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark with its reference.
    pub benchmark_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// The observer whose masks are the reference.
    pub observer: String,
    /// Distance between pixels, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// Images that are compared.
    pub n_images: usize,
    /// Significance level: a difference is significant below this adjusted p.
    pub alpha: f64,
    /// Seed of the resamples behind rank stability.
    pub bootstrap_seed: u64,
    /// Number of these resamples.
    pub bootstrap_resamples: usize,
    /// The methods, in the order given.
    pub methods: Vec<MethodDocument>,
    /// Comparisons by object and measure.
    pub objects: IndexMap<String, MeasureMap<ComparedDocument>>,
    /// Comparisons by measure of whole images.
    pub image_measures: MeasureMap<ComparedDocument>,
}

impl ComparisonDocument {
    /// Objects by name, and whole images without, each with its measures.
    pub fn subjects(&self) -> impl Iterator<Item = (Option<&str>, &MeasureMap<ComparedDocument>)> {
        let objects = self.objects.iter().map(|(id, measures)| (Some(id.as_str()), measures));
        let whole = (!self.image_measures.is_empty()).then_some((None, &self.image_measures));
        objects.chain(whole)
    }

    /// The document as JSON text, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json_text(self)
    }
}

/// One of the methods compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodDocument {
    /// Name of the method.
    pub name: String,
    /// Digest of the masks.
    pub masks_digest: String,
    /// Agreement of the cardiothoracic ratio with the reference's; null without one.
    pub ctr_agreement: Option<AgreementDocument>,
}

/// All methods by one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedDocument {
    /// One for each method.
    pub methods: Vec<StandingDocument>,
    /// One for each pair of methods.
    pub pairs: Vec<PairDocument>,
}

/// A method by one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandingDocument {
    /// Its name.
    pub name: String,
    /// Its summary, as in its result.
    #[serde(flatten)]
    pub summary: SummaryDocument,
    /// Rank by mean, undefined values worst.
    pub rank_by_mean: usize,
    /// Rank by significant wins.
    pub rank_by_wins: usize,
    /// Methods that it beats by more than chance: Wilcoxon's test, after Holm over the pairs
    /// of this measure.
    pub wins: usize,
    /// Methods that beat it by more than chance, likewise.
    pub losses: usize,
    /// Share of resamples with each rank by mean, from 1.
    pub rank_shares: Vec<f64>,
    /// Median rank over the resamples.
    pub rank_median: Option<usize>,
    /// 95 % interval of the rank over the resamples.
    pub rank_ci95: Option<[usize; 2]>,
}

/// Two methods by one measure; differences are first minus second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairDocument {
    /// Name of the first method.
    pub first: String,
    /// Name of the second method.
    pub second: String,
    /// Images with both values.
    pub n: usize,
    /// Images for which at least one is undefined.
    pub n_undefined: usize,
    /// Mean difference.
    pub mean_difference: Option<f64>,
    /// Its 95 % t interval.
    pub ci95: Option<[f64; 2]>,
    /// Paired t statistic.
    pub t: Option<f64>,
    /// Two-sided p of the paired t test.
    pub t_p: Option<f64>,
    /// The same after Holm over the pairs of this measure.
    pub t_p_holm: Option<f64>,
    /// Wilcoxon's rank sum of the images where the first is greater.
    pub w_plus: f64,
    /// Wilcoxon's rank sum of the images where the second is greater.
    pub w_minus: f64,
    /// Two-sided p of Wilcoxon's signed-rank test.
    pub wilcoxon_p: Option<f64>,
    /// The same after Holm over the pairs of this measure.
    pub wilcoxon_p_holm: Option<f64>,
    /// True where that p is exact; else it is the normal approximation.
    pub wilcoxon_is_exact: bool,
    /// Wilcoxon's p after Holm over all pairs, measures and objects of the comparison.
    #[serde(default)]
    pub wilcoxon_p_holm_all: Option<f64>,
    /// Name of the better method: that p is below alpha, and `ci95` is on the same side and
    /// holds no zero.
    #[serde(default)]
    pub better: Option<String>,
    /// Mean difference over the standard deviation of the differences (Cohen's d_z).
    #[serde(default)]
    pub effect_size: Option<f64>,
    /// Share of the ranks in which the first is higher minus the share of the second, -1 to 1
    /// (matched-pairs rank-biserial correlation).
    #[serde(default)]
    pub rank_biserial: Option<f64>,
}

/// Bland and Altman's limits of agreement; differences are the method's minus the reference's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementDocument {
    /// Images with both values.
    pub n: usize,
    /// Images for which at least one is undefined.
    pub n_undefined: usize,
    /// Mean difference.
    pub bias: Option<f64>,
    /// Its 95 % interval.
    pub bias_ci95: Option<[f64; 2]>,
    /// Standard deviation of the differences.
    pub sd: Option<f64>,
    /// Limits of agreement, bias -+ 1.96 sd.
    pub limits: Option<[f64; 2]>,
    /// 95 % interval of the lower limit.
    pub lower_limit_ci95: Option<[f64; 2]>,
    /// 95 % interval of the upper limit.
    pub upper_limit_ci95: Option<[f64; 2]>,
}
