//! Cases of a benchmark in an order, after filters.
//!
//! Orders on full precision; equal cases are in the order of their names.

use std::cmp::Ordering;
use std::sync::Arc;

use scr_documents::{BenchmarkDocument, ImageEntryDocument};
use scr_measures::Better;
use scr_store::{PublicStore, Standings};

use super::choice::CaseChoice;
use super::columns::{Score, ScoreColumns};
use super::order::{CaseOrder, ScoreKey};
use crate::error::Failure;
use crate::numbers::{MeasureFormat, NO_VALUE};

/// Cases in order.
pub(crate) struct Cases {
    /// Order and filters.
    pub(crate) choice: CaseChoice,
    /// Positions of the images in the benchmark, in order.
    pub(crate) places: Vec<usize>,
    labels: Labels,
}

/// Text of each case.
enum Labels {
    None,
    Scores { measure: String, scores: Vec<Score> },
    Attribute(String),
}

/// Position of an image among the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CasePlace {
    /// Position of the image, from 1; none if the filters leave it out.
    pub(crate) position: Option<usize>,
    /// Number of cases.
    pub(crate) count: usize,
    /// Position of the previous case in the benchmark.
    pub(crate) previous: Option<usize>,
    /// Position of the next case in the benchmark.
    pub(crate) next: Option<usize>,
}

impl Cases {
    /// Cases by a choice. An unknown entry or measure is added to the choice's problems, and
    /// the benchmark's order is taken.
    pub(crate) async fn new(
        store: &PublicStore,
        columns: &ScoreColumns,
        benchmark: &BenchmarkDocument,
        standings: &Standings<'_>,
        mut choice: CaseChoice,
    ) -> Result<Self, Failure> {
        let scores = match scores(store, columns, benchmark, standings, &choice.order).await? {
            Ok(scores) => scores,
            Err(problem) => {
                choice.problems.push(problem);
                choice.order = CaseOrder::Table(None);
                None
            }
        };
        if choice.score.is_some() && scores.is_none() {
            choice.problems.push("A range of scores needs an order by a score.".to_owned());
            choice.score = None;
        }
        Ok(Self::ordered(&benchmark.images, choice, scores))
    }

    /// Images by a choice; `scores` are those of the choice's order.
    fn ordered(
        images: &[ImageEntryDocument],
        choice: CaseChoice,
        scores: Option<Vec<Score>>,
    ) -> Self {
        let passes = |place: &usize| is_chosen(&choice, &images[*place], *place, scores.as_deref());
        let mut places: Vec<usize> = (0..images.len()).filter(passes).collect();
        let by_name = |left: &usize, right: &usize| images[*left].id.cmp(&images[*right].id);
        match (&choice.order, &scores) {
            (CaseOrder::Name(_), _) => places.sort_by(by_name),
            (CaseOrder::Up(name) | CaseOrder::Down(name), _) => {
                let is_up = matches!(choice.order, CaseOrder::Up(_));
                sort_by_attribute(&mut places, images, name, is_up);
            }
            (CaseOrder::Table(_), _) | (_, None) => {}
            (order, Some(scores)) => {
                let keys: Vec<Option<f64>> =
                    scores.iter().map(|score| sort_key(order, *score)).collect();
                places.sort_by(|left, right| {
                    defined_first(keys[*left], keys[*right], f64::total_cmp)
                        .then_with(|| by_name(left, right))
                });
            }
        }
        let labels = match (&choice.order, scores) {
            (CaseOrder::Up(name) | CaseOrder::Down(name), _) => Labels::Attribute(name.clone()),
            (order, Some(scores)) => {
                let measure = order.score().map(|key| key.measure.clone()).unwrap_or_default();
                Labels::Scores { measure, scores }
            }
            _ => Labels::None,
        };
        Self { choice, places, labels }
    }

    /// Text of an image: its score, or the value of the attribute that orders; empty without.
    pub(crate) fn label(&self, image: &ImageEntryDocument, place: usize) -> String {
        match &self.labels {
            Labels::None => String::new(),
            Labels::Attribute(name) => image.attributes.get(name).cloned().unwrap_or_default(),
            Labels::Scores { measure, scores } => match scores[place] {
                Score::Known(value) if value.is_finite() => {
                    MeasureFormat::page(measure).value(Some(value))
                }
                Score::Known(_) => "one undefined".to_owned(),
                Score::Undefined => "undefined".to_owned(),
                Score::Missing => NO_VALUE.to_owned(),
            },
        }
    }

    /// Position and neighbours of the image at `place`. An image that the filters leave out
    /// has the first case as its next.
    pub(crate) fn place_of(&self, place: usize) -> CasePlace {
        let position = self.places.iter().position(|found| *found == place);
        let at = |index: Option<usize>| index.and_then(|index| self.places.get(index)).copied();
        CasePlace {
            position: position.map(|position| position + 1),
            count: self.places.len(),
            previous: at(position.and_then(|position| position.checked_sub(1))),
            next: at(Some(position.map_or(0, |position| position + 1))),
        }
    }
}

