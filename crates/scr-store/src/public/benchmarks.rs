//! Benchmarks and their files, as the site may show them.
//!
//! Documents come from [`PublicStore`](super::store::PublicStore), so that they name no hidden
//! observer. Callers decide which copies a reader may have.

use async_recursion::async_recursion as boxed;
use scr_documents::{BenchmarkDocument, OfferedFile};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::display::display_copy;
use crate::benchmarks::BenchmarkRow;
use crate::blobs::BlobKey;
use crate::hiding::Hiding;
use crate::outlines::OutlinesDocument;
use crate::shapes::ShapesDocument;
use crate::storage_error::StorageError;
use crate::store::Store;

/// Form of data that a reader may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Full-size radiographs and exact outlines: for readers who may have copies.
    Exact,
    /// Reduced radiographs and simplified outlines: for pages.
    Display,
}

/// Handle of benchmarks, as the site may show them.
#[derive(Debug, Clone, Copy)]
pub struct PublicBenchmarks<'a> {
    pub(super) all: &'a Store,
}

impl PublicBenchmarks<'_> {
    /// All benchmarks, the first published first.
    ///
    /// # Errors
    /// As [`Benchmarks::list`](crate::Benchmarks::list).
    #[boxed]
    pub async fn list(&self) -> Result<Vec<BenchmarkRow>, StorageError> {
        let mut rows = self.all.benchmarks().list().await?;
        for row in &mut rows {
            let settings = self.all.settings().get(&row.document.id).await?;
            Hiding::new(settings, &row.document).in_benchmark(&mut row.document);
        }
        Ok(rows)
    }

    /// Identifiers of all benchmarks, the first published first.
    ///
    /// # Errors
    /// As [`Benchmarks::ids`](crate::Benchmarks::ids).
    #[boxed]
    pub async fn ids(&self) -> Result<Vec<String>, StorageError> {
        self.all.benchmarks().ids().await
    }

    /// The benchmark with this identifier; none when it is not published.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<BenchmarkRow>, StorageError> {
        let mut row = self.all.benchmarks().get(id).await?;
        if let Some(row) = &mut row {
            let settings = self.all.settings().get(id).await?;
            Hiding::new(settings, &row.document).in_benchmark(&mut row.document);
        }
        Ok(row)
    }

    /// True if the values of single images are public.
    ///
    /// # Errors
    /// [`StorageError::Database`], and [`StorageError::Document`] for unreadable settings.
    #[boxed]
    pub async fn shows_image_results(&self, id: &str) -> Result<bool, StorageError> {
        Ok(self.all.settings().get(id).await?.shows_images())
    }

    /// Radiograph, if pages may show it: 8- or 16-bit grey PNG; the display copy has 8 bits and
    /// at most 512 pixels and half the width and height. Benchmarks from before display copies
    /// give the thumbnail instead.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when the file exists and cannot be read, as for all files.
    #[boxed]
    pub async fn radiograph(
        &self,
        benchmark: &BenchmarkDocument,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_show = benchmark.terms.display.is_allowed();
        if copies == Copies::Exact {
            return file(self.all, may_show, BlobKey::image(&benchmark.id, image)).await;
        }
        match file(self.all, may_show, BlobKey::display(&benchmark.id, image)).await? {
            Some(file) => Ok(Some(file)),
            None => self.thumbnail(benchmark, image).await,
        }
    }

    /// Thumbnail of a radiograph, where pages may show it.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    #[boxed]
    pub async fn thumbnail(
        &self,
        benchmark: &BenchmarkDocument,
        image: &str,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_show = benchmark.terms.display.is_allowed();
        file(self.all, may_show, BlobKey::thumbnail(&benchmark.id, image)).await
    }

    /// An observer's outlines in one image, where pages may show them.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    #[boxed]
    pub async fn outlines(
        &self,
        benchmark: &BenchmarkDocument,
        observer: &str,
        image: &str,
        copies: Copies,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_show = benchmark.shows_observers() && benchmark.has_observer(observer);
        let key = BlobKey::outlines(&benchmark.id, observer, image);
        in_copies(file(self.all, may_show, key).await?, copies)
    }

    /// Shapes of the reference's structures over the images, where pages may show them: none
    /// where the reference is hidden or the terms forbid display.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph), and when outlines cannot be read.
    #[boxed]
    pub async fn shapes(
        &self,
        benchmark: &BenchmarkDocument,
    ) -> Result<Option<Arc<ShapesDocument>>, StorageError> {
        match benchmark.reference().filter(|_| benchmark.shows_observers()) {
            Some(reference) => self.all.shapes(benchmark, &reference.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// An observer's mask of a structure in one image, where copies are offered.
    ///
    /// # Errors
    /// As [`radiograph`](Self::radiograph).
    #[boxed]
    pub async fn mask(
        &self,
        benchmark: &BenchmarkDocument,
        observer: &str,
        structure: &str,
        image: &str,
    ) -> Result<Option<Bytes>, StorageError> {
        let may_give = benchmark.terms.download.is_allowed() && benchmark.has_observer(observer);
        file(self.all, may_give, BlobKey::mask(&benchmark.id, observer, structure, image)).await
    }

    /// True if the benchmark takes submissions: it was added for scoring and has not ended.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn accepts_submissions(
        &self,
        benchmark: &BenchmarkDocument,
    ) -> Result<bool, StorageError> {
        Ok(benchmark.ended_at.is_none() && self.all.benchmarks().has_folder(&benchmark.id).await?)
    }

    /// True if a copy of the benchmark's folder is offered.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn offers_folder(&self, benchmark: &BenchmarkDocument) -> Result<bool, StorageError> {
        let may_offer = benchmark.terms.download.is_allowed() && !benchmark.reference_hidden;
        Ok(may_offer && self.all.benchmarks().has_folder(&benchmark.id).await?)
    }

    /// Files of a copy of the benchmark's folder, by path. `None` if the terms forbid copies,
    /// the reference is hidden, or the benchmark was not added as a folder.
    ///
    /// # Errors
    /// [`StorageError::Data`] when files of the folder are at fault.
    #[boxed]
    pub async fn offered_files(
        &self,
        benchmark: &BenchmarkDocument,
    ) -> Result<Option<Arc<[OfferedFile]>>, StorageError> {
        if !benchmark.terms.download.is_allowed() || benchmark.reference_hidden {
            return Ok(None);
        }
        self.all.benchmarks().offered_files(&benchmark.id).await
    }

    /// Path of an offered file on this machine.
    ///
    /// # Errors
    /// As [`offered_files`](Self::offered_files).
    #[boxed]
    pub async fn offered_path(
        &self,
        benchmark: &BenchmarkDocument,
        file: &OfferedFile,
    ) -> Result<Option<PathBuf>, StorageError> {
        let folder = self.all.benchmarks().local_folder(&benchmark.id).await?;
        Ok(folder.map(|folder| folder.join(&file.path)))
    }
}

/// Bytes of a file, if it may be shown; `None` for a name that no key can have.
#[boxed]
pub(super) async fn file(
    all: &Store,
    is_allowed: bool,
    key: Result<BlobKey, StorageError>,
) -> Result<Option<Bytes>, StorageError> {
    match key {
        Ok(key) if is_allowed => all.blob(&key).await,
        _ => Ok(None),
    }
}

/// Outlines in the form that the reader may have.
pub(super) fn in_copies(
    file: Option<Bytes>,
    copies: Copies,
) -> Result<Option<Bytes>, StorageError> {
    let (Some(file), Copies::Display) = (&file, copies) else { return Ok(file) };
    let read = OutlinesDocument::from_json(file).map_err(|source| StorageError::Document {
        what: "outlines",
        id: "an image".into(),
        source,
    })?;
    Ok(Some(display_copy(&read).to_json().into()))
}
