//! Publishing an entry: its masks, their outlines and its posteriors, then its row.

use scr_documents::{
    BenchmarkDocument, CardDocument, EntryRole, ImageEntryDocument, ResultDocument, SubmissionState,
};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use scr_data::digest::{Manifest, file_digest, hex, mask_digest};
use scr_data::{Benchmark, MaskSet, Problems, formats};
use scr_image::Size;
use sqlx::AnyConnection;

use super::batch::{PreparedImage, PublishProgress, batches, write_batch};
use super::error::PublishError;
use super::model::{RunToPublish, write_model};
use super::posterior::read_posterior;
use crate::aggregates::write::list;
use crate::blobs::BlobKey;
use crate::database::{Doing, begin_writing};
use crate::entries::{self, Entries, EntryRow, PublishOutcome, StoredEntry};
use crate::file_claims::FileClaim;
use crate::json::write_json;
use crate::outlines::OutlinesDocument;
use crate::record::event::{EntryCommitment, RecordEvent};
use crate::record::files::committed;
use crate::record::log::{append, keep_files, text_digest};
use crate::storage_error::StorageError;
use crate::submissions::answers::answer_in;
use crate::submissions::changes::{cannot_become, published_in};
use crate::submissions::claim::Claim;
use crate::submissions::error::SubmissionError;
use crate::time::now;
use crate::{benchmarks, results, withdrawals};

/// Length limit of the name within an identifier, in letters.
const SLUG_LENGTH: usize = 48;
/// Hexadecimal digits of an identifier: 128 bits.
const ID_DIGITS: usize = 32;

/// An entry to publish.
#[derive(Debug, Clone)]
pub struct EntryToPublish<'a> {
    /// Its benchmark; a benchmark with this identifier and digest must be published.
    pub benchmark: &'a Benchmark,
    /// Role in a table of results.
    pub role: EntryRole,
    /// Description of the method.
    pub card: CardDocument,
    /// The masks.
    pub masks: &'a MaskSet,
    /// Their scores against the reference, with every image's values.
    pub result: ResultDocument,
    /// A folder of posteriors, `STRUCTURE/IMAGE.png` for all that the masks cover:
    /// 16-bit grey PNGs of the masks' size, from 0 for the probability 0 to 65535
    /// for 1. They are stored reduced, see
    /// [`POSTERIOR_SIDE_PX`](crate::POSTERIOR_SIDE_PX).
    pub posteriors: Option<PathBuf>,
    /// Verified run of the model that made the masks; none for masks that were handed in.
    pub run: Option<RunToPublish>,
}

/// Identifier of an entry: the name as a slug, then [`ID_DIGITS`] hexadecimal digits
/// of the SHA-256 of all that makes the entry, a line each: the benchmark's digest, the
/// masks' digest, role, card, structures with posteriors, and the submission.
///
/// 128 bits cannot be made to collide, and a submission becomes one entry only, so that
/// no identifier is ever given twice.
pub(super) fn entry_id(row: &EntryRow, card: &str, submission: &str) -> String {
    let EntryRow { result, role, posteriors, .. } = row;
    let text = [
        &*result.benchmark_digest,
        &result.masks_digest,
        role.key(),
        card,
        &posteriors.join(","),
        submission,
    ]
    .join("\n");
    format!("{}-{}", slug(&row.card.name), &hex(&file_digest(text.as_bytes()))[..ID_DIGITS])
}

