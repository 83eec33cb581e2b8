//! Tables of a comparison: standings by object, then every pair.

use scr_documents::{ComparedDocument, ComparisonDocument, MeasureMap, PairDocument};

use super::{arrow, interval, mean_sd, number, probability};
use crate::layout::{Column, Table};
use crate::numbers::TABLE_NO_VALUE;

/// Tables of standings, pairs and agreement of a comparison, with notes on the methods.
#[must_use]
pub fn comparison_tables(found: &ComparisonDocument) -> Vec<Table> {
    let mut tables = Vec::new();
    for (object, measures) in found.subjects() {
        let title = object.unwrap_or("whole image");
        tables.push(standings_table(title, found, measures));
        if found.methods.len() > 1 {
            tables.push(pairs_table(title, found.alpha, measures));
        }
    }
    tables.extend(agreement_table(found));
    tables.push(Table { notes: how(found), ..Table::default() });
    tables
}

/// Standings: one row a method, one column a measure, with mean (sd), rank by mean and its
/// interval, and rank by significant wins.
fn standings_table(
    title: &str,
    found: &ComparisonDocument,
    measures: &MeasureMap<ComparedDocument>,
) -> Table {
    let mut columns = vec![Column::text("method")];
    for key in measures.keys() {
        columns.push(Column::number(format!("{key}{}", arrow(key))));
        columns.push(Column::number("95 % interval"));
        columns.push(Column::number("rank"));
        columns.push(Column::number("wins"));
    }
    let row = |(index, name): (usize, &String)| {
        let mut row = vec![name.clone()];
        for (key, compared) in measures {
            let standing = &compared.methods[index];
            let undefined = match standing.summary.n_undefined {
                None | Some(0) => String::new(),
                Some(n) => format!(", {n} undefined"),
            };
            let rank = match standing.rank_ci95 {
                Some([best, worst]) => format!("{} [{best}..{worst}]", standing.rank_by_mean),
                None => standing.rank_by_mean.to_string(),
            };
            row.push(mean_sd(key, standing.summary.mean, standing.summary.sd) + &undefined);
            row.push(interval(key, standing.summary.ci95));
            row.push(rank);
            row.push(format!("{} (rank {})", standing.wins, standing.rank_by_wins));
        }
        row
    };
    let names = found.methods.iter().map(|method| &method.name);
    Table {
        title: title.to_owned(),
        columns,
        rows: names.enumerate().map(row).collect(),
        notes: Vec::new(),
    }
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
    let pairs = |(key, compared)| {
        let compared: &ComparedDocument = compared;
        compared.pairs.iter().map(|pair| row(key, pair)).collect::<Vec<_>>()
    };
    Table {
        title: format!("{title}, pair by pair"),
        columns,
        rows: measures.iter().flat_map(pairs).collect(),
        notes: Vec::new(),
    }
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

fn agreement_table(found: &ComparisonDocument) -> Option<Table> {
    let heads = [
        "bias",
        "95 % interval",
        "sd",
        "limits of agreement",
        "lower limit",
        "upper limit",
        "n",
        "undefined",
    ];
    let mut columns = vec![Column::text("method")];
    columns.extend(heads.map(Column::number));
    let key = "ctr_difference";
    let rows: Vec<Vec<String>> = found
        .methods
        .iter()
        .filter_map(|method| {
            let agreement = method.ctr_agreement.as_ref()?;
            Some(vec![
                method.name.clone(),
                number(key, agreement.bias),
                interval(key, agreement.bias_ci95),
                number(key, agreement.sd),
                interval(key, agreement.limits),
                interval(key, agreement.lower_limit_ci95),
                interval(key, agreement.upper_limit_ci95),
                agreement.n.to_string(),
                agreement.n_undefined.to_string(),
            ])
        })
        .collect();
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
            .map(|method| format!("masks digest     {}  {}", method.masks_digest, method.name)),
    );
    lines.push(format!(
        "evaluator {}; rank by mean with its 95 % interval by bootstrap over images ({} resamples, seed {}); undefined values are worst",
        found.evaluator_version, found.bootstrap_resamples, found.bootstrap_seed
    ));
    lines.push(format!(
        "wins: methods beaten at p < {} by Wilcoxon's signed-rank test, two-sided, after Holm over the pairs of one measure; differences are first minus second",
        found.alpha
    ));
    lines
}
