//! Publishing an entry: its masks, their outlines and its posteriors, then its row.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use scr_data::digest::{Manifest, file_digest, hex};
use scr_data::{Benchmark, MaskSet, Problems, formats};
use scr_image::Size;
use scr_report::ResultDocument;

use super::posterior::read_posterior;
use super::{Prepared, PublishProgress, batches, write_batch};
use crate::database::failed;
use crate::entries::{self, Comparison, Written};
use crate::submissions::published_in;
use crate::{
    BenchmarkDocument, BlobKey, CardDocument, EntryRole, EntryRow, OutlinesDocument, Published,
    Store, StoreError, SubmissionState,
};

/// The longest part of a name that an identifier takes over, in letters.
const SLUG_LENGTH: usize = 48;

/// What an entry consists of.
#[derive(Debug, Clone)]
pub struct EntryToPublish<'a> {
    /// The benchmark that was scored on; a benchmark with this identifier and
    /// digest must have been published.
    pub benchmark: &'a Benchmark,
    /// What the entry is in a table of results.
    pub role: EntryRole,
    /// What made the masks.
    pub card: CardDocument,
    /// The masks.
    pub masks: &'a MaskSet,
    /// Their scores against the reference, with every image's values.
    pub result: ResultDocument,
    /// A folder of posteriors, `STRUCTURE/IMAGE.png` for all that the masks cover:
    /// 16-bit grey PNGs of the masks' size, from 0 for the probability 0 to 65535
    /// for 1. They are kept small, see
    /// [`POSTERIOR_SIDE_PX`](crate::POSTERIOR_SIDE_PX).
    pub posteriors: Option<PathBuf>,
}

/// The identifier of an entry: the name as a word, then eight hexadecimal digits
/// that tell masks, benchmark and name apart; the same on every machine, for ever.
///
/// The digits begin the SHA-256 of the benchmark's digest, the masks' digest and
/// the name, with a line feed between them.
///
/// ```
/// let id = scr_store::entry_id("sha256:00", "sha256:11", "ASM, tuned (2006)");
/// assert_eq!(id, "asm-tuned-2006-c5e2650f");
/// ```
#[must_use]
pub fn entry_id(benchmark_digest: &str, masks_digest: &str, name: &str) -> String {
    let text = format!("{benchmark_digest}\n{masks_digest}\n{name}");
    format!("{}-{}", slug(name), &hex(&file_digest(text.as_bytes()))[..8])
}

/// Lower-case ASCII letters and digits, everything else a single `-` between them.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().map(|letter| letter.to_ascii_lowercase()) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(SLUG_LENGTH);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "entry".to_owned() } else { slug.to_owned() }
}

impl Store {
    /// Publishes an entry and returns its identifier, by [`entry_id`].
    ///
    /// The same entry again changes nothing. Where only its role, its card but
    /// for the name, or its result differ, as after scoring with a later
    /// version, the row takes them over; masks are not read again. Posteriors
    /// that the entry did not have are taken in; those that it has are not read
    /// again, and are shown no more when it is published without.
    ///
    /// Calls `progress` after every few images, on the task that awaits.
    ///
    /// # Errors
    /// [`StoreError::UnknownBenchmark`] or [`StoreError::OtherBenchmark`] when
    /// the benchmark is not published as it is here, [`StoreError::OtherResult`]
    /// when the result is not of this benchmark or not of these masks or has no
    /// images' values, [`StoreError::Data`] when masks are at fault or a posterior
    /// is missing or is; and what
    /// databases and folders say. No row is written then.
    pub async fn publish_entry(
        &self,
        entry: EntryToPublish<'_>,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(String, Published), StoreError> {
        let (id, row, published) = self.write_entry(entry, progress).await?;
        if published != Published::Unchanged {
            entries::put(&self.pool, &row).await?;
            tracing::info!(entry = id, ?published, "published an entry");
        }
        Ok((id, published))
    }