/// Lower-case ASCII letters and digits, everything else a single `-` between them.
pub(crate) fn slug(name: &str) -> String {
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

impl Entries<'_> {
    /// Publishes an entry of the operator. Returns its identifier.
    ///
    /// An equal entry changes nothing. If only the result differs, by other scoring rules, it
    /// becomes the next version of the entry's result. Any other difference makes a new
    /// entry, which corrects the last one of the operator with this role and name. So does an
    /// entry equal to a withdrawn one: a withdrawal is for good, and its identifier is not
    /// used again.
    ///
    /// Calls `progress` after every few images, on the task that awaits.
    ///
    /// # Errors
    /// [`PublishError::UnknownBenchmark`] or [`PublishError::OtherBenchmark`] when
    /// the benchmark is not published as it is here, [`PublishError::OtherResult`]
    /// when the result is not of this benchmark or not of these masks, has no
    /// images' values or differs from the published one of the same version,
    /// [`StorageError::Data`] when masks are at fault or a posterior
    /// is missing or at fault; and
    /// failures of database and disk. No row is written then.
    pub async fn publish(
        &self,
        entry: EntryToPublish<'_>,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(String, PublishOutcome), PublishError> {
        let (mut new, sizes) = self.row_of(&entry).await?;
        if let Some(last) = entries::last_of_operator(self.pool, &new).await? {
            new.card.corrects.clone_from(&last.card.corrects);
            let is_withdrawn = withdrawals::get(self.pool, &last.id).await?.is_some();
            if !is_withdrawn && is_same_entry(&new, &last) {
                return self.add_result_of(&last, &new.result).await;
            }
            new.card.corrects = Some(last.id);
        }
        new.id = entry_id(&new, &write_json("", "card", &new.card)?, "");
        self.publish_row(&new, (entry, sizes), progress).await?;
        Ok((new.id, PublishOutcome::New))
    }

    /// Writes the files and the rows of an entry that has no submission.
    pub(super) async fn publish_row(
        &self,
        new: &EntryRow,
        (entry, sizes): (EntryToPublish<'_>, Vec<Size>),
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(), PublishError> {
        let claim = FileClaim::begin(self.pool, BlobKey::of_entry(&new.id)?).await?;
        let files = self.write_files(entry, (&new.id, sizes), &claim, progress).await?;
        let mut transaction = begin_writing(self.pool).await?;
        claim.end_in(&mut transaction).await?;
        insert(&mut transaction, new, &files).await?;
        transaction.commit().await.doing("publish an entry")?;
        tracing::info!(entry = new.id, "published an entry");
        Ok(())
    }

    /// Publishes the entry of an accepted submission, and returns its identifier. Entry and
    /// new state of the submission are written in one transaction. Each submission becomes a
    /// separate entry, even if others are equal. `claim` is the worker's, of the job that publishes.
    ///
    /// `n_compared` is the number of entries that the submission was compared with
    /// ([`FindingsDocument::n_entries`](scr_documents::FindingsDocument::n_entries)), so that two
    /// submissions that are published at once are compared with each other.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); [`PublishError::Submission`] when the
    /// submission is no longer to be published, or the claim does not hold any more;
    /// [`PublishError::EntriesSince`] when there are more entries.
    pub async fn publish_submission(
        &self,
        claim: &Claim,
        entry: EntryToPublish<'_>,
        n_compared: u64,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<String, PublishError> {
        let Claim { id: submission_id, worker, attempt, .. } = claim;
        let (mut new, sizes) = self.row_of(&entry).await?;
        let id = entry_id(&new, &write_json("", "card", &new.card)?, submission_id);
        new.id.clone_from(&id);
        let files_claim = FileClaim::begin(self.pool, BlobKey::of_entry(&id)?).await?;
        let files = self.write_files(entry, (&id, sizes), &files_claim, progress).await?;
        let mut transaction = begin_writing(self.pool).await?;
        files_claim.end_in(&mut transaction).await?;
        let found = entries::count(&mut transaction, &new.benchmark_id).await?;
        if found != n_compared {
            let (id, expected) = (new.benchmark_id, n_compared);
            return Err(PublishError::EntriesSince { id, expected, found });
        }
        if !claim.hold(&mut transaction).await? {
            let (id, attempt) = (submission_id.clone(), *attempt);
            return Err(SubmissionError::OtherClaim { id, attempt }.into());
        }
        if !published_in(&mut transaction, submission_id, worker, &id).await? {
            drop(transaction);
            let to = SubmissionState::Published;
            return Err(cannot_become(self.pool, submission_id, to).await.into());
        }
        insert(&mut transaction, &new, &files).await?;
        transaction.commit().await.doing("publish a submission")?;
        tracing::info!(entry = id, submission = submission_id, "published an entry");
        Ok(id)
    }

    /// Row of an entry, still without an identifier, and the size of every image's masks.
    pub(super) async fn row_of(
        &self,
        entry: &EntryToPublish<'_>,
    ) -> Result<(EntryRow, Vec<Size>), PublishError> {
        let EntryToPublish { benchmark, role, card, masks, result, posteriors, run } = entry;
        let row = benchmarks::get(self.pool, &benchmark.id).await?;
        let Some(row) = row else {
            return Err(PublishError::UnknownBenchmark { id: benchmark.id.clone() });
        };
        check_result(&card.name, &row.document, result)?;
        let sizes = sizes(benchmark, &row.document)?;
        let row = EntryRow {
            id: String::new(),
            benchmark_id: benchmark.id.clone(),
            role: *role,
            card: card.clone(),
            result: result.clone(),
            posteriors: if posteriors.is_some() { structures(benchmark, masks) } else { vec![] },
            verified_run: run.as_ref().map(|run| run.verified.clone()),
            published_at: now(),
            withdrawn: None,
        };
        Ok((row, sizes))
    }

    /// Adds a result to an entry that is published, where it is of other scoring rules.
    async fn add_result_of(
        &self,
        row: &EntryRow,
        result: &ResultDocument,
    ) -> Result<(String, PublishOutcome), PublishError> {
        let (id, of) = (row.id.clone(), &row.result.evaluator_version);
        if result.evaluator_version == *of {
            let summary = ResultDocument { images: None, ..result.clone() };
            let published = ResultDocument { images: None, ..row.result.clone() };
            if summary == published {
                return Ok((id, PublishOutcome::Unchanged));
            }
            let (expected, found) = ("the published one".into(), "another one".into());
            return Err(PublishError::OtherResult { entry: id, field: "scores", expected, found });
        }
        let added = self.add_result(&id, of, result).await?;
        Ok((id, if added { PublishOutcome::Updated } else { PublishOutcome::Unchanged }))
    }

    /// Writes all files of an entry; `sizes` are those of the images' masks.
    async fn write_files(
        &self,
        mut entry: EntryToPublish<'_>,
        (id, sizes): (&str, Vec<Size>),
        claim: &FileClaim,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<EntryFiles, PublishError> {
        let run = entry.run.take();
        let source = Source::new(entry, id, sizes);
        let images = source.masks.images();
        let images_total = images.len();
        let (entry, expected) = (source.entry.clone(), source.masks_digest.clone());
        let folder = BlobKey::of_entry(&entry)?;
        let prepare = Arc::new(move |index: usize| source.prepare(images[index]));
        let (mut read, mut files) = (Manifest::default(), EntryFiles::default());
        for batch in batches(images_total) {
            let images_done = batch.end;
            claim.renew(self.pool).await?;
            let (found, written) = write_batch(self.blobs, batch, prepare.clone()).await?;
            for masks in found {
                read.extend(masks.read);
                files.pixels.extend(masks.pixels);
            }
            files.kept.extend(committed(&written, &folder));
            progress(PublishProgress { images_done, images_total });
        }
        let found = read.digest();
        if found != expected {
            let (field, expected, found) = ("masks_digest", found, expected);
            return Err(PublishError::OtherResult { entry, field, expected, found });
        }
        if let Some(run) = &run {
            write_model(self.blobs, id, run, &mut files.kept).await?;
        }
        Ok(files)
    }
}

/// Lists of an entry's files, to which the record commits.
#[derive(Default)]
pub(crate) struct EntryFiles {
    /// Files that the store keeps.
    kept: Manifest,
    /// Pixels of the masks.
    pixels: Manifest,
}

/// Adds the rows of an entry and its line of the record, in a transaction that has begun
/// with a write.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    new: &EntryRow,
    files: &EntryFiles,
) -> Result<(), StorageError> {
    let row = StoredEntry::new(new)?;
    entries::insert(connection, &row).await?;
    let commitment = EntryCommitment {
        entry: row.id.clone(),
        benchmark: row.benchmark_id,
        benchmark_digest: new.result.benchmark_digest.clone(),
        role: row.role,
        card_digest: text_digest(&row.card),
        masks_digest: new.result.masks_digest.clone(),
        pixels_digest: files.pixels.digest(),
        files_digest: keep_files(connection, &row.id, &files.kept, &files.pixels).await?,
        result_digest: results::insert(connection, &row.id, (1, &new.published_at), &new.result)
            .await?,
        evaluator_version: new.result.evaluator_version.clone(),
        corrects: new.card.corrects.clone(),
        model_digest: new.verified_run.as_ref().map(|run| run.model_digest.clone()),
        run_digest: row.verified_run.as_deref().map(text_digest),
        answer_digest: answer_in(connection, &row.id).await?.as_deref().map(text_digest),
    };
    append(connection, RecordEvent::EntryPublished(Box::new(commitment))).await?;
    list(connection, &new.id).await
}

/// True if two entries are equal except for the scores.
fn is_same_entry(one: &EntryRow, other: &EntryRow) -> bool {
    one.card == other.card
        && one.posteriors == other.posteriors
        && one.result.masks_digest == other.result.masks_digest
        && one.result.benchmark_digest == other.result.benchmark_digest
}

/// Refuses a result that is not of the published benchmark, or has no images' values.
fn check_result(
    entry: &str,
    benchmark: &BenchmarkDocument,
    result: &ResultDocument,
) -> Result<(), PublishError> {
    let other = |field, expected: &str, found: &str| PublishError::OtherResult {
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

/// Size of every image's masks, in the order of the benchmark on disk, which must have the
/// images and structures of the published benchmark.
fn sizes(benchmark: &Benchmark, published: &BenchmarkDocument) -> Result<Vec<Size>, PublishError> {
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
        let size = |image: &ImageEntryDocument| Size::new(image.width, image.height);
        return Ok(published.images.iter().map(size).collect());
    }
    Err(PublishError::OtherBenchmark {
        id: benchmark.id.clone(),
        published: published.digest.clone(),
        found: "other images or structures".to_owned(),
    })
}

/// Identifiers of the structures that a set of masks covers.
fn structures(benchmark: &Benchmark, masks: &MaskSet) -> Vec<String> {
    masks.structures().iter().map(|&index| benchmark.structures[index].id.clone()).collect()
}

/// Facts that are the same for every image.
struct Source {
    benchmark: Benchmark,
    masks: MaskSet,
    masks_digest: String,
    sizes: Vec<Size>,
    entry: String,
    /// Folder of posteriors.
    posteriors: Option<PathBuf>,
}

/// Digests of the masks of one image.
#[derive(Default)]
struct ReadMasks {
    /// Of the files.
    read: Manifest,
    /// Of the pixels.
    pixels: Manifest,
}

impl Source {
    fn new(entry: EntryToPublish<'_>, id: &str, sizes: Vec<Size>) -> Self {
        let EntryToPublish { benchmark, masks, result, posteriors, .. } = entry;
        Self {
            benchmark: benchmark.clone(),
            masks: masks.clone(),
            masks_digest: result.masks_digest,
            sizes,
            entry: id.to_owned(),
            posteriors,
        }
    }

    /// Reads the files of one image and encodes them as the store keeps them.
    fn prepare(&self, image: usize) -> Result<PreparedImage<ReadMasks>, StorageError> {
        let mut problems = Problems::default();
        let mut masks = ReadMasks::default();
        let mut files = self.prepare_masks(image, &mut masks, &mut problems)?;
        files.extend(self.prepare_posteriors(image, &mut problems)?);
        Ok(problems.or(PreparedImage { files, facts: masks })?)
    }

    fn prepare_masks(
        &self,
        image: usize,
        read: &mut ReadMasks,
        problems: &mut Problems,
    ) -> Result<Vec<(BlobKey, Bytes)>, StorageError> {
        let (size, image_id) = (self.sizes[image], &self.benchmark.images[image].id);
        let mut files: Vec<(BlobKey, Bytes)> = Vec::new();
        let mut outlines = OutlinesDocument::new(size);
        for &structure in self.masks.structures() {
            let file = &mut read.read;
            let mask = self.masks.read_mask(&self.benchmark, structure, image, Some(size), file);
            if let Some(mask) = problems.keep(mask) {
                let structure = &self.benchmark.structures[structure].id;
                let key = BlobKey::entry_mask(&self.entry, structure, image_id)?;
                files.push((key, formats::png::write_mask(&mask).into()));
                read.pixels.add(format!("{structure}/{image_id}"), mask_digest(&mask));
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
    ) -> Result<Vec<(BlobKey, Bytes)>, StorageError> {
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
    fn any_name_gives_a_word_that_can_be_an_address_and_a_folder() {
        for name in ["", "  ", "../../etc", "Größe <script>", "日本", &"x y".repeat(100)] {
            let id = format!("{}-{}", slug(name), "0".repeat(ID_DIGITS));
            assert!(BlobKey::entry_outlines(&id, "x").is_ok(), "{name:?} gave {id}");
        }
        assert_eq!(slug("Größe <b>"), "gr-e-b");
        assert_eq!(slug("日本"), "entry");
    }
}
