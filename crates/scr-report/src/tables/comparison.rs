//! Tables of a comparison: standings by object, then every pair.

use scr_documents::{
    ComparedDocument, ComparisonDocument, MeasureMap, MethodDocument, PairDocument,
    StandingDocument,
};

use super::cells::{Width, arrow, interval, mean_sd, number, probability};
use crate::layout::{Column, Table};
use crate::numbers::TABLE_NO_VALUE;

/// Standings, pairs and agreement of a comparison, then notes on how they were computed.
#[must_use]
pub fn comparison_tables(found: &ComparisonDocument, width: Width) -> Vec<Table> {
    let mut tables = Vec::new();
    for (object, measures) in found.subjects() {
        let title = object.unwrap_or("whole image");
        tables.push(standings_table(title, found, measures));
        if found.methods.len() > 1 {
            tables.push(match width {
                Width::Terminal => short_pairs_table(title, found.alpha, measures),
                Width::Page => pairs_table(title, found.alpha, measures),
            });
        }
    }
    tables.extend(agreement_table(found, width));
    tables.push(Table { notes: how(found), ..Table::default() });
    tables
}

/// One row a measure and method: mean (sd) and its interval; with several methods the
/// rank by mean, its interval, and the number of methods beaten.
fn standings_table(
    title: &str,
    found: &ComparisonDocument,
    measures: &MeasureMap<ComparedDocument>,
) -> Table {
    let is_ranked = found.methods.len() > 1;
    let mut columns = vec![Column::text("measure"), Column::text("method")];
    columns.extend(["mean (sd)", "95 % interval"].map(Column::number));
    if is_ranked {
        columns.extend(["rank", "wins"].map(Column::number));
    }
    let row = |key: &String, standing: &StandingDocument| {
        let undefined = match standing.summary.n_undefined {
            None | Some(0) => String::new(),
            Some(n) => format!(", {n} undefined"),
        };
        let rank = match standing.rank_ci95 {
            Some([best, worst]) => format!("{} [{best}..{worst}]", standing.rank_by_mean),
            None => standing.rank_by_mean.to_string(),
        };
        let mut row = vec![
            format!("{key}{}", arrow(key)),
            standing.name.clone(),
            mean_sd(key, standing.summary.mean, standing.summary.sd) + &undefined,
            interval(key, standing.summary.ci95),
        ];
        if is_ranked {
            row.extend([rank, standing.wins.to_string()]);
        }
        row
    };
    let rows = measures.iter().flat_map(|(key, compared)| {
        compared.methods.iter().map(move |standing| row(key, standing))
    });
    Table { title: title.to_owned(), columns, rows: rows.collect(), notes: Vec::new() }
}

/// One row a measure and pair: mean difference, Wilcoxon's test after Holm, the better one.
fn short_pairs_table(title: &str, alpha: f64, measures: &MeasureMap<ComparedDocument>) -> Table {
    let columns = vec![
        Column::text("measure"),
        Column::text("difference"),
        Column::number("mean"),
        Column::number("95 % interval"),
        Column::number("p (Holm)"),
        Column::text("better"),
    ];
    let row = |key: &String, pair: &PairDocument| {
        vec![
            key.clone(),
            format!("{} - {}", pair.first, pair.second),
            number(key, pair.mean_difference),
            interval(key, pair.ci95),
            probability(pair.wilcoxon_p_holm),
            better(key, pair, alpha),
        ]
    };
    Table { title: pairs_title(title), columns, rows: pair_rows(measures, row), notes: Vec::new() }
}

/// Pairs: one row a measure and pair, with mean difference and both tests.
fn pairs_table(title: &str, alpha: f64, measures: &MeasureMap<ComparedDocument>) -> Table {
    let numbers =
        ["mean difference", "95 % interval", "p (Wilcoxon)", "Holm", "p (t)", "Holm", "n"];
    let mut columns: Vec<Column> = ["measure", "first", "second"].map(Column::text).into();
    columns.extend(numbers.map(Column::number));
    columns.push(Column::text("better"));
    let row = |key: &String, pair: &PairDocument| {
        let exact = if pair.wilcoxon_is_exact { " exact" } else { "" };
        vec![
            key.clone(),
            pair.first.clone(),
            pair.second.clone(),
            number(key, pair.mean_difference),
            interval(key, pair.ci95),
            probability(pair.wilcoxon_p) + exact,
            probability(pair.wilcoxon_p_holm),
            probability(pair.t_p),
            probability(pair.t_p_holm),
            pair.n.to_string(),
            better(key, pair, alpha),
        ]
    };
    Table { title: pairs_title(title), columns, rows: pair_rows(measures, row), notes: Vec::new() }
}

