//! Outlines of submitted masks, drawn on demand.

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet};
use scr_documents::SubmissionState;

use super::handle::Submissions;
use super::rows::Submission;
use super::uploads::Uploads;
use crate::blocking::run_blocking;
use crate::local_copies::{benchmark_folder, upload_file};
use crate::outlines::OutlinesDocument;
use crate::storage_error::StorageError;

impl<S> Submissions<'_, S> {
    /// Outlines of one image; none before a good check, after the upload was deleted, and for
    /// an image that it does not have.
    ///
    /// # Errors
    /// [`StorageError::Data`] when the benchmark or the mask cannot be read.
    pub async fn outlines(
        &self,
        submission: &Submission,
        image: &str,
    ) -> Result<Option<OutlinesDocument>, StorageError> {
        use SubmissionState as S;
        let is_good = matches!(
            submission.state,
            S::Checked | S::Scoring | S::AwaitingReview | S::Publishing | S::Published
        );
        if !is_good {
            return Ok(None);
        }
        let (id, pool, folder) = (&submission.id, self.pool, self.folder);
        let uploads = Uploads { pool, folder };
        let root = match &submission.run {
            // The masks that its model made go with the upload.
            Some(run) if uploads.received_bytes(id).await? > 0 => {
                Some(uploads.local_masks(id, &run.masks).await?)
            }
            Some(_) => None,
            None => upload_file(pool, folder, id).await?,
        };
        let Some(root) = root else { return Ok(None) };
        let folder = benchmark_folder(self.pool, self.folder, &submission.benchmark_id).await?;
        let Some(folder) = folder else { return Ok(None) };
        let image = image.to_owned();
        let draw = move || -> Result<Option<OutlinesDocument>, StorageError> {
            let benchmark = Benchmark::open(&folder)?;
            let masks = MaskSet::open(&root, &benchmark)?;
            let is_it = |&index: &usize| benchmark.images[index].id == image;
            let Some(index) = masks.images().into_iter().find(is_it) else { return Ok(None) };
            let mut outlines: Option<OutlinesDocument> = None;
            for &structure in masks.structures() {
                let mut files = Manifest::default();
                let mask = masks
                    .read_mask(&benchmark, structure, index, None, &mut files)
                    .map_err(scr_data::DataError::from)?;
                let document = outlines.get_or_insert_with(|| OutlinesDocument::new(mask.size()));
                document.add(&benchmark.structures[structure].id, &mask);
            }
            Ok(outlines)
        };
        run_blocking(draw).await
    }
}
