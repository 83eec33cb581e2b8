//! Outlines of masks that were handed in, drawn when somebody looks.

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet};
use scr_documents::SubmissionState;

use super::Submission;
use crate::{OutlinesDocument, StoreCore, StoreError};

impl StoreCore {
    /// The outlines of one image, as of an entry; none before the check has found the
    /// masks good, when the file is kept no more, and for an image that it has not.
    ///
    /// # Errors
    /// [`StoreError::Data`] when the benchmark or the mask cannot be read.
    pub async fn submission_outlines(
        &self,
        submission: &Submission,
        image: &str,
    ) -> Result<Option<OutlinesDocument>, StoreError> {
        use SubmissionState as S;
        let is_good = matches!(
            submission.state,
            S::Checked | S::Scoring | S::AwaitingReview | S::Publishing | S::Published
        );
        let root = self.upload_path(&submission.id);
        if !is_good || !root.is_file() {
            return Ok(None);
        }
        let folder = self.scoring_folder(&submission.benchmark_id);
        let image = image.to_owned();
        let draw = move || -> Result<Option<OutlinesDocument>, StoreError> {
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
        tokio::task::spawn_blocking(draw).await.map_err(|source| StoreError::Task { source })?
    }
}
