//! Flags of masks that equal, or almost equal, those of an entry or of an observer.
//!
//! "Almost" is a mean overlap above [`NEARLY`]. Objects are compared one by one, so that a
//! copied heart with new lungs is flagged too. One minus the overlap is a distance (Jaccard's),
//! so two sets whose overlaps with the reference differ by more cannot be that close: masks of
//! an entry are read only if the scores allow it.

use scr_documents::{Flag, FlagKind, ResultDocument};
use std::collections::HashSet;
use std::path::Path;

use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Object, Observer, Problem, files, formats};
use scr_image::Mask;
use scr_measures::{Counts, overlap::overlap};
use scr_store::{EntryRow, Store};

use super::overlaps::{MEASURE, columns};
use crate::background;
use crate::error::WorkError;

/// Mean overlap above which two sets of masks count as almost the same: a second
/// drawing or computation moves more than one boundary pixel in some hundreds.
const NEARLY: f64 = 0.999;

/// Flag of masks that almost equal the reference.
pub(super) fn with_reference(result: &ResultDocument) -> Option<Flag> {
    let mean = |object: &String| result.objects[object].get(MEASURE)?.mean;
    let is_near = |object| mean(object).is_some_and(|mean| mean > NEARLY);
    (!result.objects.is_empty() && result.objects.keys().all(is_near)).then(|| Flag {
        kind: FlagKind::NearlyReference,
        message: format!("the masks are almost the reference's: mean overlap above {NEARLY}"),
        entry: None,
    })
}

/// Flag of masks of which some objects equal, or almost equal, those of an entry. A correction
/// may keep objects of the entry that it corrects (`is_corrected`), but not all of them.
pub(super) async fn with_entry(
    store: &Store,
    benchmark: &Benchmark,
    masks: &MaskSet,
    result: &ResultDocument,
    entry: &EntryRow,
    is_corrected: bool,
) -> Result<Option<Flag>, WorkError> {
    let flag = |kind, message| Flag { kind, message, entry: Some(entry.id.clone()) };
    let name = &entry.card.name;
    if result.masks_digest == entry.result.masks_digest {
        let message = format!("the masks are those of “{name}”, file by file");
        return Ok(Some(flag(FlagKind::SameMasks, message)));
    }
    let shared: Vec<Object> = objects(benchmark, result)
        .filter(|object| entry.result.objects.contains_key(&object.id))
        .cloned()
        .collect();
    let may_be_near = |object: &Object| may_be_near(result, entry, &object.id);
    let near: Vec<Object> = shared.iter().filter(|object| may_be_near(object)).cloned().collect();
    if near.is_empty() {
        return Ok(None);
    }
    let covered: HashSet<&str> =
        entry.result.images.iter().flatten().map(|image| image.image.as_str()).collect();
    let is_covered = |image: &usize| covered.contains(benchmark.images[*image].id.as_str());
    let images: Vec<usize> = masks.images().into_iter().filter(is_covered).collect();
    let folder = store.entries().local_masks(&entry.id).await?;
    let compared = SubmittedMasks { benchmark: benchmark.clone(), masks: masks.clone(), images };
    let alike =
        compare(&benchmark.id, move || compared.alike(&near, &Peer::Entry(&folder))).await?;
    let Some(likeness) = Likeness::of(&alike, shared.len()) else { return Ok(None) };
    if is_corrected && !likeness.is_whole {
        return Ok(None);
    }
    Ok(Some(flag(likeness.kind(), likeness.message(&format!("“{name}”")))))
}

/// Flags of masks of which some objects equal, or almost equal, those of an observer other than
/// the reference.
pub(super) async fn with_observers(
    benchmark: &Benchmark,
    masks: &MaskSet,
    result: &ResultDocument,
) -> Result<Vec<Flag>, WorkError> {
    let mut flags = Vec::new();
    let scored: Vec<Object> = objects(benchmark, result).cloned().collect();
    for observer in benchmark.observers.iter().skip(1) {
        let images = masks.images();
        let compared =
            SubmittedMasks { benchmark: benchmark.clone(), masks: masks.clone(), images };
        let (objects, peer) = (scored.clone(), observer.clone());
        let alike =
            compare(&benchmark.id, move || compared.alike(&objects, &Peer::Observer(&peer)))
                .await?;
        flags.extend(Likeness::of(&alike, scored.len()).map(|likeness| Flag {
            kind: FlagKind::NearlyObserver,
            message: likeness.message(&format!("the observer “{}”", observer.name)),
            entry: None,
        }));
    }
    Ok(flags)
}

