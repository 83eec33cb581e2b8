//! Which images a report shows: the worst, the middle and the best of an object.

use scr_documents::ResultDocument;

/// How an image stands among all of its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Among the lowest.
    Worst,
    /// In the middle.
    Median,
    /// The highest.
    Best,
}

impl Standing {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Worst => "worst",
            Self::Median => "median",
            Self::Best => "best",
        }
    }
}

/// An image to show, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The object that it is chosen by.
    pub object: String,
    /// Identifier of the image.
    pub image: String,
    /// Its fold.
    pub fold: u8,
    /// How it stands.
    pub standing: Standing,
    /// The measure that it is chosen by, and its value on the image.
    pub overlap: f64,
}

/// How many of the worst are shown.
const N_WORST: usize = 3;

/// For each object the three worst images, the median and the best by overlap;
/// fewer where there are fewer. Equal values keep the order of the images. Empty
/// when the result holds no values by image or no overlap.
#[must_use]
pub fn choose_cases(result: &ResultDocument) -> Vec<Case> {
    let mut cases = Vec::new();
    for object in result.objects.keys() {
        let mut ranked: Vec<(f64, &scr_documents::ImageDocument)> = result
            .images
            .iter()
            .flatten()
            .filter_map(|image| Some((image.objects.get(object)?.get("overlap").copied()??, image)))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some(last) = ranked.len().checked_sub(1) else { continue };
        let mut places: Vec<(usize, Standing)> =
            (0..N_WORST.min(ranked.len())).map(|place| (place, Standing::Worst)).collect();
        for (place, standing) in [(ranked.len() / 2, Standing::Median), (last, Standing::Best)] {
            if places.iter().all(|(taken, _)| *taken != place) {
                places.push((place, standing));
            }
        }
        cases.extend(places.into_iter().map(|(place, standing)| Case {
            object: object.clone(),
            image: ranked[place].1.image.clone(),
            fold: ranked[place].1.fold,
            standing,
            overlap: ranked[place].0,
        }));
    }
    cases
}
