//! Comparison of two entries: verdict, tests by object, a dot an image, images by difference.

use scr_documents::{
    BenchmarkDocument, ComparedDocument, ComparisonDocument, Fold, ImageDocument, PairDocument,
    ResultDocument, SummaryDocument,
};
use scr_measures::Better;
use scr_report::numbers::{MeasureFormat, probability};
use scr_report::plot::{MarkAxis, ScatterPlot, ScatterPoint, scatter_plot};
use scr_store::EntryRow;
use std::cmp::Ordering;

use super::choice::{Selection, WHOLE_IMAGE, object_name};
use crate::address;
use crate::numbers::NO_VALUE;
use crate::strips::{Shown, StripItem};

/// Points with a link, those that differ most; further ones are drawn without.
const MAX_LINKS: usize = 2000;
/// Images of the table, those that differ most.
const MAX_IMAGES: usize = 500;

/// Images of the strip.
const N_STRIP: usize = 12;

/// Two entries, A and B.
pub(super) struct Pair {
    /// The outcome for the object and measure in view, in words.
    pub(super) verdict: String,
    /// Statistics of the object and measure in view.
    pub(super) facts: Vec<Fact>,
    /// Scatter plot as SVG, with its texts escaped.
    pub(super) plot: String,
    /// Images that are not in the plot: a value is undefined.
    pub(super) n_undefined: usize,
    pub(super) rows: Vec<PairRow>,
    /// Images, those that differ most first.
    pub(super) images: Vec<ImagePair>,
    /// Number of images in all.
    pub(super) n_images: usize,
    pub(super) has_folds: bool,
    pub(super) measure: String,
    /// Note on tests and correction.
    pub(super) how: String,
    /// Images that differ most, with both outlines.
    pub(super) strip: Vec<StripItem>,
    /// Address of a thumbnail before and after the image's identifier; none where pages may
    /// not show radiographs.
    pub(super) thumbnails: Option<[String; 2]>,
    pub(super) swap_href: String,
}

/// Statistic of a comparison.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) about: String,
}

/// One object and measure.
pub(super) struct PairRow {
    pub(super) object: String,
    /// True for the first row of an object.
    pub(super) is_first: bool,
    /// Rows of the object.
    pub(super) span: usize,
    pub(super) measure: String,
    pub(super) better_words: &'static str,
    pub(super) href: String,
    pub(super) is_current: bool,
    pub(super) means: [String; 2],
    pub(super) difference: String,
    pub(super) interval: String,
    pub(super) mark: String,
    pub(super) t_p: String,
    pub(super) wilcoxon_p: String,
    pub(super) effect: String,
    /// `A`, `B`, or empty where no difference is shown.
    pub(super) better: &'static str,
}

/// One image.
pub(super) struct ImagePair {
    pub(super) image: String,
    pub(super) fold: Fold,
    pub(super) href: String,
    pub(super) values: [Option<f64>; 2],
    pub(super) texts: [String; 2],
    pub(super) difference: String,
}

impl Pair {
    pub(super) fn new(
        benchmark: &BenchmarkDocument,
        selection: &Selection,
        found: &ComparisonDocument,
        entries: [&EntryRow; 2],
    ) -> Self {
        let format = MeasureFormat::of(&entries[0].result, &selection.key);
        let images = images(benchmark, selection, &format, entries);
        let compared = compared(found, selection.object.as_deref(), &selection.key);
        let pair = compared.and_then(|compared| compared.pairs.first());
        let n_tests = n_tests(found);
        let names = entries.map(|entry| entry.card.name.as_str());
        let ids = entries.map(|entry| entry.id.as_str());
        let thumbnails = benchmark.terms.display.is_allowed().then(|| {
            let whole = address::thumbnail(benchmark, "");
            let at = whole.rfind(".png").unwrap_or(whole.len());
            [whole[..at].to_owned(), whole[at..].to_owned()]
        });
        Self {
            verdict: pair.map_or_else(String::new, |pair| {
                verdict(selection, &format, pair, names, found, n_tests)
            }),
            facts: pair.map_or_else(Vec::new, |pair| facts(&format, pair, &images, n_tests)),
            plot: plot(benchmark, selection, &format, &images, names),
            n_undefined: images.iter().filter(|image| difference(image.values).is_none()).count(),
            rows: rows(benchmark, selection, found, ids, &entries[0].result),
            n_images: images.len(),
            has_folds: benchmark.folds().len() > 1,
            measure: format.title(),
            how: how(found, n_tests),
            images: images.into_iter().take(MAX_IMAGES).collect(),
            strip: Vec::new(),
            thumbnails,
            swap_href: address::compare(
                &benchmark.id,
                &[ids[1], ids[0]],
                selection.object_key(),
                &selection.key,
            ),
        }
    }
}

impl Pair {
    /// Images of the strip: the first ones.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let shown = |image: &ImagePair| Shown {
            image: image.image.clone(),
            href: image.href.clone(),
            text: format!("A {}, B {}", image.texts[0], image.texts[1]),
        };
        self.images.iter().take(N_STRIP).map(shown).collect()
    }
}

