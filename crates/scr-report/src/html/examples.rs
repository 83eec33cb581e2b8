//! Example images of a report: the worst, the median and the best of an object.

use scr_documents::{Fold, ResultDocument};

/// Rank of an example among the images of its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleRank {
    /// One of the lowest.
    Worst,
    /// The median.
    Median,
    /// The highest.
    Best,
}

impl ExampleRank {
    /// The rank in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Worst => "worst",
            Self::Median => "median",
            Self::Best => "best",
        }
    }
}

/// Example image.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Object of the choice.
    pub object: String,
    /// Identifier of the image.
    pub image: String,
    /// Fold of the image.
    pub fold: Fold,
    /// Rank of the image.
    pub rank: ExampleRank,
    /// Overlap of the object, the measure of the choice.
    pub overlap: f64,
}

/// Number of worst images.
const N_WORST: usize = 3;

/// Chooses the three worst images, the median and the best by overlap for each object, or
/// fewer from small sets. Equal values keep the order of the images. Empty when the result
/// has no values by image or no overlap.
#[must_use]
pub fn choose_examples(result: &ResultDocument) -> Vec<Example> {
    let mut examples = Vec::new();
    for object in result.objects.keys() {
        let mut ranked: Vec<(f64, &scr_documents::ImageDocument)> = result
            .images
            .iter()
            .flatten()
            .filter_map(|image| Some((image.objects.get(object)?.get("overlap").copied()??, image)))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some(last) = ranked.len().checked_sub(1) else { continue };
        let mut places: Vec<(usize, ExampleRank)> =
            (0..N_WORST.min(ranked.len())).map(|place| (place, ExampleRank::Worst)).collect();
        for (place, rank) in [(ranked.len() / 2, ExampleRank::Median), (last, ExampleRank::Best)] {
            if places.iter().all(|(taken, _)| *taken != place) {
                places.push((place, rank));
            }
        }
        examples.extend(places.into_iter().map(|(place, rank)| Example {
            object: object.clone(),
            image: ranked[place].1.image.clone(),
            fold: ranked[place].1.fold,
            rank,
            overlap: ranked[place].0,
        }));
    }
    examples
}
