//! Sets of masks and results as arguments of a command, with names.
//!
//! The name of a set is that of its card, else the method of its run record, else the end of
//! its path.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use scr_data::{Benchmark, CARD, DataError, MaskSet, Problem, Problems, RUN_RECORD, files};
use scr_documents::ResultDocument;
use scr_eval::Settings;
use scr_report::NamedResult;

use super::arguments::MaskLayout;
use super::bucket_masks;
use super::scoring::score;
use crate::progress::Bar;

/// Longest name of a card in characters, as on a site.
const MAX_NAME: usize = 200;

/// An argument: a scored set of masks, or a result read from a file.
pub(crate) struct InputSet {
    pub(crate) result: NamedResult,
    /// Masks; none for a result file.
    pub(crate) masks: Option<MaskSet>,
}

/// Opens a set of masks in any layout with `open`, such as [`MaskSet::open`], and shows progress.
/// Masks in a bucket are a set in its own layout, and complete.
///
/// # Errors
/// As [`Conversion::open`](scr_import::Conversion::open) and [`bucket_masks::open`].
pub(crate) fn open_masks(
    path: &Path,
    benchmark: &Benchmark,
    layout: &MaskLayout,
    open: impl Fn(&Path, &Benchmark) -> Result<MaskSet, DataError>,
) -> Result<MaskSet, DataError> {
    if let Some(address) = path.to_str().filter(|text| bucket_masks::is_address(text)) {
        return bucket_masks::open(address, benchmark);
    }
    let bar = Bar::new();
    let progress = |what: &str, done, total| bar.show(what, done, total);
    layout.conversion().open(path, benchmark, &progress, open)
}

/// Scores all sets of masks, with the values of every image if asked for, and reads all
/// results. Collects the problems of all of them.
pub(crate) fn read_sets(
    paths: &[PathBuf],
    benchmark: &Benchmark,
    layout: &MaskLayout,
    settings: &Settings,
    with_images: bool,
) -> Result<Vec<InputSet>> {
    let mut sets = Vec::new();
    let mut problems = Problems::default();
    for path in paths {
        match read_set(path, benchmark, layout, settings, with_images) {
            Ok(set) => sets.push(set),
            Err(error) => drop(problems.gather::<()>(Err(error.downcast()?))?),
        }
    }
    problems.or(())?;
    let names = set_names(paths, sets.iter().map(|set| set.masks.as_ref()))?;
    for (set, name) in sets.iter_mut().zip(names) {
        set.result.name = name;
    }
    Ok(sets)
}

/// Distinct names of sets of masks, or of results without masks, at some paths.
pub(crate) fn set_names<'a>(
    paths: &[PathBuf],
    sets: impl Iterator<Item = Option<&'a MaskSet>>,
) -> Result<Vec<String>, DataError> {
    let mut problems = Problems::default();
    let card = |masks: Option<&MaskSet>| masks.map_or(Ok(None), card_name);
    let cards: Vec<_> = sets.map(|masks| problems.keep(card(masks)).flatten()).collect();
    problems.or(names(&cards, paths))
}

fn read_set(
    path: &Path,
    benchmark: &Benchmark,
    layout: &MaskLayout,
    settings: &Settings,
    with_images: bool,
) -> Result<InputSet> {
    let (result, masks) = if is_result(path)? {
        (read_result(path)?, None)
    } else {
        let masks = open_masks(path, benchmark, layout, MaskSet::open)?;
        (score(benchmark, &masks, settings, with_images)?, Some(masks))
    };
    Ok(InputSet { result: NamedResult { name: String::new(), result }, masks })
}

/// True for a JSON file of a result, and for JSON that is no object; annotations of masks are
/// JSON as well.
pub(crate) fn is_result(path: &Path) -> Result<bool, DataError> {
    if path.extension().is_none_or(|extension| extension != "json") || !path.is_file() {
        return Ok(false);
    }
    let bytes = files::read_file(path)?;
    let object: Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_slice(&bytes);
    Ok(object.map_or(true, |object| object.contains_key("masks_digest")))
}