/// Comparison by one object and measure.
pub(super) fn compared<'a>(
    found: &'a ComparisonDocument,
    object: Option<&str>,
    key: &str,
) -> Option<&'a ComparedDocument> {
    match object {
        Some(object) => found.objects.get(object)?,
        None => &found.image_measures,
    }
    .get(key)
}

/// Number of Wilcoxon tests of a comparison: the family of Holm's correction.
pub(super) fn n_tests(found: &ComparisonDocument) -> usize {
    let pairs = found.subjects().flat_map(|(_, measures)| measures.values());
    let tested = |pair: &&PairDocument| pair.wilcoxon_p.is_some();
    pairs.map(|compared| compared.pairs.iter().filter(tested).count()).sum()
}

/// Note on the tests of a comparison.
pub(super) fn how(found: &ComparisonDocument, n_tests: usize) -> String {
    format!(
        "Over {} images, which both entries cover. Differences are A minus B; their 95 % interval and p by \
         the paired t test, not corrected; p by Wilcoxon’s signed-rank test, two-sided, undefined values \
         worst, corrected by Holm over all {n_tests} tests of this page. An entry is called better where the \
         corrected p is below {} and the interval holds no zero: the rule of scr compare.",
        found.n_images, found.alpha
    )
}

fn verdict(
    selection: &Selection,
    format: &MeasureFormat,
    pair: &PairDocument,
    names: [&str; 2],
    found: &ComparisonDocument,
    n_tests: usize,
) -> String {
    let object = selection.object_name.to_lowercase();
    let p = p_words(pair.wilcoxon_p_holm_all);
    let measure = &format.name;
    let interval = format.difference_interval(pair.ci95);
    let difference = format.difference(pair.mean_difference);
    let unit = if format.unit.is_empty() { String::new() } else { format!(" {}", format.unit) };
    let numbers = format!(
        "the mean {measure} of {object} differs by {difference}{unit} (A minus B; 95 % interval {interval}), \
         Wilcoxon {p} after Holm over {n_tests} tests"
    );
    match pair.better.as_deref() {
        Some(better) if better == pair.first => format!("A, {}, is better: {numbers}.", names[0]),
        Some(_) => format!("B, {}, is better: {numbers}.", names[1]),
        None => format!("No difference is shown over {} images: {numbers}.", found.n_images),
    }
}

fn p_words(p: Option<f64>) -> String {
    match probability(p, NO_VALUE) {
        small if small.starts_with('<') => format!("p {small}"),
        other => format!("p = {other}"),
    }
}

fn facts(
    format: &MeasureFormat,
    pair: &PairDocument,
    images: &[ImagePair],
    n_tests: usize,
) -> Vec<Fact> {
    let mut n = [0, 0, 0];
    for image in images {
        n[match better_of(format, image.values) {
            Some(Ordering::Less) => 0,
            Some(Ordering::Greater) => 1,
            _ => 2,
        }] += 1;
    }
    let number =
        |value: Option<f64>| value.map_or(NO_VALUE.to_owned(), |value| format!("{value:+.2}"));
    let fact = |name, value, about: &str| Fact { name, value, about: about.to_owned() };
    vec![
        fact(
            "Mean difference, A − B",
            format.difference(pair.mean_difference),
            &format!("95 % interval {}", format.difference_interval(pair.ci95)),
        ),
        fact("Paired t test", p_words(pair.t_p), "not corrected"),
        fact(
            "Wilcoxon’s signed-rank test",
            p_words(pair.wilcoxon_p_holm_all),
            &format!("after Holm over {n_tests} tests; {} before", p_words(pair.wilcoxon_p)),
        ),
        fact(
            "Effect size",
            number(pair.effect_size),
            &format!(
                "Cohen’s d of the differences; rank-biserial correlation {}",
                number(pair.rank_biserial)
            ),
        ),
        fact(
            "Images",
            format!("{} : {}", n[0], n[1]),
            &match n[2] {
                0 => "A better : B better".to_owned(),
                equal => format!("A better : B better; {equal} equal"),
            },
        ),
    ]
}

/// Less where A's value is better, an undefined one being worst; none for two undefined ones.
fn better_of(format: &MeasureFormat, values: [Option<f64>; 2]) -> Option<Ordering> {
    match values {
        [Some(a), Some(b)] => Some(match format.better {
            Some(Better::Higher) => b.total_cmp(&a),
            _ => a.total_cmp(&b),
        }),
        [Some(_), None] => Some(Ordering::Less),
        [None, Some(_)] => Some(Ordering::Greater),
        [None, None] => None,
    }
}

fn difference([a, b]: [Option<f64>; 2]) -> Option<f64> {
    Some(a? - b?)
}

/// Value of an image by an object and measure.
fn value(image: &ImageDocument, object: Option<&str>, key: &str) -> Option<f64> {
    let measures = match object {
        Some(object) => image.objects.get(object)?,
        None => &image.image_measures,
    };
    measures.get(key).copied().flatten()
}

