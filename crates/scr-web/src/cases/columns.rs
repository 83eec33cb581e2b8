//! Score columns: an entry's scores of single images, by object and measure.
//!
//! Reads entries through the [`PublicStore`], so that a column never has more than the site
//! shows. Keeps the last ones in memory, up to [`MAX_BYTES`]: an entry of 10,000 images takes
//! a fifth of a second to read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use scr_documents::{BenchmarkDocument, MeasureMap};
use scr_store::{EntryRow, PublicStore};

use crate::error::Failure;

/// Bytes of all columns in memory.
const MAX_BYTES: usize = 48 << 20;
/// Object of measures of whole images.
pub(crate) const WHOLE_IMAGE: &str = "all";

/// Score of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Score {
    /// A value.
    Known(f64),
    /// The measure is undefined, as a distance to an empty mask is.
    Undefined,
    /// The entry does not cover the image.
    Missing,
}

impl Score {
    /// The value.
    pub(crate) const fn known(self) -> Option<f64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Undefined | Self::Missing => None,
        }
    }
}

/// Scores by object and measure, each in the order of the benchmark's images.
type Columns = HashMap<(String, String), Arc<[Score]>>;

/// Columns of one entry under one state of the site's settings.
struct Kept {
    key: [String; 4],
    columns: Arc<Columns>,
    bytes: usize,
}

/// Columns in memory; the last used one is last.
#[derive(Default)]
pub(crate) struct ScoreColumns {
    kept: Mutex<Vec<Kept>>,
}

impl ScoreColumns {
    /// Scores of an entry; none where it has no such scores or the site hides them.
    pub(crate) async fn get(
        &self,
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        object: &str,
        measure: &str,
    ) -> Result<Option<Arc<[Score]>>, Failure> {
        let settings = store.settings().get(&benchmark.id).await?;
        if !settings.shows_images() || entry.benchmark_id != benchmark.id {
            return Ok(None);
        }
        let settings = serde_json::to_string(&settings).unwrap_or_default();
        let version = format!("{} {}", entry.result.evaluator_version, entry.result.masks_digest);
        let key = [entry.id.clone(), version, benchmark.digest.clone(), settings];
        let found = self.take(&key);
        let columns = if let Some(columns) = found {
            columns
        } else {
            let Some(whole) = store.entries().get(&entry.id).await? else { return Ok(None) };
            let columns = Arc::new(columns(benchmark, &whole));
            self.keep(key, &columns);
            columns
        };
        Ok(columns.get(&(object.to_owned(), measure.to_owned())).cloned())
    }

    fn take(&self, key: &[String; 4]) -> Option<Arc<Columns>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|one| one.key == *key)?;
        let found = kept.remove(place);
        let columns = Arc::clone(&found.columns);
        kept.push(found);
        Some(columns)
    }

    fn keep(&self, key: [String; 4], columns: &Arc<Columns>) {
        let bytes = columns.values().map(|scores| size_of_val::<[Score]>(scores)).sum();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.key[0] != key[0]);
        kept.push(Kept { key, columns: Arc::clone(columns), bytes });
        while kept.len() > 1 && kept.iter().map(|one| one.bytes).sum::<usize>() > MAX_BYTES {
            kept.remove(0);
        }
    }
}

fn columns(benchmark: &BenchmarkDocument, entry: &EntryRow) -> Columns {
    let images = benchmark.images.iter().enumerate();
    let places: HashMap<&str, usize> =
        images.map(|(place, image)| (image.id.as_str(), place)).collect();
    let mut found: HashMap<(&str, &str), Vec<Score>> = HashMap::new();
    for image in entry.result.images.iter().flatten() {
        let Some(&place) = places.get(image.image.as_str()) else { continue };
        let objects = image.objects.iter().map(|(object, measures)| (object.as_str(), measures));
        let whole = std::iter::once((WHOLE_IMAGE, &image.image_measures));
        for (object, measures) in objects.chain(whole) {
            let measures: &MeasureMap<Option<f64>> = measures;
            for (measure, value) in measures {
                let column = found
                    .entry((object, measure))
                    .or_insert_with(|| vec![Score::Missing; places.len()]);
                column[place] = value.map_or(Score::Undefined, Score::Known);
            }
        }
    }
    let owned = |((object, measure), scores): ((&str, &str), Vec<Score>)| {
        ((object.to_owned(), measure.to_owned()), scores.into())
    };
    found.into_iter().map(owned).collect()
}