    /// Publishes the entry of a submission that a curator has accepted, as
    /// [`publish_entry`](Self::publish_entry), and returns its identifier. The entry and
    /// the submission's new state are there at once or not at all.
    ///
    /// # Errors
    /// As [`publish_entry`](Self::publish_entry); [`StoreError::State`] when the
    /// submission is no longer to be published.
    pub async fn publish_submission(
        &self,
        (submission_id, actor): (&str, &str),
        entry: EntryToPublish<'_>,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<String, StoreError> {
        let doing = "publish a submission";
        let (id, row, published) = self.write_entry(entry, progress).await?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        if !published_in(&mut transaction, submission_id, actor, &id).await? {
            drop(transaction);
            return Err(self.cannot_become(submission_id, SubmissionState::Published).await);
        }
        if published != Published::Unchanged {
            entries::put(&mut *transaction, &row).await?;
        }
        transaction.commit().await.map_err(failed(doing))?;
        tracing::info!(entry = id, ?published, submission = submission_id, "published an entry");
        Ok(id)
    }

    /// Writes the files of an entry, where they are not there. Returns its identifier,
    /// the row that is to follow and what that will do.
    async fn write_entry(
        &self,
        entry: EntryToPublish<'_>,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(String, Written, Published), StoreError> {
        let EntryToPublish { benchmark, role, card, masks, result, posteriors } = entry;
        let row = self.benchmark(&benchmark.id).await?;
        let Some(row) = row else {
            return Err(StoreError::UnknownBenchmark { id: benchmark.id.clone() });
        };
        check_result(&card.name, &row.document, &result)?;
        let sizes = sizes(benchmark, &row.document)?;
        let id = entry_id(&result.benchmark_digest, &result.masks_digest, &card.name);
        let masks_digest = result.masks_digest.clone();
        let row = Written::new(&EntryRow {
            id: id.clone(),
            benchmark_id: benchmark.id.clone(),
            role,
            card,
            result,
            posteriors: if posteriors.is_some() { structures(benchmark, masks) } else { vec![] },
            published_at: entries::now(),
            withdrawn: None,
        })?;
        let comparison = entries::compare(&self.pool, &row).await?;
        let Comparison { published, lacks_masks, lacks_posteriors } = comparison;
        if lacks_masks || lacks_posteriors {
            let source = Source {
                benchmark: benchmark.clone(),
                masks: masks.clone(),
                sizes,
                entry: id.clone(),
                lacks_masks,
                posteriors: posteriors.filter(|_| lacks_posteriors),
            };
            let found = self.write_entry_files(source, progress).await?;
            if lacks_masks && found != masks_digest {
                let (entry, expected) = (id, found);
                let field = "masks_digest";
                return Err(StoreError::OtherResult {
                    entry,
                    field,
                    expected,
                    found: masks_digest,
                });
            }
        }
        Ok((id, row, published))
    }