/// Images by difference: those with one undefined value, then the largest difference first.
fn images(
    benchmark: &BenchmarkDocument,
    selection: &Selection,
    format: &MeasureFormat,
    entries: [&EntryRow; 2],
) -> Vec<ImagePair> {
    let of = |entry: &'_ EntryRow| entry.result.images.clone().unwrap_or_default();
    let look = address::query([
        ("entries", format!("{},{}", entries[0].id, entries[1].id).as_str()),
        ("differences", format!("entries:{}", entries[1].id).as_str()),
    ]);
    let text = |value: Option<f64>| match value {
        None => "undefined".to_owned(),
        value => format.value(value),
    };
    let object = selection.object.as_deref();
    let pairs = of(entries[0]).into_iter().zip(of(entries[1]));
    let mut images: Vec<ImagePair> = pairs
        .map(|(a, b)| {
            let values = [&a, &b].map(|image| value(image, object, &selection.key));
            ImagePair {
                href: address::browse(&benchmark.id, &a.image, &look),
                fold: a.fold,
                texts: values.map(text),
                difference: format.difference(difference(values)),
                values,
                image: a.image,
            }
        })
        .collect();
    let size = |image: &ImagePair| match (difference(image.values), image.values) {
        (Some(difference), _) => difference.abs(),
        (None, [None, None]) => -1.0,
        (None, _) => f64::INFINITY,
    };
    images.sort_by(|left, right| size(right).total_cmp(&size(left)));
    images
}

fn plot(
    benchmark: &BenchmarkDocument,
    selection: &Selection,
    format: &MeasureFormat,
    images: &[ImagePair],
    names: [&str; 2],
) -> String {
    let folds = benchmark.folds();
    let point = |(place, image): (usize, &ImagePair)| {
        let [first, second] = image.values;
        Some(ScatterPoint {
            image: image.image.clone(),
            group: folds.iter().position(|(fold, _)| *fold == image.fold).unwrap_or_default(),
            first: first?,
            second: second?,
            words: format!("A {}, B {}", image.texts[0], image.texts[1]),
            href: (place < MAX_LINKS).then(|| image.href.clone()),
        })
    };
    let mut points: Vec<ScatterPoint> = images.iter().enumerate().filter_map(point).collect();
    // Those that differ most come last and are on top.
    points.reverse();
    let groups: Vec<String> = folds.iter().map(|(fold, _)| fold.phrase()).collect();
    let measure = match format.unit {
        "" => format.short_name.clone(),
        unit => format!("{} ({unit})", format.short_name),
    };
    let object = selection.object_name.to_lowercase();
    scatter_plot(&ScatterPlot {
        title: &format!(
            "{} of {object} by image: A, {}, against B, {}",
            format.title(),
            names[0],
            names[1]
        ),
        first: names[0],
        second: names[1],
        measure: &measure,
        better: format.better.unwrap_or(Better::Lower),
        groups: &groups,
        points: &points,
    })
}

fn rows(
    benchmark: &BenchmarkDocument,
    selection: &Selection,
    found: &ComparisonDocument,
    ids: [&str; 2],
    result: &ResultDocument,
) -> Vec<PairRow> {
    let mut rows = Vec::new();
    for (object, measures) in found.subjects() {
        let id = object.unwrap_or(WHOLE_IMAGE);
        for (index, (key, compared)) in measures.iter().enumerate() {
            let Some(pair) = compared.pairs.first() else { continue };
            let format = MeasureFormat::of(result, key);
            let ends = found.subjects().filter_map(|(_, measures)| measures.get(key));
            let ends = ends
                .filter_map(|compared| compared.pairs.first())
                .flat_map(|pair| pair.ci95.into_iter().flatten().chain(pair.mean_difference));
            let axis = MarkAxis::about_zero(ends);
            let mean = |place: usize| {
                let summary = &compared.methods[place].summary;
                format.value(summary.mean) + &undefined(summary)
            };
            rows.push(PairRow {
                object: object_name(benchmark, id),
                is_first: index == 0,
                span: measures.len(),
                measure: format.title(),
                better_words: format.better_words(),
                href: address::compare(&benchmark.id, &ids, id, key),
                is_current: object == selection.object.as_deref() && *key == selection.key,
                means: [mean(0), mean(1)],
                difference: format.difference(pair.mean_difference),
                interval: format.difference_interval(pair.ci95),
                mark: pair
                    .mean_difference
                    .map_or_else(String::new, |mean| axis.mark(mean, pair.ci95)),
                t_p: probability(pair.t_p, NO_VALUE),
                wilcoxon_p: probability(pair.wilcoxon_p_holm_all, NO_VALUE),
                effect: pair.effect_size.map_or(NO_VALUE.to_owned(), |size| format!("{size:+.2}")),
                better: match &pair.better {
                    Some(better) if *better == pair.first => "A",
                    Some(_) => "B",
                    None => "",
                },
            });
        }
    }
    rows
}

/// Note on undefined values beside a mean; empty without.
fn undefined(summary: &SummaryDocument) -> String {
    match summary.n_undefined {
        None | Some(0) => String::new(),
        Some(n) => format!(", {n} undefined"),
    }
}
