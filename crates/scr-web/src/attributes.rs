//! Distribution of image attributes, such as age and sex, over the folds.
//!
//! Counts the values of the benchmark's table; knows no attribute by name.

use std::collections::{BTreeMap, BTreeSet};

use scr_documents::{BenchmarkDocument, Fold, ImageEntryDocument};

use crate::numbers::capitalised;

/// More different words than this are only counted.
const MAX_WORDS: usize = 12;
/// More different numbers than this are no choice of a filter.
const MAX_CHOICES: usize = 6;
/// More different numbers than this are plotted.
const MAX_NUMBERS: usize = 8;

/// The distribution of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Distribution {
    /// Name of the attribute.
    pub(crate) name: String,
    /// Name of the column in the benchmark's table.
    pub(crate) column: String,
    /// Its values in order; empty when they are too many to list.
    pub(crate) rows: Vec<Count>,
    /// Position of each image and its number, where there are too many different ones to list.
    pub(crate) numbers: Vec<(usize, f64)>,
    /// Median and range of numbers, or how many different values there are.
    pub(crate) note: String,
}

/// Number of images with a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Count {
    /// The value.
    pub(crate) label: String,
    /// Images in each fold.
    pub(crate) folds: Vec<usize>,
    /// Images in all of them.
    pub(crate) total: usize,
    /// Length of the bar, in percent of the longest.
    pub(crate) percent: usize,
}

/// The distributions of all attributes, in the order of the benchmark's table.
pub(crate) fn distributions(benchmark: &BenchmarkDocument) -> Vec<Distribution> {
    let folds: Vec<Fold> = benchmark.folds().into_iter().map(|(fold, _)| fold).collect();
    of_images(&benchmark.images, &folds)
}

/// Attributes in the order of the benchmark's table, each with its different values; without
/// values where there are too many to choose from.
pub(crate) fn few_values(images: &[ImageEntryDocument]) -> Vec<(String, Vec<String>)> {
    let values = |name: &String| {
        let values = images.iter().map(|image| image.attributes.get(name).map_or("", |v| v.trim()));
        let values: BTreeSet<&str> = values.collect();
        let are_numbers = values.iter().all(|value| value.is_empty() || finite(value).is_some());
        let is_few = values.len() <= if are_numbers { MAX_CHOICES } else { MAX_WORDS };
        let values = if is_few { values.into_iter().map(str::to_owned).collect() } else { vec![] };
        (name.clone(), values)
    };
    names(images).into_iter().map(values).collect()
}

