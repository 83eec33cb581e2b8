//! Comparison of results: comparability, values and document.
//!
//! Computes nothing: passes values to [`scr_eval::compare`], and [`comparison_document`]
//! copies its comparison.

use indexmap::IndexMap;
use scr_data::Problem;
use scr_documents::{
    AgreementDocument, ComparedDocument, ComparisonDocument, ImageDocument, MeasureMap,
    MethodDocument, PairDocument, ResultDocument, StandingDocument,
};
pub use scr_eval::CompareSettings;
use scr_eval::{ComparedMeasure, ComparedPair, Comparison, MethodValues, ValueColumn};
use scr_measures::{Better, Measure};
use scr_stats::{BlandAltman, Direction};

/// Result with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedResult {
    /// Name for people: the set's folder or file.
    pub name: String,
    /// The result, with every image's values.
    pub result: ResultDocument,
}

/// Problems that prevent a comparison: other benchmarks, rules, observers or images than
/// those of the first result, or missing values by image.
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

/// Values of comparable results, by every common measure with a better end.
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

/// Direction of improvement of a key; none for numbers that are no measure of agreement.
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

/// Compares results by the measures with these keys, as `scr compare` does.
///
/// # Errors
/// All reasons why they are not [comparable](incomparable).
pub fn compare_results(
    results: &[NamedResult],
    keys: &dyn Fn(&str) -> bool,
    settings: CompareSettings,
) -> Result<ComparisonDocument, Vec<Problem>> {
    let problems = incomparable(results);
    if !problems.is_empty() || results.is_empty() {
        return Err(problems);
    }
    let mut values = method_values(results);
    for method in &mut values {
        method.columns.retain(|column| keys(&column.key));
    }
    let found = scr_eval::compare(&values, settings);
    Ok(comparison_document(results, &found, settings))
}

/// The written form of a comparison of `results`, which are in its order.
///
/// # Panics
/// When the comparison is not one of these results.
#[must_use]
pub fn comparison_document(
    results: &[NamedResult],
    found: &Comparison,
    settings: CompareSettings,
) -> ComparisonDocument {
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
    let methods = results.iter().zip(&found.agreement).map(|(named, agreement)| MethodDocument {
        name: named.name.clone(),
        masks_digest: named.result.masks_digest.clone(),
        ctr_agreement: agreement.as_ref().map(agreed),
    });
    ComparisonDocument {
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
        wilcoxon_p_holm_all: pair.family_p,
        better: pair.better.map(|index| results[index].name.clone()),
        effect_size: pair.paired.effect_size(),
        rank_biserial: pair.signed_rank.rank_biserial(),
    };
    ComparedDocument {
        methods: results.iter().enumerate().map(standing).collect(),
        pairs: measure.pairs.iter().map(pair).collect(),
    }
}

pub(crate) fn agreed(found: &BlandAltman) -> AgreementDocument {
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
