//! Board of a table: its results by one measure, with rank stability, significance groups,
//! distributions and agreement of the cardiothoracic ratio.
//!
//! Computes nothing: passes values to [`scr_eval::compare`] and copies what it finds. Work is
//! bounded: at most [`MAX_COMPARED`] results are compared.
//!
//! - [`BoardEntry`]: values of a result, far smaller than the result. [`Board`]: the board.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use scr_documents::{AgreementDocument, ImageDocument, ResultDocument};
use scr_eval::{CompareSettings, ComparedMeasure, MethodValues, ValueColumn, compare};
use scr_stats::{BlandAltman, Summary, significance_groups};

use crate::comparison::{NamedResult, agreed, method_values};
use crate::plot::{AgreementPlot, AgreementPoint, agreement_plot};

/// Most results that are compared with each other.
pub const MAX_COMPARED: usize = 60;
/// Most outliers of a result that a box plot shows, the farthest first.
const MAX_OUTLIERS: usize = 25;
/// Length of a whisker in quartile distances.
const WHISKER: f64 = 1.5;

/// Values of a result that boards need: the first measure of each object and of whole images.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardEntry {
    name: String,
    /// Benchmark, evaluator and observer.
    rules: [String; 3],
    images: Vec<String>,
    columns: Vec<ValueColumn>,
    ratios: Option<[Vec<Option<f64>>; 2]>,
}

/// Board of the results of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Board {
    /// The results by the first measure with a better end; none without comparable results.
    pub subject: Option<BoardSubject>,
    /// Agreement of the cardiothoracic ratio with the reference's, by name of the result; for
    /// whole images.
    pub agreement: IndexMap<String, AgreementDocument>,
    /// Names of the results that were compared.
    pub compared: Vec<String>,
    /// Resamples behind rank stability.
    pub resamples: usize,
    /// Significance level.
    pub alpha: f64,
}

/// All results by one measure of one object.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardSubject {
    /// Object; none for whole images.
    pub object: Option<String>,
    /// Key of the measure.
    pub key: String,
    /// Results by name.
    pub rows: HashMap<String, BoardRow>,
}

/// One result on a board.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardRow {
    /// Significance groups as letters from `a`; none where there are too many.
    pub letters: Option<String>,
    /// Share of resamples with each rank, from 1.
    pub rank_shares: Vec<f64>,
    /// Median rank over the resamples.
    pub rank_median: Option<usize>,
    /// The 95 % interval of the rank.
    pub rank_ci95: Option<[usize; 2]>,
    /// Distribution over the images; none without a value.
    pub distribution: Option<Distribution>,
}

/// Distribution of a result's values over the images.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Ends of the whiskers: the farthest values within 1.5 quartile distances of the box.
    pub whiskers: [f64; 2],
    /// Lower quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Upper quartile.
    pub q3: f64,
    /// Mean.
    pub mean: f64,
    /// Images beyond the whiskers with their values, the farthest first.
    pub outliers: Vec<(String, f64)>,
}

impl BoardEntry {
    /// Values of a result; none without the values of its images.
    #[must_use]
    pub fn of(named: NamedResult) -> Option<Self> {
        let NamedResult { name, result } = &named;
        let images = result.images.as_ref()?.iter().map(|image| image.image.clone()).collect();
        let rules = [&result.benchmark_digest, &result.evaluator_version, &result.observer];
        let rules = rules.map(String::clone);
        let name = name.clone();
        let MethodValues { mut columns, ratios, .. } = method_values(&[named]).pop()?;
        let mut seen: Vec<Option<String>> = Vec::new();
        columns.retain(|column| {
            let is_first = !seen.contains(&column.object);
            if is_first {
                seen.push(column.object.clone());
            }
            is_first
        });
        Some(Self { name, rules, images, columns, ratios })
    }

    fn column(&self, object: Option<&str>) -> Option<&ValueColumn> {
        self.columns.iter().find(|column| column.object.as_deref() == object)
    }
}

