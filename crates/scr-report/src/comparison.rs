//! Results that stand side by side: whether they may, and the JSON of what
//! `scr compare` found.
//!
//! Computes nothing: values go to [`scr_eval::compare`] as they were written, and
//! what it found is copied into the written form. Keys are a contract with users'
//! scripts.

use indexmap::IndexMap;
use scr_data::Problem;
use scr_eval::{
    CompareSettings, ComparedMeasure, ComparedPair, Comparison, MethodValues, ValueColumn,
};
use scr_measures::{Better, Measure};
use scr_stats::{BlandAltman, Direction};
use serde::Serialize;

use crate::document::{
    ImageDocument, MeasureMap, ResultDocument, SpacingDocument, SummaryDocument,
};

/// A result and what to call it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedResult {
    /// Name for people: the set's folder or file.
    pub name: String,
    /// The result, with every image's values.
    pub result: ResultDocument,
}

/// Everything that keeps results from standing side by side: other benchmarks,
/// rules, observers or images than the first has, or values by image left out.
#[must_use]
pub fn incomparable(results: &[NamedResult]) -> Vec<Problem> {
    let Some(NamedResult { result: first, name: first_name }) = results.first() else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for NamedResult { name, result } in results {
        let mut differs = |what: &str, expected: &str, found: &str, hint: &str| {
            if expected != found {
                let expected = format!("{what} {expected}, as {first_name} has");
                problems.push(Problem::new(name, expected, found, hint));
            }
        };
        let rescore = "score both against one benchmark with one version of scr";
        differs("benchmark", &first.benchmark_digest, &result.benchmark_digest, rescore);
        differs("evaluator", &first.evaluator_version, &result.evaluator_version, rescore);
        differs("observer", &first.observer, &result.observer, rescore);
        if result.images.is_none() {
            let hint = "write it with `scr evaluate --format json --per-image`";
            problems.push(Problem::new(name, "every image's values", "summaries alone", hint));
        } else if images(first)
            .map(|image| &image.image)
            .ne(images(result).map(|image| &image.image))
        {
            problems.push(Problem::new(
                name,
                format!("the images of {first_name} ({})", images(first).count()),
                format!("others ({})", images(result).count()),
                "methods are compared image by image: give sets that cover the same folds",
            ));
        }
    }
    problems
}

fn images(result: &ResultDocument) -> impl Iterator<Item = &ImageDocument> {
    result.images.iter().flatten()
}

/// The values of results that may stand side by side, by every measure that all of
/// them hold and that has a better end.
#[must_use]
pub fn method_values(results: &[NamedResult]) -> Vec<MethodValues> {
    let Some(first) = results.first() else { return Vec::new() };
    let of_objects = first.result.objects.iter().flat_map(|(object, measures)| {
        measures.keys().map(|key| (Some(object.clone()), key.clone()))
    });
    let of_images = first.result.image_measures.keys().map(|key| (None, key.clone()));
    let is_in = |object: &Option<String>, key: &String| {
        results.iter().all(|named| match object {
            Some(object) => {
                named.result.objects.get(object).is_some_and(|measures| measures.contains_key(key))
            }
            None => named.result.image_measures.contains_key(key),
        })
    };
    let columns: Vec<(Option<String>, String, Direction)> = of_objects
        .chain(of_images)
        .filter(|(object, key)| is_in(object, key))
        .filter_map(|(object, key)| Some((object, key.clone(), direction(&key)?)))
        .collect();
    let values = |named: &NamedResult| MethodValues {
        name: named.name.clone(),
        columns: columns
            .iter()
            .map(|(object, key, direction)| ValueColumn {
                object: object.clone(),
                key: key.clone(),
                direction: *direction,
                values: images(&named.result)
                    .map(|image| value(image, object.as_deref(), key))
                    .collect(),
            })
            .collect(),
        ratios: named.result.image_measures.contains_key("ctr").then(|| {
            ["ctr_reference", "ctr"]
                .map(|key| images(&named.result).map(|image| value(image, None, key)).collect())
        }),
    };
    results.iter().map(values).collect()
}

fn value(image: &ImageDocument, object: Option<&str>, key: &str) -> Option<f64> {
    let measures = match object {
        Some(object) => image.objects.get(object)?,
        None => &image.image_measures,
    };
    measures.get(key).copied().flatten()
}

/// In which direction a key improves; none for what is no measure of agreement.
fn direction(key: &str) -> Option<Direction> {
    let better = match Measure::from_result_key(key) {
        Ok((measure, _)) => measure.better(),
        Err(_) if key == "pixel_error" => Better::Lower,
        Err(_) => return None,
    };
    Some(match better {
        Better::Higher => Direction::HigherIsBetter,
        Better::Lower => Direction::LowerIsBetter,
    })
}

/// What `scr compare --format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonDocument {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Names exactly what was scored against.
    pub benchmark_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// The observer whose masks are the reference.
    pub observer: String,
    /// Distance between pixels, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// Images that are compared.
    pub n_images: usize,
    /// Below which adjusted p a difference counts as more than chance.
    pub alpha: f64,
    /// Seed of the resamples behind rank stability.
    pub bootstrap_seed: u64,
    /// Number of these resamples.
    pub bootstrap_resamples: usize,
    /// The methods, in the order given.
    pub methods: Vec<MethodDocument>,
    /// By object and measure.
    pub objects: IndexMap<String, MeasureMap<ComparedDocument>>,
    /// By measure of whole images.
    pub image_measures: MeasureMap<ComparedDocument>,
}

