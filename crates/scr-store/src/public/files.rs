//! Files for pages and API: what is hidden, and what the terms keep from pages, is not there.
//!
//! Documents come from [`PublicStore`], so that they name no observer that is hidden.
//! Whether this reader may have copies is for who asks.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use scr_documents::{BenchmarkDocument, EntryRole, OfferedFile, TermsDocument};

use super::PublicStore;
use super::display::display_copy;
use crate::{BlobKey, EntryRow, OutlinesDocument, StoreError};

/// What a reader is given of data: the files themselves, or copies to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Radiographs of full size and exact outlines: for who may have copies.
    Exact,
    /// Reduced radiographs and simplified outlines: where data may be shown on pages.
    Display,
}

impl PublicStore {
    /// A radiograph, where pages may show it: 8- or 16-bit grey PNG; the display copy at
    /// most 512 pixels and half as wide and high, 8 bits. Of what was published before
    /// there were display copies the small picture takes its place.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when it is there and cannot be read, as for all files.
    pub async fn radiograph(
        &self,
        benchmark: &BenchmarkDocument,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_show = benchmark.terms.display.is_allowed();
        if copies == Copies::Exact {
            return self.file(may_show, BlobKey::image(&benchmark.id, image)).await;
        }
        match self.file(may_show, BlobKey::display(&benchmark.id, image)).await? {
            Some(file) => Ok(Some(file)),
            None => self.thumbnail(benchmark, image).await,
        }
    }

    /// A small picture of a radiograph, where pages may show it.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn thumbnail(
        &self,
        benchmark: &BenchmarkDocument,
        image: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_show = benchmark.terms.display.is_allowed();
        self.file(may_show, BlobKey::thumbnail(&benchmark.id, image)).await
    }

    /// An observer's outlines in one image, where pages may show them.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn observer_outlines(
        &self,
        benchmark: &BenchmarkDocument,
        observer: &str,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_show = benchmark.shows_observers() && benchmark.has_observer(observer);
        let key = BlobKey::outlines(&benchmark.id, observer, image);
        given(self.file(may_show, key).await?, copies)
    }

    /// An observer's mask of a structure in one image, where copies are offered.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn observer_mask(
        &self,
        benchmark: &BenchmarkDocument,
        observer: &str,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_give = benchmark.terms.download.is_allowed() && benchmark.has_observer(observer);
        self.file(may_give, BlobKey::mask(&benchmark.id, observer, structure, image)).await
    }

    /// An entry's outlines in one image. Display copies are made of what observers drew;
    /// a method's masks are its maker's.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn entry_outlines(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_show = gives(benchmark, entry, |terms| terms.display.is_allowed());
        let file = self.file(may_show, BlobKey::entry_outlines(&entry.id, image)).await?;
        given(file, if entry.role == EntryRole::Observer { copies } else { Copies::Exact })
    }

    /// An entry's mask of a structure in one image.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn entry_mask(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        let may_give = gives(benchmark, entry, |terms| terms.download.is_allowed());
        self.file(may_give, BlobKey::entry_mask(&entry.id, structure, image)).await
    }

    /// An entry's posterior of a structure in one image; none of a structure that the
    /// entry does not list, whose file may lie there from an earlier publication.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    pub async fn entry_posterior(
        &self,
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        let is_listed = entry.posteriors.iter().any(|listed| listed == structure);
        let may_show = is_listed && gives(benchmark, entry, |terms| terms.display.is_allowed());
        self.file(may_show, BlobKey::entry_posterior(&entry.id, structure, image)).await
    }

    /// Whether masks can be handed in: whether the benchmark was added for scoring and has
    /// not ended.
    #[must_use]
    pub fn takes_masks(&self, benchmark: &BenchmarkDocument) -> bool {
        benchmark.ended_at.is_none() && self.all.benchmark_folder(&benchmark.id).is_dir()
    }

    /// Whether a copy of the benchmark's folder is offered.
    #[must_use]
    pub fn offers_folder(&self, benchmark: &BenchmarkDocument) -> bool {
        let may_offer = benchmark.terms.download.is_allowed() && !benchmark.reference_hidden;
        may_offer && self.all.benchmark_folder(&benchmark.id).is_dir()
    }

    /// The files that make a copy of a benchmark's folder, by path; none where nobody
    /// may have copies, where the reference is hidden, and where it was not added as a
    /// folder.
    ///
    /// # Errors
    /// [`StoreError::Data`] when files of the folder are at fault.
    pub async fn offered_files(
        &self,
        benchmark: &BenchmarkDocument,
    ) -> Result<Option<Arc<[OfferedFile]>>, StoreError> {
        if !benchmark.terms.download.is_allowed() || benchmark.reference_hidden {
            return Ok(None);
        }
        self.all.offered_files(&benchmark.id).await
    }

    /// Where an offered file lies.
    #[must_use]
    pub fn offered_path(&self, benchmark: &BenchmarkDocument, file: &OfferedFile) -> PathBuf {
        self.all.benchmark_folder(&benchmark.id).join(&file.path)
    }

    /// A name that cannot be a key is the name of no file.
    async fn file(
        &self,
        is_allowed: bool,
        key: Result<BlobKey, StoreError>,
    ) -> Result<Option<Bytes>, StoreError> {
        match key {
            Ok(key) if is_allowed => self.all.blob(&key).await,
            _ => Ok(None),
        }
    }
}

/// Outlines as they are, or to look at.
fn given(file: Option<Bytes>, copies: Copies) -> Result<Option<Bytes>, StoreError> {
    let (Some(file), Copies::Display) = (&file, copies) else { return Ok(file) };
    let read = OutlinesDocument::from_json(file).map_err(|source| StoreError::Document {
        what: "outlines",
        id: "an image".into(),
        source,
    })?;
    Ok(Some(display_copy(&read).to_json().into()))
}

/// Whether files of an entry are given. Its masks are its maker's; what an observer drew
/// belongs to the benchmark, also as an entry: its terms decide.
fn gives(
    benchmark: &BenchmarkDocument,
    entry: &EntryRow,
    allow: impl Fn(&TermsDocument) -> bool,
) -> bool {
    let is_allowed =
        entry.role != EntryRole::Observer || benchmark.shows_observers() && allow(&benchmark.terms);
    entry.benchmark_id == benchmark.id && is_allowed
}