/// Board of results by an object, or by whole images. Results that are not comparable with
/// most of the others, by benchmark, rules, images or measure, are left out.
#[must_use]
pub fn board(
    entries: &[Arc<BoardEntry>],
    object: Option<&str>,
    settings: CompareSettings,
) -> Board {
    let entries = comparable(entries, object);
    let Some(first) = entries.first() else { return Board::default() };
    let method = |entry: &&BoardEntry| MethodValues {
        name: entry.name.clone(),
        columns: entry.column(object).cloned().into_iter().collect(),
        ratios: entry.ratios.clone().filter(|_| object.is_none()),
    };
    let methods: Vec<MethodValues> = entries.iter().map(method).collect();
    let found = compare(&methods, settings);
    let columns: Vec<ValueColumn> =
        methods.iter().flat_map(|method| method.columns.iter().cloned()).collect();
    let measure = found.measures.first();
    let agreement = found.methods.iter().zip(&found.agreement);
    Board {
        subject: measure
            .map(|measure| subject(measure, &columns, &found.methods, &first.images, settings)),
        agreement: agreement
            .filter_map(|(name, agreement)| Some((name.clone(), agreed(agreement.as_ref()?))))
            .collect(),
        resamples: settings.bootstrap_resamples,
        alpha: settings.alpha,
        compared: found.methods,
    }
}