/// Objects of a benchmark that a result has.
fn objects<'a>(
    benchmark: &'a Benchmark,
    result: &ResultDocument,
) -> impl Iterator<Item = &'a Object> {
    benchmark.objects.iter().filter(|object| result.objects.contains_key(&object.id))
}

/// True if the scores allow an overlap above [`NEARLY`].
fn may_be_near(result: &ResultDocument, entry: &EntryRow, object: &str) -> bool {
    let [own, other] = columns(result, &entry.result, object);
    let differences =
        own.iter().zip(&other).filter_map(|(own, other)| Some(((*own)? - (*other)?).abs()));
    differences.sum::<f64>() < (1.0 - NEARLY) * own.len() as f64
}

/// Owner of other masks: the folder of an entry's stored masks, or an observer.
enum Peer<'a> {
    Entry(&'a Path),
    Observer(&'a Observer),
}

/// Submitted masks, to be compared on some images.
struct SubmittedMasks {
    benchmark: Benchmark,
    masks: MaskSet,
    images: Vec<usize>,
}

/// An object with a mean overlap above [`NEARLY`].
struct Alike {
    name: String,
    overlap: f64,
}

impl SubmittedMasks {
    /// Objects that equal, or almost equal, those of a peer.
    fn alike(&self, objects: &[Object], peer: &Peer<'_>) -> Result<Vec<Alike>, Problem> {
        let mut alike = Vec::new();
        for object in objects {
            if let Some(overlap) = self.mean_overlap(object, peer)? {
                alike.push(Alike { name: object.name.clone(), overlap });
            }
        }
        Ok(alike)
    }

    /// Mean overlap of an object; `None` as soon as it cannot be above [`NEARLY`], if masks
    /// cannot be compared, and if all of them are empty.
    fn mean_overlap(&self, object: &Object, peer: &Peer<'_>) -> Result<Option<f64>, Problem> {
        let (mut apart, most) = (0.0, (1.0 - NEARLY) * self.images.len() as f64);
        let mut is_empty = true;
        for &image in &self.images {
            let (mut own, mut other) = (Vec::new(), Vec::new());
            for &structure in &object.structures {
                let mut files = Manifest::default();
                own.push(self.masks.read_mask(
                    &self.benchmark,
                    structure,
                    image,
                    None,
                    &mut files,
                )?);
                let Some(mask) = self.peer_mask(peer, structure, image)? else { return Ok(None) };
                other.push(mask);
            }
            let (own, other) = (Mask::union(own.iter()), Mask::union(other.iter()));
            if own.size() != other.size() {
                return Ok(None);
            }
            is_empty &= own.is_empty();
            apart += 1.0 - overlap(Counts::of(&own, &other));
            if apart >= most {
                return Ok(None);
            }
        }
        Ok((!is_empty).then(|| 1.0 - apart / self.images.len() as f64))
    }

    /// Mask of a peer; `None` without one.
    fn peer_mask(
        &self,
        peer: &Peer<'_>,
        structure: usize,
        image: usize,
    ) -> Result<Option<Mask>, Problem> {
        let (structure, image) =
            (&self.benchmark.structures[structure], &self.benchmark.images[image]);
        match peer {
            Peer::Entry(folder) => {
                let path = folder.join(&structure.id).join(format!("{}.png", image.id));
                if !path.is_file() {
                    return Ok(None);
                }
                let mask = formats::png::read_mask(&files::read_file(&path)?);
                mask.map(Some).map_err(|error| Problem::format(&structure.id, &error))
            }
            Peer::Observer(observer) => {
                let mut files = Manifest::default();
                self.benchmark.read_mask(observer, structure, image, &mut files).map(Some)
            }
        }
    }
}

/// Likeness of two sets of masks: all objects or some, exact or almost.
struct Likeness {
    is_whole: bool,
    objects: String,
    /// Least overlap of these objects.
    least: f64,
}

impl Likeness {
    /// Likeness by `alike` of `count` shared objects: of the equal ones, if there are any, else
    /// of the almost equal ones. None where no object is alike.
    fn of(alike: &[Alike], count: usize) -> Option<Self> {
        let is_whole = alike.len() == count;
        let has_equal = alike.iter().any(|object| object.overlap >= 1.0);
        let counted = |object: &&Alike| is_whole || !has_equal || object.overlap >= 1.0;
        let chosen: Vec<&Alike> = alike.iter().filter(counted).collect();
        let least = chosen.iter().map(|object| object.overlap).reduce(f64::min)?;
        let names: Vec<&str> = chosen.iter().map(|object| object.name.as_str()).collect();
        Some(Self { is_whole, objects: names.join(", "), least })
    }

    const fn kind(&self) -> FlagKind {
        if self.least >= 1.0 { FlagKind::SameMasks } else { FlagKind::NearlyEntry }
    }

    fn message(&self, of: &str) -> String {
        let masks = match self.is_whole {
            true => "the masks".to_owned(),
            false => format!("the masks of some objects ({})", self.objects),
        };
        if self.least >= 1.0 {
            return format!("{masks} are those of {of}, pixel by pixel");
        }
        format!("{masks} are almost those of {of}: mean overlap {:.5}", self.least)
    }
}

/// Runs a comparison on a background thread.
async fn compare<T: Send + 'static>(
    benchmark: &str,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, WorkError> {
    let id = benchmark.to_owned();
    let failed = |problem| WorkError::Benchmark { id, source: DataError::from(problem) };
    background::run(work).await?.map_err(failed)
}

#[cfg(test)]
mod tests {
    use scr_eval::{Settings, evaluate};
    use scr_image::Size;

    use super::*;

    fn alike(overlaps: &[(&str, f64)]) -> Vec<Alike> {
        overlaps.iter().map(|&(name, overlap)| Alike { name: name.into(), overlap }).collect()
    }

    #[test]
    fn a_copied_object_beside_new_ones_is_named() {
        let found = Likeness::of(&alike(&[("Heart", 1.0)]), 2).unwrap();
        assert!(matches!(found.kind(), FlagKind::SameMasks) && !found.is_whole);
        assert_eq!(
            found.message("“A”"),
            "the masks of some objects (Heart) are those of “A”, pixel by pixel"
        );
        let found = Likeness::of(&alike(&[("Heart", 1.0), ("Lungs", 0.9995)]), 3).unwrap();
        assert_eq!(found.objects, "Heart", "equal ones come before almost equal ones");
    }

    #[test]
    fn all_objects_count_as_almost_equal_when_one_of_them_differs() {
        let found = Likeness::of(&alike(&[("Heart", 1.0), ("Lungs", 0.9995)]), 2).unwrap();
        assert!(matches!(found.kind(), FlagKind::NearlyEntry) && found.is_whole);
        assert_eq!(found.message("“A”"), "the masks are almost those of “A”: mean overlap 0.99950");
        assert!(Likeness::of(&[], 2).is_none());
    }

    /// A benchmark of two images, one structure and two observers, in `folder`.
    fn benchmark(folder: &Path) -> Benchmark {
        let toml = r#"
            id = "tiny"
            title = "Tiny"
            [images]
            table = "images.csv"
            folder = "images"
            pattern = "{image_id}.png"
            spacing_mm = 1.0
            [[structures]]
            id = "heart"
            name = "Heart"
            [[objects]]
            id = "heart"
            name = "Heart"
            structures = ["heart"]
            [[observers]]
            id = "reference"
            name = "First"
            folder = "reference"
            pattern = "{structure}/{image_id}.png"
            [[observers]]
            id = "second"
            name = "Second"
            folder = "second"
            pattern = "{structure}/{image_id}.png"
            [folds]
            column = "fold"
            protocol = "two-fold"
        "#;
        std::fs::write(folder.join("benchmark.toml"), toml).unwrap();
        std::fs::write(folder.join("images.csv"), "image_id,fold\nA,1\nB,2\n").unwrap();
        for (shift, set) in ["reference", "second", "own"].into_iter().enumerate() {
            let masks = folder.join(set).join("heart");
            std::fs::create_dir_all(&masks).unwrap();
            let mask = Mask::from_fn(Size::new(20, 16), |x, y| {
                (shift..shift + 9).contains(&x) && (4..9).contains(&y)
            });
            for image in ["A.png", "B.png"] {
                std::fs::write(masks.join(image), formats::png::write_mask(&mask)).unwrap();
            }
        }
        Benchmark::open(folder).unwrap()
    }

    #[tokio::test]
    async fn masks_of_a_second_observer_who_is_no_entry_are_flagged() {
        let folder = tempfile::tempdir().unwrap();
        let benchmark = benchmark(folder.path());
        for (set, expected) in [("second", 1), ("own", 0), ("reference", 0)] {
            let masks = MaskSet::open(&folder.path().join(set), &benchmark).unwrap();
            let evaluation = evaluate(&benchmark, &masks, &Settings::default(), &|| ()).unwrap();
            let result = scr_report::result_document(&evaluation, true);
            let flags = with_observers(&benchmark, &masks, &result).await.unwrap();
            assert_eq!(flags.len(), expected, "{set}: {flags:?}");
            for flag in flags {
                assert_eq!(flag.kind, FlagKind::NearlyObserver);
                let message = "the masks are those of the observer “Second”, pixel by pixel";
                assert_eq!(flag.message, message);
            }
        }
    }
}