    /// Writes all files and returns the digest of the masks they were made from.
    async fn write_entry_files(
        &self,
        source: Source,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<String, StoreError> {
        let images = source.masks.images();
        let images_total = images.len();
        let prepare = Arc::new(move |index: usize| source.prepare(images[index]));
        let mut manifest = Manifest::default();
        for batch in batches(images_total) {
            let images_done = batch.end;
            for files in write_batch(self, batch, prepare.clone()).await? {
                manifest.extend(files);
            }
            progress(PublishProgress { images_done, images_total });
        }
        Ok(manifest.digest())
    }
}

/// Refuses a result that is not of the published benchmark, or has no images' values.
fn check_result(
    entry: &str,
    benchmark: &BenchmarkDocument,
    result: &ResultDocument,
) -> Result<(), StoreError> {
    let other = |field, expected: &str, found: &str| StoreError::OtherResult {
        entry: entry.to_owned(),
        field,
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    if result.benchmark != benchmark.id {
        return Err(other("benchmark", &benchmark.id, &result.benchmark));
    }
    let reference = benchmark.observers.first().map_or("", |observer| observer.id.as_str());
    if result.observer != reference {
        return Err(other("observer", reference, &result.observer));
    }
    if result.benchmark_digest != benchmark.digest {
        return Err(other("benchmark_digest", &benchmark.digest, &result.benchmark_digest));
    }
    if result.images.is_none() {
        return Err(other("list of images", "every image's values", "left out"));
    }
    Ok(())
}

/// The size of every image's masks, in the order of the benchmark on disk,
/// which must have the images and structures of the one published.
fn sizes(benchmark: &Benchmark, published: &BenchmarkDocument) -> Result<Vec<Size>, StoreError> {
    let has_same_images = benchmark
        .images
        .iter()
        .map(|image| &image.id)
        .eq(published.images.iter().map(|image| &image.id));
    let has_same_structures = benchmark
        .structures
        .iter()
        .map(|structure| &structure.id)
        .eq(published.structures.iter().map(|structure| &structure.id));
    if has_same_images && has_same_structures {
        let size = |image: &crate::ImageEntryDocument| Size::new(image.width, image.height);
        return Ok(published.images.iter().map(size).collect());
    }
    Err(StoreError::OtherBenchmark {
        id: benchmark.id.clone(),
        published: published.digest.clone(),
        found: "other images or structures".to_owned(),
    })
}

/// Identifiers of the structures that a set of masks covers.
fn structures(benchmark: &Benchmark, masks: &MaskSet) -> Vec<String> {
    masks.structures().iter().map(|&index| benchmark.structures[index].id.clone()).collect()
}

/// What is the same for every image.
struct Source {
    benchmark: Benchmark,
    masks: MaskSet,
    sizes: Vec<Size>,
    entry: String,
    /// Whether masks are to be written.
    lacks_masks: bool,
    /// The folder of the posteriors that are to be written.
    posteriors: Option<PathBuf>,
}

impl Source {
    /// Reads one image's files and writes them in memory as the store keeps them.
    fn prepare(&self, image: usize) -> Result<Prepared<Manifest>, StoreError> {
        let mut problems = Problems::default();
        let mut manifest = Manifest::default();
        let mut files = Vec::new();
        if self.lacks_masks {
            files.extend(self.prepare_masks(image, &mut manifest, &mut problems)?);
        }
        files.extend(self.prepare_posteriors(image, &mut problems)?);
        Ok(problems.or(Prepared { files, rest: manifest })?)
    }

    fn prepare_masks(
        &self,
        image: usize,
        manifest: &mut Manifest,
        problems: &mut Problems,
    ) -> Result<Vec<(BlobKey, Bytes)>, StoreError> {
        let (size, image_id) = (self.sizes[image], &self.benchmark.images[image].id);
        let mut files: Vec<(BlobKey, Bytes)> = Vec::new();
        let mut outlines = OutlinesDocument::new(size);
        for &structure in self.masks.structures() {
            let mask =
                self.masks.read_mask(&self.benchmark, structure, image, Some(size), manifest);
            if let Some(mask) = problems.keep(mask) {
                let structure = &self.benchmark.structures[structure].id;
                let key = BlobKey::entry_mask(&self.entry, structure, image_id)?;
                files.push((key, formats::png::write_mask(&mask).into()));
                outlines.add(structure, &mask);
            }
        }
        let key = BlobKey::entry_outlines(&self.entry, image_id)?;
        files.push((key, outlines.to_json().into()));
        Ok(files)
    }

    fn prepare_posteriors(
        &self,
        image: usize,
        problems: &mut Problems,
    ) -> Result<Vec<(BlobKey, Bytes)>, StoreError> {
        let Some(folder) = &self.posteriors else { return Ok(Vec::new()) };
        let (size, image_id) = (self.sizes[image], &self.benchmark.images[image].id);
        let mut files: Vec<(BlobKey, Bytes)> = Vec::new();
        for structure in structures(&self.benchmark, &self.masks) {
            let key = BlobKey::entry_posterior(&self.entry, &structure, image_id)?;
            let path = folder.join(&structure).join(format!("{image_id}.png"));
            if let Some(png) = problems.keep(read_posterior(&path, size)) {
                files.push((key, png.into()));
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_tells_masks_benchmark_and_name_apart() {
        let ids = [
            entry_id("sha256:00", "sha256:11", "A method"),
            entry_id("sha256:01", "sha256:11", "A method"),
            entry_id("sha256:00", "sha256:10", "A method"),
            entry_id("sha256:00", "sha256:11", "A  method"),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(id.starts_with("a-method-") && id.len() == 17, "{id}");
            assert!(!ids[..index].contains(id), "{id} stands for two entries");
        }
    }

    #[test]
    fn any_name_gives_an_identifier_that_can_be_an_address_and_a_folder() {
        for name in ["", "  ", "../../etc", "Größe <script>", "日本", &"x y".repeat(100)] {
            let id = entry_id("", "", name);
            assert!(BlobKey::entry_outlines(&id, "x").is_ok(), "{name:?} gave {id}");
        }
        assert_eq!(slug("Größe <b>"), "gr-e-b");
        assert_eq!(slug("日本"), "entry");
    }
}
