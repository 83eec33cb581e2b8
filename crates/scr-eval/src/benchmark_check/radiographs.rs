//! Rules for radiographs: missing ones, and one radiograph as several images.

use std::collections::BTreeMap;

use super::facts::RadiographFacts;
use super::findings::BenchmarkFacts;
use crate::check::{Rule, Warning};

/// Number of groups of images that a message lists.
const NAMED_GROUPS: usize = 4;

/// Warnings about radiographs.
pub(super) fn warnings(facts: &BenchmarkFacts<'_>) -> Vec<Warning> {
    missing(facts).into_iter().chain(identical(facts)).collect()
}

/// Notice about a benchmark without any radiograph, which is a choice and no accident.
pub(super) fn notice(facts: &BenchmarkFacts<'_>) -> Option<String> {
    let is_without = facts.images.iter().all(|i| i.radiograph == RadiographFacts::Missing);
    is_without.then(|| {
        "the benchmark has no radiographs: masks can be scored, but not be compared with the \
         anatomy here; methods and viewing need radiographs"
            .to_owned()
    })
}

fn missing(facts: &BenchmarkFacts<'_>) -> Option<Warning> {
    let is_missing = |radiograph| radiograph == RadiographFacts::Missing;
    let found = facts.images.iter().filter(|image| is_missing(image.radiograph));
    let images: Vec<usize> = found.map(|image| image.image).collect();
    if images.is_empty() || images.len() == facts.images.len() {
        return None;
    }
    let message = format!("{} have no radiograph", facts.share_of_images(images.len()));
    let first = facts.benchmark.radiograph_path(&facts.benchmark.images[images[0]]);
    let hint = format!("expected {} and so on: copy the files there", first.display());
    Some(facts.warning(Rule::MissingRadiograph, &[], &images, message, &hint))
}

fn identical(facts: &BenchmarkFacts<'_>) -> Option<Warning> {
    let mut by_pixels: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for image in facts.images {
        if let RadiographFacts::Read(pixels) = image.radiograph {
            by_pixels.entry(pixels).or_default().push(image.image);
        }
    }
    let mut groups: Vec<Vec<usize>> =
        by_pixels.into_values().filter(|images| images.len() > 1).collect();
    if groups.is_empty() {
        return None;
    }
    groups.sort();
    let id = |&index: &usize| facts.benchmark.images[index].id.as_str();
    let fold = |index: &usize| facts.benchmark.images[*index].fold;
    let named: Vec<String> = groups
        .iter()
        .take(NAMED_GROUPS)
        .map(|images| images.iter().map(id).collect::<Vec<_>>().join(" = "))
        .collect();
    let more = if groups.len() > NAMED_GROUPS { "; ..." } else { "" };
    let across = groups
        .iter()
        .filter(|images| images.iter().any(|index| fold(index) != fold(&images[0])))
        .count();
    let folds = match across {
        0 => String::new(),
        count => format!(", {count} of them in more than one fold"),
    };
    let message = format!(
        "{} radiograph{} under several names, the same in every pixel{folds}: {}{more}",
        groups.len(),
        if groups.len() == 1 { " is" } else { "s are" },
        named.join("; ")
    );
    let mut images: Vec<usize> = groups.into_iter().flatten().collect();
    images.sort_unstable();
    let hint = "keep one image of each: a method that was trained on one knows the other";
    Some(facts.warning(Rule::IdenticalRadiographs, &[], &images, message, hint))
}
