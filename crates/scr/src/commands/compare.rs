//! `scr compare`: compares sets of masks by paired tests on the same images.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, DataError, MaskSet, Output, Problem, Problems, files};
use scr_documents::{ComparisonDocument, ResultDocument};
use scr_eval::{CompareSettings, Settings, compare};
use scr_measures::{Kind, Measure};
use scr_report::comparison::{incomparable, method_values};
use scr_report::layout::{self, Layout};
use scr_report::tables::{self, Width};
use scr_report::{NamedResult, csv};

use super::arguments::output;
use super::evaluate::{Format, Scoring, score};
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Compare {
    /// Folders or zips of masks, or results written by `scr evaluate --format json --per-image`
    #[arg(required = true, num_args = 2.., value_name = "MASKS|RESULT.json")]
    sets: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Significance level of the adjusted p
    #[arg(long, default_value_t = 0.05, value_parser = parse_share)]
    alpha: f64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write the comparison to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Option<Output>,
}

/// Measures compared by default.
pub(crate) const DEFAULT_MEASURES: [Measure; 4] = [
    Measure::plain(Kind::Overlap),
    Measure::plain(Kind::Dice),
    Measure::plain(Kind::Masd),
    Measure::plain(Kind::Hausdorff95),
];

impl Compare {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(&DEFAULT_MEASURES);
        let sets = read_sets(&self.sets, &benchmark, &settings)?;
        let results: Vec<NamedResult> = sets.into_iter().map(|set| set.result).collect();
        let found = compare_results(&results, self.alpha, &settings)?;
        let text = match (self.format, self.format.layout()) {
            (_, Some(layout)) => {
                let width = match layout {
                    Layout::Text => Width::Terminal,
                    Layout::Markdown | Layout::Latex => Width::Page,
                };
                let mut all = tables::comparison_tables(&found, width);
                let (rows, note) = (&benchmark.literature, &benchmark.literature_note);
                all.extend(tables::literature_tables(rows, note, width));
                layout::write(&all, layout)
            }
            (Format::Csv, _) => csv::comparison(&found),
            _ => found.to_json(),
        };
        print(self.out.as_ref(), &text)
    }
}

/// An argument: a scored set of masks, or a result read from a file.
pub(crate) struct InputSet {
    pub(crate) result: NamedResult,
    /// Masks; none for a result file.
    pub(crate) masks: Option<MaskSet>,
}

/// Scores all sets of masks and reads all results. Collects the problems of all of them.
pub(crate) fn read_sets(
    paths: &[PathBuf],
    benchmark: &Benchmark,
    settings: &Settings,
) -> Result<Vec<InputSet>> {
    let mut sets = Vec::new();
    let mut problems = Problems::default();
    for (path, name) in paths.iter().zip(names(paths)) {
        match read_set(path, name, benchmark, settings) {
            Ok(set) => sets.push(set),
            Err(error) => match error.downcast()? {
                DataError::Problems(found) => problems.extend(found.list().iter().cloned()),
                other => return Err(other.into()),
            },
        }
    }
    problems.or(())?;
    Ok(sets)
}

fn read_set(
    path: &Path,
    name: String,
    benchmark: &Benchmark,
    settings: &Settings,
) -> Result<InputSet> {
    let (result, masks) = if path.extension().is_some_and(|extension| extension == "json") {
        (read_result(path)?, None)
    } else {
        let masks = MaskSet::open(path, benchmark)?;
        (score(benchmark, &masks, settings, true)?, Some(masks))
    };
    Ok(InputSet { result: NamedResult { name, result }, masks })
}

fn read_result(path: &Path) -> Result<ResultDocument> {
    let bytes = files::read_file(path).map_err(DataError::from)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = path.display().to_string();
        let expected = "a result as `scr evaluate --format json --per-image` writes it";
        DataError::from(Problem::new(place, expected, error.to_string(), "")).into()
    })
}

/// Distinct names of the sets: the shortest tails of their paths that differ.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let tail = |path: &PathBuf, n_parts: usize| {
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let name = parts[parts.len().saturating_sub(n_parts)..].join("/");
        name.trim_end_matches(".json").trim_end_matches(".zip").to_owned()
    };
    for n_parts in 1..8 {
        let names: Vec<String> = paths.iter().map(|path| tail(path, n_parts)).collect();
        if names.iter().collect::<std::collections::BTreeSet<_>>().len() == paths.len() {
            return names;
        }
    }
    let numbered = paths.iter().enumerate();
    numbered.map(|(index, path)| format!("{} ({})", tail(path, 1), index + 1)).collect()
}

/// Compares results; an error lists why they are not comparable.
pub(crate) fn compare_results(
    results: &[NamedResult],
    alpha: f64,
    settings: &Settings,
) -> Result<ComparisonDocument> {
    let mut problems = Problems::default();
    problems.extend(incomparable(results));
    problems.or(())?;
    let settings = CompareSettings {
        alpha,
        bootstrap_resamples: settings.bootstrap_resamples,
        bootstrap_seed: settings.bootstrap_seed,
    };
    let found = compare(&method_values(results), settings);
    Ok(scr_report::comparison_document(results, &found, settings))
}

/// Parses a number above 0 and below 1.
fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "expected a number between 0 and 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_apart_by_the_end_of_their_paths() {
        let of = |paths: &[&str]| names(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(of(&["out/asm", "out/pc.zip"]), ["asm", "pc"]);
        assert_eq!(of(&["a/masks", "b/masks"]), ["a/masks", "b/masks"]);
        assert_eq!(of(&["a", "a"]), ["a (1)", "a (2)"]);
    }
}