/// The largest set of comparable results, in their order; the first of equals.
fn comparable<'a>(entries: &'a [Arc<BoardEntry>], object: Option<&str>) -> Vec<&'a BoardEntry> {
    let mut groups: Vec<Vec<&BoardEntry>> = Vec::new();
    let key = |entry: &BoardEntry| entry.column(object).map(|column| column.key.clone());
    for entry in entries.iter().map(Arc::as_ref).filter(|entry| key(entry).is_some()) {
        let fits = |group: &&mut Vec<&BoardEntry>| {
            group[0].rules == entry.rules
                && group[0].images == entry.images
                && key(group[0]) == key(entry)
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    let largest = groups.into_iter().rev().max_by_key(Vec::len).unwrap_or_default();
    largest.into_iter().take(MAX_COMPARED).collect()
}

fn subject(
    measure: &ComparedMeasure,
    columns: &[ValueColumn],
    names: &[String],
    images: &[String],
    settings: CompareSettings,
) -> BoardSubject {
    let letters = letters(measure, settings.alpha);
    let row = |index: usize| BoardRow {
        letters: letters.as_ref().map(|letters| letters[index].clone()),
        rank_shares: measure.stability[index].shares.clone(),
        rank_median: measure.stability[index].median,
        rank_ci95: measure.stability[index].ci95,
        distribution: Distribution::of(&columns[index], images),
    };
    BoardSubject {
        object: measure.object.clone(),
        key: measure.key.clone(),
        rows: names.iter().enumerate().map(|(index, name)| (name.clone(), row(index))).collect(),
    }
}

/// Significance groups of the methods as letters; `a` is the best's.
fn letters(measure: &ComparedMeasure, alpha: f64) -> Option<Vec<String>> {
    let mut order: Vec<usize> = (0..measure.ranks_by_mean.len()).collect();
    order.sort_by_key(|&method| measure.ranks_by_mean[method]);
    let p = &measure.wins.adjusted_p;
    let differs: Vec<Vec<bool>> = order
        .iter()
        .map(|&one| order.iter().map(|&other| p[one][other].is_some_and(|p| p < alpha)).collect())
        .collect();
    let groups = significance_groups(&differs)?;
    let mut letters = vec![String::new(); order.len()];
    for (&method, groups) in order.iter().zip(groups) {
        letters[method] = groups.into_iter().filter_map(|group| ('a'..='z').nth(group)).collect();
    }
    Some(letters)
}

impl Distribution {
    fn of(column: &ValueColumn, images: &[String]) -> Option<Self> {
        let pairs = column.values.iter().zip(images);
        let mut values: Vec<(f64, &str)> =
            pairs.filter_map(|(value, image)| Some(((*value)?, image.as_str()))).collect();
        values.sort_by(|one, other| one.0.total_cmp(&other.0));
        let Summary { mean, q1, median, q3, .. } = Summary::of(&column.values);
        let (mean, q1, median, q3) = (mean?, q1?, median?, q3?);
        let reach = WHISKER * (q3 - q1);
        let is_outlier = |value: f64| value < q1 - reach || value > q3 + reach;
        let within = || values.iter().map(|(value, _)| *value).filter(|value| !is_outlier(*value));
        let mut outliers: Vec<(String, f64)> = values
            .iter()
            .filter(|(value, _)| is_outlier(*value))
            .map(|(value, image)| ((*image).to_owned(), *value))
            .collect();
        outliers.sort_by(|one, other| (other.1 - median).abs().total_cmp(&(one.1 - median).abs()));
        outliers.truncate(MAX_OUTLIERS);
        Some(Self {
            whiskers: [within().next()?, within().next_back()?],
            q1,
            median,
            q3,
            mean,
            outliers,
        })
    }
}

/// Bland-Altman plot of a result's cardiothoracic ratio and its agreement; none with fewer than
/// two images. `href` is the target of an image's point.
#[must_use]
pub fn ratio_agreement(
    name: &str,
    result: &ResultDocument,
    href: &dyn Fn(&str) -> Option<String>,
) -> Option<(String, AgreementDocument)> {
    let ratios = ratios(result);
    let of = |place: usize| -> Vec<Option<f64>> {
        ratios.iter().map(|(_, values)| Some(values[place])).collect()
    };
    let agreement = agreed(&BlandAltman::of(&of(0), &of(1)));
    let points: Vec<AgreementPoint> = ratios
        .iter()
        .map(|(image, [reference, measured])| AgreementPoint {
            image: image.clone(),
            reference: *reference,
            measured: *measured,
            href: href(image),
        })
        .collect();
    let title =
        format!("{name}: cardiothoracic ratio against the reference\u{2019}s (Bland-Altman)");
    let plot = AgreementPlot {
        title: &title,
        quantity: "cardiothoracic ratio",
        points: &points,
        bias: agreement.bias?,
        limits: agreement.limits?,
    };
    Some((agreement_plot(&plot), agreement))
}

/// Values of the cardiothoracic ratio by image: reference's and prediction's.
fn ratios(result: &ResultDocument) -> Vec<(String, [f64; 2])> {
    let of = |image: &ImageDocument, key: &str| image.image_measures.get(key).copied().flatten();
    let images = result.images.iter().flatten();
    images
        .filter_map(|image| {
            Some((image.image.clone(), [of(image, "ctr_reference")?, of(image, "ctr")?]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_stats::Direction;

    #[test]
    fn a_box_has_whiskers_within_reach_and_outliers_beyond() {
        let images: Vec<String> = (0..9).map(|index| format!("I{index}")).collect();
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 30.0].map(Some);
        let column = ValueColumn {
            object: None,
            key: "masd_mm".to_owned(),
            direction: Direction::LowerIsBetter,
            values: values.into_iter().chain([None]).collect(),
        };
        let found = Distribution::of(&column, &images).unwrap();
        // Quartiles of eight values: 2.75, 4.5, 6.25; reach 1.5 * 3.5 = 5.25.
        assert_eq!((found.q1, found.median, found.q3), (2.75, 4.5, 6.25));
        assert_eq!(found.whiskers, [1.0, 7.0]);
        assert_eq!(found.outliers, [("I7".to_owned(), 30.0)]);
        let none = ValueColumn { values: vec![None; 9], ..column };
        assert_eq!(Distribution::of(&none, &images), None);
    }
}