/// One of the methods compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MethodDocument {
    /// What it is called.
    pub name: String,
    /// Names exactly which masks were scored.
    pub masks_digest: String,
    /// Agreement of the cardiothoracic ratio with the reference's; null without one.
    pub ctr_agreement: Option<AgreementDocument>,
}

/// All methods by one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedDocument {
    /// One for each method.
    pub methods: Vec<StandingDocument>,
    /// One for each pair of methods.
    pub pairs: Vec<PairDocument>,
}

/// A method by one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Methods that it beats by more than chance.
    pub wins: usize,
    /// Methods that beat it by more than chance.
    pub losses: usize,
    /// Share of resamples with each rank by mean, from 1.
    pub rank_shares: Vec<f64>,
    /// Median rank over the resamples.
    pub rank_median: Option<usize>,
    /// 95 % interval of the rank over the resamples.
    pub rank_ci95: Option<[usize; 2]>,
}

/// Two methods by one measure; differences are first minus second.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Whether that p is exact; else the normal approximation.
    pub wilcoxon_is_exact: bool,
}

/// Bland and Altman's limits of agreement; differences are the method's minus the reference's.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

impl ComparisonDocument {
    /// The written form of a comparison of `results`, which are in its order.
    ///
    /// # Panics
    /// When the comparison is not one of these results.
    #[must_use]
    pub fn new(results: &[NamedResult], found: &Comparison, settings: CompareSettings) -> Self {
        let first = &results[0].result;
        let mut objects: IndexMap<String, MeasureMap<ComparedDocument>> = IndexMap::new();
        let mut image_measures = MeasureMap::new();
        for measure in &found.measures {
            let measures = match &measure.object {
                Some(object) => objects.entry(object.clone()).or_default(),
                None => &mut image_measures,
            };
            measures.insert(measure.key.clone(), compared(results, measure));
        }
        let methods =
            results.iter().zip(&found.agreement).map(|(named, agreement)| MethodDocument {
                name: named.name.clone(),
                masks_digest: named.result.masks_digest.clone(),
                ctr_agreement: agreement.as_ref().map(agreed),
            });
        Self {
            benchmark: first.benchmark.clone(),
            benchmark_digest: first.benchmark_digest.clone(),
            evaluator_version: first.evaluator_version.clone(),
            observer: first.observer.clone(),
            spacing_mm: first.spacing_mm,
            n_images: images(first).count(),
            alpha: settings.alpha,
            bootstrap_seed: settings.bootstrap_seed,
            bootstrap_resamples: settings.bootstrap_resamples,
            methods: methods.collect(),
            objects,
            image_measures,
        }
    }

    /// Objects by name, and whole images without, each with its measures.
    pub fn subjects(&self) -> impl Iterator<Item = (Option<&str>, &MeasureMap<ComparedDocument>)> {
        let objects = self.objects.iter().map(|(id, measures)| (Some(id.as_str()), measures));
        let whole = (!self.image_measures.is_empty()).then_some((None, &self.image_measures));
        objects.chain(whole)
    }

    /// The document as JSON text, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("maps with text keys and finite numbers are always valid JSON") + "\n"
    }
}

fn compared(results: &[NamedResult], measure: &ComparedMeasure) -> ComparedDocument {
    let summary = |named: &NamedResult| match &measure.object {
        Some(object) => named.result.objects[object][&measure.key].clone(),
        None => named.result.image_measures[&measure.key].clone(),
    };
    let standing = |(index, named): (usize, &NamedResult)| {
        let stability = &measure.stability[index];
        StandingDocument {
            name: named.name.clone(),
            summary: summary(named),
            rank_by_mean: measure.ranks_by_mean[index],
            rank_by_wins: measure.wins.ranks[index],
            wins: measure.wins.wins[index],
            losses: measure.wins.losses[index],
            rank_shares: stability.shares.clone(),
            rank_median: stability.median,
            rank_ci95: stability.ci95,
        }
    };
    let pair = |pair: &ComparedPair| PairDocument {
        first: results[pair.first].name.clone(),
        second: results[pair.second].name.clone(),
        n: pair.paired.n,
        n_undefined: pair.paired.n_undefined,
        mean_difference: pair.paired.mean_difference,
        ci95: pair.paired.ci95,
        t: pair.paired.t,
        t_p: pair.paired.p,
        t_p_holm: pair.adjusted_t_p,
        w_plus: pair.signed_rank.w_plus,
        w_minus: pair.signed_rank.w_minus,
        wilcoxon_p: pair.signed_rank.p,
        wilcoxon_p_holm: pair.adjusted_p,
        wilcoxon_is_exact: pair.signed_rank.is_exact,
    };
    ComparedDocument {
        methods: results.iter().enumerate().map(standing).collect(),
        pairs: measure.pairs.iter().map(pair).collect(),
    }
}

fn agreed(found: &BlandAltman) -> AgreementDocument {
    AgreementDocument {
        n: found.n,
        n_undefined: found.n_undefined,
        bias: found.bias,
        bias_ci95: found.bias_ci95,
        sd: found.sd,
        limits: found.limits,
        lower_limit_ci95: found.lower_limit_ci95,
        upper_limit_ci95: found.upper_limit_ci95,
    }
}
