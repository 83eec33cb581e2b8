//! CSV of results: one rectangular table, every number in full precision.

use csv::Writer;
use scr_documents::{
    ComparisonDocument, MeasureMap, ResultDocument, ResultRowDocument, SummaryDocument,
};

/// Name of whole images in the column of objects.
const ALL: &str = "all";
/// Columns of a summary, in the order of [`summary_row`].
const SUMMARY_COLUMNS: [&str; 14] = [
    "fold",
    "object",
    "measure",
    "mean",
    "sd",
    "ci95_low",
    "ci95_high",
    "min",
    "q1",
    "median",
    "q3",
    "max",
    "n",
    "n_undefined",
];

/// Summaries: one row a fold (`all`, `1`, `2` and so on), object (`all` for whole images) and
/// measure.
#[must_use]
pub fn summaries(result: &ResultDocument) -> String {
    let mut rows = vec![SUMMARY_COLUMNS.map(str::to_owned).to_vec()];
    let whole = (ALL, &result.objects, &result.image_measures);
    let folds = result
        .folds
        .iter()
        .map(|(fold, summaries)| (fold.as_str(), &summaries.objects, &summaries.image_measures));
    for (fold, objects, image_measures) in std::iter::once(whole).chain(folds) {
        let objects = objects.iter().map(|(object, measures)| (object.as_str(), measures));
        for (object, measures) in objects.chain([(ALL, image_measures)]) {
            rows.extend(
                measures.iter().map(|(key, summary)| summary_row(fold, object, key, summary)),
            );
        }
    }
    written(rows)
}

fn summary_row(fold: &str, object: &str, key: &str, summary: &SummaryDocument) -> Vec<String> {
    let [low, high] = summary.ci95.map_or([None, None], |interval| interval.map(Some));
    let mut row = vec![fold.to_owned(), object.to_owned(), key.to_owned()];
    row.extend(
        [
            summary.mean,
            summary.sd,
            low,
            high,
            summary.min,
            summary.q1,
            summary.median,
            summary.q3,
            summary.max,
        ]
        .map(number),
    );
    let count = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
    row.extend([count(summary.n), count(summary.n_undefined)]);
    row
}

/// Head of the table of all entries of a benchmark.
#[must_use]
pub fn result_list_head() -> String {
    let about = ["entry", "name", "role", "published_at", "evaluator_version", "rank"];
    let head = about.into_iter().chain(["rank_among_submissions"]).chain(SUMMARY_COLUMNS);
    written(vec![head.map(str::to_owned).collect()])
}

/// Rows of that table: one an entry, fold, object and measure.
#[must_use]
pub fn result_list_rows(list: &[ResultRowDocument]) -> String {
    let mut rows = Vec::new();
    for row in list {
        let rank = |rank: Option<usize>| rank.map_or_else(String::new, |rank| rank.to_string());
        let role = row.role.key();
        let about = [&row.entry, &row.name, role, &row.published_at, &row.evaluator_version];
        let mut cells: Vec<String> = about.map(str::to_owned).to_vec();
        cells.extend([rank(row.rank), rank(row.rank_among_submissions)]);
        cells.extend(summary_row(&row.fold, &row.object, &row.measure, &row.summary));
        rows.push(cells);
    }
    written(rows)
}

/// Values by image: one row an image, one column a measure (`OBJECT KEY`, and measures of
/// whole images).
#[must_use]
pub fn images(result: &ResultDocument) -> String {
    let objects: Vec<(&String, Vec<&String>)> = result
        .objects
        .iter()
        .map(|(object, measures)| (object, measures.keys().collect()))
        .collect();
    let mut heads = vec!["image".to_owned(), "fold".to_owned()];
    heads.extend(
        objects
            .iter()
            .flat_map(|(object, keys)| keys.iter().map(move |key| format!("{object} {key}"))),
    );
    heads.extend(result.image_measures.keys().cloned());
    let mut rows = vec![heads];
    for image in result.images.iter().flatten() {
        let of = |measures: Option<&MeasureMap<Option<f64>>>, key: &String| {
            number(measures.and_then(|measures| measures.get(key).copied().flatten()))
        };
        let mut row = vec![image.image.clone(), image.fold.to_string()];
        for (object, keys) in &objects {
            row.extend(keys.iter().map(|key| of(image.objects.get(*object), key)));
        }
        row.extend(result.image_measures.keys().map(|key| of(Some(&image.image_measures), key)));
        rows.push(row);
    }
    written(rows)
}

/// Comparison: one row an object (`all` for whole images), measure and pair of methods.
#[must_use]
pub fn comparison(found: &ComparisonDocument) -> String {
    let mut rows = vec![
        [
            "object",
            "measure",
            "first",
            "second",
            "first_mean",
            "second_mean",
            "first_rank_by_mean",
            "second_rank_by_mean",
            "first_wins",
            "second_wins",
            "mean_difference",
            "ci95_low",
            "ci95_high",
            "t",
            "t_p",
            "t_p_holm",
            "wilcoxon_p",
            "wilcoxon_p_holm",
            "wilcoxon_is_exact",
            "n",
            "n_undefined",
            "wilcoxon_p_holm_all",
            "better",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for (object, measures) in found.subjects() {
        for (key, compared) in measures {
            for pair in &compared.pairs {
                let standing = |name: &String| compared.methods.iter().find(|m| m.name == *name);
                let first = standing(&pair.first);
                let second = standing(&pair.second);
                let both = [first, second];
                let [low, high] = pair.ci95.map_or([None, None], |interval| interval.map(Some));
                let mut row = [object.unwrap_or(ALL), key, &pair.first, &pair.second]
                    .map(str::to_owned)
                    .to_vec();
                row.extend(both.map(|m| number(m.and_then(|m| m.summary.mean))));
                row.extend(both.map(|m| m.map(|m| m.rank_by_mean.to_string()).unwrap_or_default()));
                row.extend(both.map(|m| m.map(|m| m.wins.to_string()).unwrap_or_default()));
                row.extend(
                    [
                        pair.mean_difference,
                        low,
                        high,
                        pair.t,
                        pair.t_p,
                        pair.t_p_holm,
                        pair.wilcoxon_p,
                        pair.wilcoxon_p_holm,
                    ]
                    .map(number),
                );
                row.extend([
                    pair.wilcoxon_is_exact.to_string(),
                    pair.n.to_string(),
                    pair.n_undefined.to_string(),
                    number(pair.wilcoxon_p_holm_all),
                    pair.better.clone().unwrap_or_default(),
                ]);
                rows.push(row);
            }
        }
    }
    written(rows)
}

/// Number that reads back to the same f64; empty when undefined.
fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn written(rows: Vec<Vec<String>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("rows are made of text")
}
