//! Tables of a comparison: standings by object, then every pair.

use scr_documents::{
    ComparedDocument, ComparisonDocument, MeasureMap, MethodDocument, PairDocument,
    StandingDocument,
};

use super::cells::{Width, interval, mean_sd, number, probability};
use crate::layout::{Column, Table};
use crate::numbers::TABLE_NO_VALUE;

/// Standings, pairs and agreement of a comparison, then notes on how they were computed.
#[must_use]
pub fn comparison_tables(found: &ComparisonDocument, width: Width) -> Vec<Table> {
    let mut tables = Vec::new();
    for (object, measures) in found.subjects() {
        let title = object.unwrap_or("whole image");
        tables.push(standings_table(title, found, measures, width));
        if found.methods.len() > 1 {
            tables.push(match width {
                Width::Terminal => short_pairs_table(title, measures),
                Width::Page | Width::Report => pairs_table(title, measures, width),
            });
        }
    }
    tables.extend(agreement_table(found, width));
    tables.push(Table { notes: how(found), ..Table::default() });
    tables
}

/// One row a measure and method: mean (sd) and its interval; with several methods the
/// rank by mean, its interval, and the number of methods that are worse.
fn standings_table(
    title: &str,
    found: &ComparisonDocument,
    measures: &MeasureMap<ComparedDocument>,
    width: Width,
) -> Table {
    let is_ranked = found.methods.len() > 1;
    let mut columns = vec![Column::text("measure"), Column::name("method")];
    columns.extend(["mean (sd)", "95 % interval"].map(Column::number));
    if is_ranked {
        columns.extend(["rank", "better than"].map(Column::number));
    }
    let row = |key: &String, compared: &ComparedDocument, standing: &StandingDocument| {
        let undefined = match standing.summary.n_undefined {
            None | Some(0) => String::new(),
            Some(n) => format!(", {n} undefined"),
        };
        let rank = match standing.rank_ci95 {
            Some([best, worst]) => format!("{} [{best}..{worst}]", standing.rank_by_mean),
            None => standing.rank_by_mean.to_string(),
        };
        let mut row = vec![
            width.label(key),
            standing.name.clone(),
            mean_sd(key, standing.summary.mean, standing.summary.sd) + &undefined,
            interval(key, standing.summary.ci95),
        ];
        if is_ranked {
            row.extend([rank, n_worse(compared, standing).to_string()]);
        }
        row
    };
    let mut rows = Vec::new();
    for (key, compared) in measures {
        rows.extend(compared.methods.iter().map(|standing| row(key, compared, standing)));
    }
    Table { title: title.to_owned(), columns, rows, ..Table::default() }
}

/// Number of methods than which a method is better.
fn n_worse(compared: &ComparedDocument, standing: &StandingDocument) -> usize {
    let is_better = |pair: &&PairDocument| pair.better.as_ref() == Some(&standing.name);
    compared.pairs.iter().filter(is_better).count()
}

/// One row a measure and pair: mean difference, Wilcoxon's test after Holm, the better one.
fn short_pairs_table(title: &str, measures: &MeasureMap<ComparedDocument>) -> Table {
    let columns = vec![
        Column::text("measure"),
        Column::name("difference"),
        Column::number("mean"),
        Column::number("95 % interval"),
        Column::number("p (Holm)"),
        Column::name("better"),
    ];
    let row = |key: &String, pair: &PairDocument| {
        vec![
            key.clone(),
            format!("{} - {}", pair.first, pair.second),
            number(key, pair.mean_difference),
            interval(key, pair.ci95),
            probability(pair.wilcoxon_p_holm_all),
            better(pair),
        ]
    };
    Table { title: pairs_title(title), columns, rows: pair_rows(measures, row), ..Table::default() }
}

/// Pairs: one row a measure and pair, with mean difference, test and count of images.
fn pairs_table(title: &str, measures: &MeasureMap<ComparedDocument>, width: Width) -> Table {
    let numbers = ["mean difference", "95 % interval", "p (Wilcoxon)", "p (Holm)", "n"];
    let mut columns: Vec<Column> = ["measure", "first", "second"].map(Column::text).into();
    columns.extend(numbers.map(Column::number));
    columns.push(Column::text("better"));
    let row = |key: &String, pair: &PairDocument| {
        let exact = if pair.wilcoxon_is_exact { " exact" } else { "" };
        vec![
            width.label(key),
            pair.first.clone(),
            pair.second.clone(),
            number(key, pair.mean_difference),
            interval(key, pair.ci95),
            probability(pair.wilcoxon_p) + exact,
            probability(pair.wilcoxon_p_holm_all),
            pair.n.to_string(),
            better(pair),
        ]
    };
    Table { title: pairs_title(title), columns, rows: pair_rows(measures, row), ..Table::default() }
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

/// Name of the better method.
fn better(pair: &PairDocument) -> String {
    pair.better.clone().unwrap_or_else(|| TABLE_NO_VALUE.to_owned())
}

/// Bland and Altman's limits of agreement; their intervals on a page only.
fn agreement_table(found: &ComparisonDocument, width: Width) -> Option<Table> {
    let key = "ctr_difference";
    let mut columns = vec![Column::name("method")];
    let heads = ["bias", "95 % interval", "sd", "limits of agreement", "n", "undefined"];
    columns.extend(heads.map(Column::number));
    if width.has_all() {
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
        if width.has_all() {
            row.push(interval(key, agreement.lower_limit_ci95));
            row.push(interval(key, agreement.upper_limit_ci95));
        }
        Some(row)
    };
    let rows: Vec<Vec<String>> = found.methods.iter().filter_map(row).collect();
    let title = "cardiothoracic ratio, method minus reference (Bland-Altman)".to_owned();
    (!rows.is_empty()).then_some(Table { title, columns, rows, ..Table::default() })
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
    let n_tests: usize = found.subjects().map(|(_, measures)| n_tests(measures)).sum();
    lines.push(format!(
        "better: p < {} by Wilcoxon's signed-rank test, two-sided, after Holm over all {n_tests} tests shown, and a 95 % interval of the mean difference without zero; differences are first minus second",
        found.alpha
    ));
    lines
}

/// Number of tests of all pairs by some measures.
fn n_tests(measures: &MeasureMap<ComparedDocument>) -> usize {
    let tested = |pair: &&PairDocument| pair.wilcoxon_p.is_some();
    measures.values().map(|compared| compared.pairs.iter().filter(tested).count()).sum()
}