/// Scores that the order needs, or a problem for people.
async fn scores(
    store: &PublicStore,
    columns: &ScoreColumns,
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
    order: &CaseOrder,
) -> Result<Result<Option<Vec<Score>>, String>, Failure> {
    let Some(ScoreKey { object, measure, entry }) = order.score() else { return Ok(Ok(None)) };
    let mut found = Vec::new();
    let other = if let CaseOrder::Gap(_, other) = order { Some(other) } else { None };
    for id in std::iter::once(entry).chain(other) {
        let Some(entry) = standings.entries(&[id.as_str()]).await?.pop() else {
            return Ok(Err(format!("There is no entry {id}: the benchmark’s order is shown.")));
        };
        let scores = columns.get(store, benchmark, &entry, object, measure).await?;
        let Some(scores) = scores else {
            return Ok(Err(format!(
                "The entry {id} has no scores of single images for {measure} of {object}: the \
                 benchmark’s order is shown."
            )));
        };
        found.push(scores);
    }
    let found: Vec<&[Score]> = found.iter().map(|scores: &Arc<[Score]>| &**scores).collect();
    Ok(Ok(Some(shown(&found))))
}

/// Scores of one entry, or differences of two.
fn shown(columns: &[&[Score]]) -> Vec<Score> {
    match columns {
        [one, other] => one.iter().zip(*other).map(|(a, b)| gap(*a, *b)).collect(),
        _ => columns.first().map(|scores| scores.to_vec()).unwrap_or_default(),
    }
}

/// Absolute difference; infinite if exactly one of the two is undefined.
fn gap(one: Score, other: Score) -> Score {
    match (one, other) {
        (Score::Missing, _) | (_, Score::Missing) => Score::Missing,
        (Score::Undefined, Score::Undefined) => Score::Undefined,
        (Score::Known(one), Score::Known(other)) => Score::Known((one - other).abs()),
        _ => Score::Known(f64::INFINITY),
    }
}

/// Number by which cases are ascending; none for those at the end.
fn sort_key(order: &CaseOrder, score: Score) -> Option<f64> {
    let better = order.score().and_then(|key| MeasureFormat::page(&key.measure).better);
    let lower_first = match order {
        CaseOrder::Worst(_) => better == Some(Better::Higher),
        CaseOrder::Best(_) => better != Some(Better::Higher),
        _ => false,
    };
    match score {
        Score::Known(value) => Some(if lower_first { value } else { -value }),
        Score::Undefined if matches!(order, CaseOrder::Worst(_)) => Some(f64::NEG_INFINITY),
        Score::Undefined | Score::Missing => None,
    }
}

/// Compares values; none is after all others.
fn defined_first<T>(
    left: Option<T>,
    right: Option<T>,
    compare: impl Fn(&T, &T) -> Ordering,
) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => compare(&left, &right),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

fn sort_by_attribute(places: &mut [usize], images: &[ImageEntryDocument], name: &str, is_up: bool) {
    let text = |place: usize| {
        let value = images[place].attributes.get(name).map(|value| value.trim());
        value.filter(|value| !value.is_empty() && *value != "?")
    };
    let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
    let is_numeric = (0..images.len()).filter_map(text).all(|value| number(value).is_some());
    places.sort_by(|&left, &right| {
        let values = (text(left), text(right));
        let order = if is_numeric {
            let (left, right) = (values.0.and_then(number), values.1.and_then(number));
            defined_first(left, right, |left, right| turned(left.total_cmp(right), is_up))
        } else {
            defined_first(values.0, values.1, |left, right| turned(left.cmp(right), is_up))
        };
        order.then_with(|| images[left].id.cmp(&images[right].id))
    });
}

fn turned(order: Ordering, is_up: bool) -> Ordering {
    if is_up { order } else { order.reverse() }
}

fn is_chosen(
    choice: &CaseChoice,
    image: &ImageEntryDocument,
    place: usize,
    scores: Option<&[Score]>,
) -> bool {
    let in_fold = choice.folds.is_empty() || choice.folds.contains(&image.fold.to_string());
    let is_found = image.id.to_lowercase().contains(&choice.find);
    let has = choice.with.as_ref().is_none_or(|(name, value)| {
        image.attributes.get(name).map_or("", |found| found.trim()) == value.trim()
    });
    let scores_so = choice.score.is_none_or(|[low, high]| {
        let value = scores.and_then(|scores| scores[place].known());
        value.is_some_and(|value| (low..=high).contains(&value))
    });
    in_fold && is_found && has && scores_so
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
