//! Whether masks are an entry's or the reference's, or almost.
//!
//! "Almost" is a mean overlap above [`NEARLY`] on every object that both have. One
//! less the overlap is a distance (Jaccard's), so two sets cannot be that near when
//! their overlaps with the reference differ by more: only entries that pass this test
//! on the scores have their masks read.

use std::collections::HashSet;

use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Problem, formats};
use scr_documents::{Flag, FlagKind, ResultDocument};
use scr_image::Mask;
use scr_measures::{Counts, overlap::overlap};
use scr_store::{BlobKey, EntryRow, Store};

use super::{MEASURE, columns};
use crate::WorkError;

/// Mean overlap above which two sets of masks count as almost the same: drawing or
/// computing anew moves more than one boundary pixel in some hundreds.
const NEARLY: f64 = 0.999;

/// A flag where the masks are almost the reference's.
pub(super) fn with_reference(result: &ResultDocument) -> Option<Flag> {
    let mean = |object: &String| result.objects[object].get(MEASURE)?.mean;
    let is_near = |object| mean(object).is_some_and(|mean| mean > NEARLY);
    (!result.objects.is_empty() && result.objects.keys().all(is_near)).then(|| Flag {
        kind: FlagKind::NearlyReference,
        message: format!("the masks are almost the reference's: mean overlap above {NEARLY}"),
        entry: None,
    })
}

/// A flag where the masks are an entry's, or almost.
pub(super) async fn with_entry(
    store: &Store,
    benchmark: &Benchmark,
    masks: &MaskSet,
    result: &ResultDocument,
    entry: &EntryRow,
) -> Result<Option<Flag>, WorkError> {
    let flag = |kind, message| Flag { kind, message, entry: Some(entry.id.clone()) };
    if result.masks_digest == entry.result.masks_digest {
        let message = format!("the masks are those of “{}”, file by file", entry.card.name);
        return Ok(Some(flag(FlagKind::SameMasks, message)));
    }
    let shared: Vec<&String> =
        result.objects.keys().filter(|object| entry.result.objects.contains_key(*object)).collect();
    if shared.is_empty() || !shared.iter().all(|object| may_be_near(result, entry, object)) {
        return Ok(None);
    }
    let mut least = 1.0f64;
    for object in shared {
        let Some(mean) = mean_overlap(store, benchmark, masks, entry, object).await? else {
            return Ok(None);
        };
        least = least.min(mean);
    }
    let name = &entry.card.name;
    if least >= 1.0 {
        let message = format!("the masks are those of “{name}”, pixel by pixel");
        return Ok(Some(flag(FlagKind::SameMasks, message)));
    }
    let message = format!("the masks are almost those of “{name}”: mean overlap {least:.5}");
    Ok(Some(flag(FlagKind::NearlyEntry, message)))
}

/// Whether the scores leave room for an overlap above [`NEARLY`].
fn may_be_near(result: &ResultDocument, entry: &EntryRow, object: &str) -> bool {
    let [own, other] = columns(result, &entry.result, object);
    let differences =
        own.iter().zip(&other).filter_map(|(own, other)| Some(((*own)? - (*other)?).abs()));
    differences.sum::<f64>() < (1.0 - NEARLY) * own.len() as f64
}

/// The mean overlap with an entry's masks of an object, on the images that both cover;
/// none as soon as it cannot be above [`NEARLY`], or where they cannot be compared.
async fn mean_overlap(
    store: &Store,
    benchmark: &Benchmark,
    masks: &MaskSet,
    entry: &EntryRow,
    object: &str,
) -> Result<Option<f64>, WorkError> {
    let Some(found) = benchmark.objects.iter().find(|candidate| candidate.id == object) else {
        return Ok(None);
    };
    let covered: HashSet<&str> =
        entry.result.images.iter().flatten().map(|image| image.image.as_str()).collect();
    let is_covered = |image: &usize| covered.contains(benchmark.images[*image].id.as_str());
    let images: Vec<usize> = masks.images().into_iter().filter(is_covered).collect();
    let (mut apart, most) = (0.0, (1.0 - NEARLY) * images.len() as f64);
    for &image in &images {
        let mut others = Vec::new();
        for &structure in &found.structures {
            let id = &benchmark.structures[structure].id;
            let key = BlobKey::entry_mask(&entry.id, id, &benchmark.images[image].id)?;
            let Some(png) = store.blob(&key).await? else { return Ok(None) };
            others.push(png);
        }
        let (benchmark, masks, structures) =
            (benchmark.clone(), masks.clone(), found.structures.clone());
        let compare = move || -> Result<Option<f64>, Problem> {
            let (mut own, mut other) = (Vec::new(), Vec::new());
            for (structure, png) in structures.iter().zip(&others) {
                let mut files = Manifest::default();
                own.push(masks.read_mask(&benchmark, *structure, image, None, &mut files)?);
                let place = &benchmark.structures[*structure].id;
                let read = formats::png::read_mask(png);
                other.push(read.map_err(|error| Problem::format(place, &error))?);
            }
            let (own, other) = (Mask::union(own.iter()), Mask::union(other.iter()));
            Ok((own.size() == other.size()).then(|| overlap(Counts::of(&own, &other))))
        };
        let compared = tokio::task::spawn_blocking(compare).await;
        let compared = compared.map_err(|source| WorkError::Task { source })?;
        let wrong = |problem: Problem| WorkError::Benchmark {
            id: entry.id.clone(),
            source: DataError::from(problem),
        };
        let Some(overlap) = compared.map_err(wrong)? else { return Ok(None) };
        apart += 1.0 - overlap;
        if apart >= most {
            return Ok(None);
        }
    }
    Ok(Some(1.0 - apart / images.len().max(1) as f64))
}