fn names(images: &[ImageEntryDocument]) -> Vec<&String> {
    let mut names: Vec<&String> = Vec::new();
    for name in images.iter().flat_map(|image| image.attributes.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn of_images(images: &[ImageEntryDocument], folds: &[Fold]) -> Vec<Distribution> {
    let is_size = |name: &&String| {
        let is_side = |side: fn(&ImageEntryDocument) -> usize| {
            images.iter().all(|image| image.attributes.get(*name) == Some(&side(image).to_string()))
        };
        is_side(|image| image.width) || is_side(|image| image.height)
    };
    let names = names(images).into_iter().filter(|name| !is_size(name));
    names.map(|name| distribution(name, images, folds)).collect()
}

fn distribution(name: &str, images: &[ImageEntryDocument], folds: &[Fold]) -> Distribution {
    let mut counts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut unknown = vec![0; folds.len()];
    for image in images {
        let Some(fold) = folds.iter().position(|fold| *fold == image.fold) else { continue };
        match image.attributes.get(name).map(|value| value.trim()) {
            None | Some("" | "?") => unknown[fold] += 1,
            Some(value) => {
                counts.entry(value).or_insert_with(|| vec![0; folds.len()])[fold] += 1;
            }
        }
    }
    let numbers: Option<Vec<(f64, Vec<usize>)>> =
        counts.iter().map(|(value, folds)| Some((finite(value)?, folds.clone()))).collect();
    let title = capitalised(&name.replace('_', " "));
    let mut plotted = Vec::new();
    let (mut rows, note) = match numbers.filter(|numbers| !numbers.is_empty()) {
        Some(mut numbers) => {
            numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
            let note = range_note(&numbers);
            if counts.len() > MAX_NUMBERS {
                plotted = numbers_of(name, images);
                (Vec::new(), note)
            } else {
                (plain(&numbers), note)
            }
        }
        None if counts.len() > MAX_WORDS => {
            (Vec::new(), format!("{} different values", counts.len()))
        }
        None => {
            let rows = counts.iter().map(|(label, folds)| ((*label).to_owned(), folds.clone()));
            (rows.collect(), String::new())
        }
    };
    if !rows.is_empty() && unknown.iter().any(|count| *count > 0) {
        rows.push(("not given".to_owned(), unknown));
    }
    let column = name.to_owned();
    Distribution { name: title, column, rows: with_bars(rows), numbers: plotted, note }
}

fn numbers_of(name: &str, images: &[ImageEntryDocument]) -> Vec<(usize, f64)> {
    let number = |(place, image): (usize, &ImageEntryDocument)| {
        let value = image.attributes.get(name)?.trim();
        Some((place, finite(value)?))
    };
    images.iter().enumerate().filter_map(number).collect()
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn plain(numbers: &[(f64, Vec<usize>)]) -> Vec<(String, Vec<usize>)> {
    numbers.iter().map(|(value, folds)| (value.to_string(), folds.clone())).collect()
}

fn range_note(sorted: &[(f64, Vec<usize>)]) -> String {
    let n: usize = sorted.iter().map(|(_, folds)| total(folds)).sum();
    let at = |place: usize| {
        let mut seen = 0;
        sorted.iter().find_map(|(value, folds)| {
            seen += total(folds);
            (seen > place).then_some(*value)
        })
    };
    match (at(0), at((n - 1) / 2), at(n / 2), at(n - 1)) {
        (Some(min), Some(lower), Some(upper), Some(max)) => {
            format!("median {}, {min} to {max}", f64::midpoint(lower, upper))
        }
        _ => String::new(),
    }
}

fn total(folds: &[usize]) -> usize {
    folds.iter().sum()
}

fn with_bars(rows: Vec<(String, Vec<usize>)>) -> Vec<Count> {
    let longest = rows.iter().map(|(_, folds)| total(folds)).max().unwrap_or(0).max(1);
    rows.into_iter()
        .map(|(label, folds)| {
            let total = total(&folds);
            Count { label, folds, total, percent: total * 100 / longest }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(values: &[(&str, u8)]) -> Vec<ImageEntryDocument> {
        let image = |(value, fold): &(&str, u8)| ImageEntryDocument {
            id: "x".into(),
            fold: Fold::Number(*fold),
            spacing_mm: None,
            width: 1,
            height: 1,
            has_pixels: true,
            attributes: [("age".to_owned(), (*value).to_owned())].into_iter().collect(),
        };
        values.iter().map(image).collect()
    }

    fn found(images: &[ImageEntryDocument]) -> Vec<Distribution> {
        of_images(images, &[1, 2].map(Fold::Number))
    }

    #[test]
    fn words_are_counted_a_fold_and_question_marks_are_not_given() {
        let found = &found(&images(&[("f", 1), ("m", 2), ("f", 2), ("?", 1)]))[0];
        let rows: Vec<_> =
            found.rows.iter().map(|row| (row.label.as_str(), &row.folds[..])).collect();
        assert_eq!(rows, [("f", &[1, 1][..]), ("m", &[0, 1]), ("not given", &[1, 0])]);
        assert_eq!((found.rows[0].percent, found.rows[1].percent), (100, 50));
    }

    #[test]
    fn many_numbers_are_plotted_image_by_image() {
        let ages: Vec<String> = (21..=89).map(|age| age.to_string()).collect();
        let values: Vec<(&str, u8)> = ages.iter().map(|age| (age.as_str(), 1)).collect();
        let found = &found(&images(&values))[0];
        assert!(found.rows.is_empty());
        assert_eq!((found.numbers.len(), found.numbers[68]), (69, (68, 89.0)));
        assert_eq!(found.note, "median 55, 21 to 89");
    }

    #[test]
    fn a_column_that_repeats_the_size_of_the_images_is_left_out() {
        let mut images = images(&[("1", 1), ("1", 2)]);
        assert!(found(&images).is_empty());
        images[0].width = 2;
        images[1].height = 2;
        assert_eq!(found(&images).len(), 1);
    }

    #[test]
    fn numbers_are_in_the_order_of_numbers() {
        let found = &found(&images(&[("10", 1), ("9", 1)]))[0];
        assert_eq!(found.rows[0].label, "9");
    }

    #[test]
    fn many_words_are_only_counted() {
        let words: Vec<String> = (0..40).map(|index| format!("patient-{index}")).collect();
        let values: Vec<(&str, u8)> = words.iter().map(|word| (word.as_str(), 1)).collect();
        let found = &found(&images(&values))[0];
        assert!(found.rows.is_empty());
        assert_eq!(found.note, "40 different values");
    }
}