fn read_result(path: &Path) -> Result<ResultDocument> {
    let bytes = files::read_file(path).map_err(DataError::from)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = path.display().to_string();
        let expected = "a result as `scr evaluate --format json --per-image` writes it";
        DataError::from(Problem::new(place, expected, error.to_string(), "")).into()
    })
}

/// Name of a set by its card or its run record; none without either.
fn card_name(masks: &MaskSet) -> Result<Option<String>, Problem> {
    if let Some((place, bytes)) = masks.companion(CARD)? {
        let expected = format!("a card, TOML with a `name` of 1 to {MAX_NAME} characters");
        let wrong = |found: String| Problem::new(&place, expected, found, "");
        let card =
            std::str::from_utf8(&bytes).map_err(|error| error.to_string()).and_then(|text| {
                text.parse::<toml::Table>().map_err(|error| error.message().to_owned())
            });
        return match card.map(|card| card.get("name").cloned()) {
            Ok(Some(toml::Value::String(name)))
                if (1..=MAX_NAME).contains(&name.chars().count()) =>
            {
                Ok(Some(name))
            }
            Ok(Some(other)) => Err(wrong(format!("the name {other}"))),
            Ok(None) => Err(wrong("no name".to_owned())),
            Err(found) => Err(wrong(found)),
        };
    }
    // Other programs call a file so as well: one without a method says nothing.
    let record = masks.companion(RUN_RECORD)?;
    let record = record.and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok());
    let method =
        record.and_then(|record: serde_json::Value| Some(record["method"].as_str()?.to_owned()));
    Ok(method.filter(|name| (1..=MAX_NAME).contains(&name.chars().count())))
}

/// Distinct names of the sets: those of their cards, else the end of their paths; equal ones
/// with the end of the path behind them.
fn names(cards: &[Option<String>], paths: &[PathBuf]) -> Vec<String> {
    let ends = path_ends(paths);
    let names: Vec<&String> =
        cards.iter().zip(&ends).map(|(card, end)| card.as_ref().unwrap_or(end)).collect();
    let is_shared = |name: &String| names.iter().filter(|other| **other == name).count() > 1;
    let distinct = |(name, end): (&&String, &String)| {
        if is_shared(name) && *name != end { format!("{name} ({end})") } else { (*name).clone() }
    };
    names.iter().zip(&ends).map(distinct).collect()
}

/// Distinct ends of paths: the shortest that differ.
fn path_ends(paths: &[PathBuf]) -> Vec<String> {
    let end = |path: &PathBuf, n_parts: usize| {
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let name = parts[parts.len().saturating_sub(n_parts)..].join("/");
        name.trim_end_matches(".json").trim_end_matches(".zip").to_owned()
    };
    for n_parts in 1..8 {
        let ends: Vec<String> = paths.iter().map(|path| end(path, n_parts)).collect();
        if ends.iter().collect::<BTreeSet<_>>().len() == paths.len() {
            return ends;
        }
    }
    let numbered = paths.iter().enumerate();
    numbered.map(|(index, path)| format!("{} ({})", end(path, 1), index + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cards: &[Option<&str>], paths: &[&str]) -> Vec<String> {
        let cards: Vec<_> = cards.iter().map(|card| card.map(str::to_owned)).collect();
        names(&cards, &paths.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn sets_without_a_card_are_told_apart_by_the_end_of_their_paths() {
        assert_eq!(of(&[None, None], &["out/asm", "out/pc.zip"]), ["asm", "pc"]);
        assert_eq!(of(&[None, None], &["a/masks", "b/masks"]), ["a/masks", "b/masks"]);
        assert_eq!(of(&[None, None], &["a", "a"]), ["a (1)", "a (2)"]);
    }

    #[test]
    fn a_card_names_its_set_and_equal_names_get_the_path_behind_them() {
        assert_eq!(of(&[Some("U-Net"), None], &["out/a", "out/b"]), ["U-Net", "b"]);
        assert_eq!(of(&[Some("asm"), Some("asm")], &["a", "b"]), ["asm (a)", "asm (b)"]);
        assert_eq!(of(&[Some("b"), None], &["a", "b"]), ["b (a)", "b"]);
    }
}
