//! Shards: parts of an evaluation that several processes score, and their merge.
//!
//! The merge of all shards is the evaluation of one run: an image is scored by itself, and
//! summaries and digests are made from all images.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use scr_data::digest::Manifest;
use scr_data::{DataError, Problem, Problems};

use crate::Evaluation;

/// Largest number of shards.
pub const MAX_SHARDS: usize = 100_000;

/// Shard of a benchmark's images: the images whose index, from 0, leaves `number - 1` when
/// divided by `count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    number: usize,
    /// At most [`MAX_SHARDS`].
    count: usize,
}

impl Shard {
    /// All images.
    pub const WHOLE: Self = Self { number: 1, count: 1 };

    /// True for the index of an image of the shard.
    #[must_use]
    pub const fn has(self, image: usize) -> bool {
        image % self.count == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

/// Error of a text that names no shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidShard;

impl fmt::Display for InvalidShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected I/N, with I from 1 to N and N at most {MAX_SHARDS}, as in 2/8")
    }
}

impl std::error::Error for InvalidShard {}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, count) = text.split_once('/').ok_or(InvalidShard)?;
        let parsed = |text: &str| text.parse::<usize>().map_err(|_| InvalidShard);
        let (number, count) = (parsed(number)?, parsed(count)?);
        if number == 0 || number > count || count > MAX_SHARDS {
            return Err(InvalidShard);
        }
        Ok(Self { number, count })
    }
}

/// Part of an evaluation: the records of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationPart {
    /// The shard.
    pub shard: Shard,
    /// The evaluation of its images. The digests are those of its files alone.
    pub evaluation: Evaluation,
    /// Index of each record's image in the benchmark.
    pub places: Vec<usize>,
    /// Files of the benchmark: its own, and the reference's masks of the shard.
    pub reference_files: Manifest,
    /// Masks of the shard.
    pub mask_files: Manifest,
}

/// Merges all shards of an evaluation, with the file of each, in any order.
///
/// # Errors
/// [`DataError::Problems`] with every file that is of another evaluation, that was scored with other files of
/// the benchmark, and with every shard that is missing or there twice.
pub fn merge(parts: Vec<(String, EvaluationPart)>) -> Result<Evaluation, DataError> {
    let mut problems = Problems::default();
    problems.extend(incomplete(&parts));
    let mut parts = parts.into_iter();
    let Some((first_place, first)) = parts.next() else {
        return Err(Problem::new("shards", "at least one file", "none", "").into());
    };
    let mut whole = first;
    let mut records: BTreeMap<usize, _> =
        whole.places.drain(..).zip(whole.evaluation.records.drain(..)).collect();
    for (place, part) in parts {
        problems.extend(differences(&place, &part, &first_place, &whole));
        let files = [
            (&mut whole.reference_files, part.reference_files),
            (&mut whole.mask_files, part.mask_files),
        ];
        for (merged, files) in files {
            if let Err(path) = merged.merge(files) {
                problems.push(Problem::new(
                    &place,
                    format!("the files of {first_place}"),
                    format!("another digest of `{path}`"),
                    "score all shards again with the same files",
                ));
            }
        }
        records.extend(part.places.into_iter().zip(part.evaluation.records));
    }
    problems.or(())?;
    Ok(Evaluation {
        benchmark_digest: whole.reference_files.digest(),
        masks_digest: whole.mask_files.digest(),
        records: records.into_values().collect(),
        ..whole.evaluation
    })
}

/// Shards that are missing or there twice.
fn incomplete(parts: &[(String, EvaluationPart)]) -> Vec<Problem> {
    let Some((first_place, first)) = parts.first() else { return Vec::new() };
    let count = first.shard.count;
    let mut problems = Vec::new();
    let mut places: BTreeMap<usize, &str> = BTreeMap::new();
    for (place, part) in parts {
        if part.shard.count != count {
            let expected = format!("one of {count} shards, as {first_place} is");
            problems.push(Problem::new(place, expected, format!("shard {}", part.shard), ""));
        } else if let Some(other) = places.insert(part.shard.number, place) {
            let found = format!("shard {}, which {other} has as well", part.shard);
            problems.push(Problem::new(place, "each shard once", found, "leave one of them out"));
        }
    }
    let missing: Vec<String> = (1..=count)
        .filter(|number| !places.contains_key(number))
        .map(|number| Shard { number, count }.to_string())
        .collect();
    if !missing.is_empty() {
        let named = missing[..missing.len().min(NAMED_SHARDS)].join(", ");
        let more = if missing.len() > NAMED_SHARDS { ", ..." } else { "" };
        let found = format!("{} missing: {named}{more}", missing.len());
        problems.push(Problem::new("shards", format!("all {count}"), found, "score these too"));
    }
    problems
}

/// Number of missing shards that a problem names.
const NAMED_SHARDS: usize = 8;

/// Differences between a part at `place` and the first one, in values that parts of one evaluation
/// share.
#[must_use]
pub fn differences(
    place: &str,
    part: &EvaluationPart,
    first_place: &str,
    first: &EvaluationPart,
) -> Vec<Problem> {
    let (a, b) = (&first.evaluation, &part.evaluation);
    let keys = |evaluation: &Evaluation| {
        let keys = evaluation.measures.iter().map(|&measure| evaluation.result_key(measure));
        keys.collect::<Vec<_>>().join(", ")
    };
    let objects = |evaluation: &Evaluation| {
        evaluation.objects.iter().map(|object| object.id.clone()).collect::<Vec<_>>().join(", ")
    };
    let of_images = |evaluation: &Evaluation| {
        let keys = evaluation.image_measures.iter().map(|measure| measure.info().key);
        keys.collect::<Vec<_>>().join(", ")
    };
    let of_bootstrap = |evaluation: &Evaluation| {
        format!("{} with seed {}", evaluation.bootstrap_resamples, evaluation.bootstrap_seed)
    };
    let pairs = [
        ("benchmark", a.benchmark.clone(), b.benchmark.clone()),
        ("observer", a.observer.clone(), b.observer.clone()),
        ("measures", keys(a), keys(b)),
        ("objects", objects(a), objects(b)),
        ("measures of whole images", of_images(a), of_images(b)),
        ("bootstrap resamples", of_bootstrap(a), of_bootstrap(b)),
        (
            "policy for undefined distances",
            format!("{:?}", a.undefined),
            format!("{:?}", b.undefined),
        ),
        ("folds", a.has_folds.to_string(), b.has_folds.to_string()),
    ];
    let differ = pairs.into_iter().filter(|(_, a, b)| a != b);
    let problem = |(what, a, b): (&str, String, String)| {
        Problem::new(place, format!("the {what} of {first_place}: {a}"), b, "")
    };
    differ.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_read_from_its_text() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        for wrong in ["", "2", "0/8", "9/8", "-1/8", "1/100001", "1/2/3", "a/b"] {
            assert_eq!(wrong.parse::<Shard>(), Err(InvalidShard), "{wrong}");
        }
    }

    #[test]
    fn every_image_is_in_one_shard() {
        for image in 0..50 {
            let has = |number| Shard { number, count: 7 }.has(image);
            assert_eq!((1..=7).filter(|&number| has(number)).count(), 1);
        }
        assert!((0..50).all(|image| Shard::WHOLE.has(image)));
    }
}