fn pairs_title(title: &str) -> String {
    format!("{title}, pair by pair")
}

/// Rows of all pairs, measure by measure.
fn pair_rows(
    measures: &MeasureMap<ComparedDocument>,
    row: impl Fn(&String, &PairDocument) -> Vec<String>,
) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (key, compared) in measures {
        rows.extend(compared.pairs.iter().map(|pair| row(key, pair)));
    }
    rows
}

/// Name of the method that is significantly better.
fn better(key: &str, pair: &PairDocument, alpha: f64) -> String {
    let is_significant = pair.wilcoxon_p_holm.is_some_and(|p| p < alpha);
    let higher_wins = arrow(key) == " ↑";
    match (is_significant, (pair.w_plus > pair.w_minus) == higher_wins) {
        (false, _) => TABLE_NO_VALUE.to_owned(),
        (true, true) => pair.first.clone(),
        (true, false) => pair.second.clone(),
    }
}

/// Bland and Altman's limits of agreement; their intervals on a page only.
fn agreement_table(found: &ComparisonDocument, width: Width) -> Option<Table> {
    let key = "ctr_difference";
    let mut columns = vec![Column::text("method")];
    let heads = ["bias", "95 % interval", "sd", "limits of agreement", "n", "undefined"];
    columns.extend(heads.map(Column::number));
    if width == Width::Page {
        columns.extend(["lower limit", "upper limit"].map(Column::number));
    }
    let row = |method: &MethodDocument| {
        let agreement = method.ctr_agreement.as_ref()?;
        let mut row = vec![
            method.name.clone(),
            number(key, agreement.bias),
            interval(key, agreement.bias_ci95),
            number(key, agreement.sd),
            interval(key, agreement.limits),
            agreement.n.to_string(),
            agreement.n_undefined.to_string(),
        ];
        if width == Width::Page {
            row.push(interval(key, agreement.lower_limit_ci95));
            row.push(interval(key, agreement.upper_limit_ci95));
        }
        Some(row)
    };
    let rows: Vec<Vec<String>> = found.methods.iter().filter_map(row).collect();
    let title = "cardiothoracic ratio, method minus reference (Bland-Altman)".to_owned();
    (!rows.is_empty()).then_some(Table { title, columns, rows, notes: Vec::new() })
}

fn how(found: &ComparisonDocument) -> Vec<String> {
    let spacing = found.spacing_mm.map_or("unknown".to_owned(), |spacing| spacing.to_string());
    let mut lines = vec![
        format!(
            "benchmark {}  observer {}  spacing {spacing}  {} images",
            found.benchmark, found.observer, found.n_images
        ),
        format!("benchmark digest {}", found.benchmark_digest),
    ];
    lines.extend(
        found
            .methods
            .iter()
            .map(|method| format!("masks {}  {}", method.masks_digest, method.name)),
    );
    let bootstrap = format!(
        "by bootstrap over images ({} resamples, seed {})",
        found.bootstrap_resamples, found.bootstrap_seed
    );
    let version = &found.evaluator_version;
    if found.methods.len() == 1 {
        lines.push(format!("evaluator {version}; 95 % interval of the mean {bootstrap}"));
        return lines;
    }
    lines.push(format!(
        "evaluator {version}; rank by mean with its 95 % interval {bootstrap}; undefined values are worst"
    ));
    lines.push(format!(
        "wins: methods beaten at p < {} by Wilcoxon's signed-rank test, two-sided, after Holm over the pairs of one measure; differences are first minus second",
        found.alpha
    ));
    lines
}
