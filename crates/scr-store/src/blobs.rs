//! Files: images, thumbnails, masks, outlines and posteriors, each under one key.
//!
//! A [`BlobKey`] is made of validated names, so that none can lead out of its folder. Files
//! are written whole or not at all, and durably, into a folder or into a bucket.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use scr_bucket::{Bucket, PutOutcome};
use scr_data::durable;

use crate::blob_cache::BlobCache;
use crate::blocking::run_blocking;
use crate::folder::{BLOBS_FOLDER, MAX_OBJECT_BYTES};
use crate::model_file::ModelFileName;
use crate::storage_error::StorageError;

/// Key of a file, such as `benchmarks/scr/images/JPCLN001.png`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey(String);

impl BlobKey {
    /// A radiograph: `benchmarks/BENCHMARK/images/IMAGE.png`.
    ///
    /// # Errors
    /// [`StorageError::Name`] when a name holds anything but letters, digits,
    /// `_`, `-` and `.`, as for every key.
    pub fn image(benchmark: &str, image: &str) -> Result<Self, StorageError> {
        let (benchmark, image) = (name("a benchmark", benchmark)?, name("an image", image)?);
        Ok(Self(format!("benchmarks/{benchmark}/images/{image}.png")))
    }

    /// A reduced radiograph for pages: `benchmarks/BENCHMARK/display/IMAGE.png`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn display(benchmark: &str, image: &str) -> Result<Self, StorageError> {
        let (benchmark, image) = (name("a benchmark", benchmark)?, name("an image", image)?);
        Ok(Self(format!("benchmarks/{benchmark}/display/{image}.png")))
    }

    /// A thumbnail of a radiograph: `benchmarks/BENCHMARK/thumbnails/IMAGE.png`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn thumbnail(benchmark: &str, image: &str) -> Result<Self, StorageError> {
        let (benchmark, image) = (name("a benchmark", benchmark)?, name("an image", image)?);
        Ok(Self(format!("benchmarks/{benchmark}/thumbnails/{image}.png")))
    }

    /// An observer's mask: `benchmarks/BENCHMARK/masks/OBSERVER/STRUCTURE/IMAGE.png`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn mask(
        benchmark: &str,
        observer: &str,
        structure: &str,
        image: &str,
    ) -> Result<Self, StorageError> {
        let (benchmark, observer) =
            (name("a benchmark", benchmark)?, name("an observer", observer)?);
        let (structure, image) = (name("a structure", structure)?, name("an image", image)?);
        Ok(Self(format!("benchmarks/{benchmark}/masks/{observer}/{structure}/{image}.png")))
    }

    /// An observer's outlines: `benchmarks/BENCHMARK/outlines/OBSERVER/IMAGE.json`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn outlines(benchmark: &str, observer: &str, image: &str) -> Result<Self, StorageError> {
        let (benchmark, observer) =
            (name("a benchmark", benchmark)?, name("an observer", observer)?);
        let image = name("an image", image)?;
        Ok(Self(format!("benchmarks/{benchmark}/outlines/{observer}/{image}.json")))
    }

    /// An entry's mask: `entries/ENTRY/masks/STRUCTURE/IMAGE.png`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn entry_mask(entry: &str, structure: &str, image: &str) -> Result<Self, StorageError> {
        let (entry, image) = (name("an entry", entry)?, name("an image", image)?);
        let structure = name("a structure", structure)?;
        Ok(Self(format!("entries/{entry}/masks/{structure}/{image}.png")))
    }

    /// An entry's outlines: `entries/ENTRY/outlines/IMAGE.json`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn entry_outlines(entry: &str, image: &str) -> Result<Self, StorageError> {
        let (entry, image) = (name("an entry", entry)?, name("an image", image)?);
        Ok(Self(format!("entries/{entry}/outlines/{image}.json")))
    }

    /// An entry's posterior: `entries/ENTRY/posteriors/STRUCTURE/IMAGE.png`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn entry_posterior(
        entry: &str,
        structure: &str,
        image: &str,
    ) -> Result<Self, StorageError> {
        let (entry, image) = (name("an entry", entry)?, name("an image", image)?);
        let structure = name("a structure", structure)?;
        Ok(Self(format!("entries/{entry}/posteriors/{structure}/{image}.png")))
    }

    /// A file of an entry's model: `entries/ENTRY/model/NAME`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn entry_model(entry: &str, file: ModelFileName) -> Result<Self, StorageError> {
        Ok(Self(format!("entries/{}/model/{}", name("an entry", entry)?, file.as_str())))
    }

    /// The folder of a benchmark's files: `benchmarks/BENCHMARK`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub(crate) fn of_benchmark(benchmark: &str) -> Result<String, StorageError> {
        Ok(format!("benchmarks/{}", name("a benchmark", benchmark)?))
    }

    /// The folder of an entry's files: `entries/ENTRY`.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub(crate) fn of_entry(entry: &str) -> Result<String, StorageError> {
        Ok(format!("entries/{}", name("an entry", entry)?))
    }

    /// The key as text, `/` between folders.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Validates a name that is safe as one part of a path on every system.
fn name<'a>(what: &'static str, text: &'a str) -> Result<&'a str, StorageError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_name =
        (1..=100).contains(&text.len()) && text.bytes().all(is_allowed) && !text.starts_with('.');
    if is_name { Ok(text) } else { Err(StorageError::Name { what, found: text.to_owned() }) }
}

/// Source of files that are made when they are asked for.
pub(crate) trait FileSource: std::fmt::Debug + Send + Sync {
    /// The bytes of a file; none when there is no such file. May block.
    fn file(&self, key: &BlobKey) -> Result<Option<Bytes>, StorageError>;
}

/// Folder or bucket of files, or a source of files.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    place: Place,
    source: Option<Arc<dyn FileSource>>,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    Bucket(Bucket, Arc<BlobCache>),
}

impl Blobs {
    /// The existing folder `folder`.
    pub(crate) fn open(folder: &Path) -> Self {
        Self { place: Place::Folder(folder.to_owned()), source: None }
    }

    /// The objects of a bucket below [`BLOBS_FOLDER`].
    pub(crate) fn in_bucket(bucket: Bucket) -> Self {
        Self { place: Place::Bucket(bucket, Arc::default()), source: None }
    }

    /// The same with a source, which has all files.
    pub(crate) fn with_source(self, source: Arc<dyn FileSource>) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The bytes of a file; none when there is no such file.
    pub(crate) async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, StorageError> {
        if let (None, Place::Bucket(_, cache)) = (&self.source, &self.place)
            && let Some(known) = cache.get(key.as_str())
        {
            return Ok(Some(known));
        }
        let (blobs, key) = (self.clone(), key.clone());
        run_blocking(move || blobs.read(&key)).await
    }

    /// True if a source makes the files as they are asked for, which takes time.
    pub(crate) const fn are_made(&self) -> bool {
        self.source.is_some()
    }

    /// As [`get`](Self::get), on the calling thread, which may block.
    pub(crate) fn read(&self, key: &BlobKey) -> Result<Option<Bytes>, StorageError> {
        match (&self.source, &self.place) {
            (Some(source), _) => source.file(key),
            (None, Place::Folder(folder)) => read(&folder.join(key.as_str())).map_err(|source| {
                StorageError::Blob { doing: "read", key: key.as_str().to_owned(), source }
            }),
            (None, Place::Bucket(bucket, cache)) => {
                if let Some(known) = cache.get(key.as_str()) {
                    return Ok(Some(known));
                }
                let found = bucket.get(&object(key), MAX_OBJECT_BYTES)?.map(Bytes::from);
                if let Some(bytes) = &found {
                    cache.keep(key.as_str(), bytes);
                }
                Ok(found)
            }
        }
    }

    /// Writes or replaces a file as a whole. It has reached the disk when this returns: a row
    /// must not outlive its files when the power fails.
    pub(crate) async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), StorageError> {
        let (place, key) = (self.place.clone(), key.clone());
        run_blocking(move || match place {
            Place::Folder(folder) => {
                durable::write(&folder.join(key.as_str()), &bytes).map_err(|source| {
                    StorageError::Blob { doing: "write", key: key.as_str().to_owned(), source }
                })
            }
            Place::Bucket(bucket, cache) => {
                cache.forget(key.as_str());
                put_object(&bucket, &object(&key), &bytes)
            }
        })
        .await
    }
}

/// Object of a key.
fn object(key: &BlobKey) -> String {
    format!("{BLOBS_FOLDER}/{}", key.as_str())
}

/// Writes an object. One that is there is replaced only if its bytes differ: radiographs of a
/// benchmark may be exchanged, and an interrupted publication is repeated.
fn put_object(bucket: &Bucket, key: &str, bytes: &Bytes) -> Result<(), StorageError> {
    if bucket.put_new(key, bytes)? == PutOutcome::Exists
        && bucket.get(key, MAX_OBJECT_BYTES)?.as_deref() != Some(&bytes[..])
    {
        bucket.put(key, bytes)?;
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Option<Bytes>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(|bytes| Some(bytes.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let too_long = "a".repeat(101);
        for bad in [
            "", ".", "..", "../x", "a/b", "/etc", "a\\b", ".hidden", "a b", "ü", "a\0", "a%2f",
            &too_long,
        ] {
            let keys = [
                BlobKey::image(bad, "x"),
                BlobKey::image("x", bad),
                BlobKey::display(bad, "x"),
                BlobKey::display("x", bad),
                BlobKey::thumbnail(bad, "x"),
                BlobKey::thumbnail("x", bad),
                BlobKey::mask(bad, "x", "x", "x"),
                BlobKey::mask("x", bad, "x", "x"),
                BlobKey::mask("x", "x", bad, "x"),
                BlobKey::mask("x", "x", "x", bad),
                BlobKey::outlines(bad, "x", "x"),
                BlobKey::outlines("x", bad, "x"),
                BlobKey::outlines("x", "x", bad),
                BlobKey::entry_mask(bad, "x", "x"),
                BlobKey::entry_mask("x", bad, "x"),
                BlobKey::entry_mask("x", "x", bad),
                BlobKey::entry_outlines(bad, "x"),
                BlobKey::entry_outlines("x", bad),
                BlobKey::entry_posterior(bad, "x", "x"),
                BlobKey::entry_posterior("x", bad, "x"),
                BlobKey::entry_posterior("x", "x", bad),
                BlobKey::entry_model(bad, ModelFileName::Card),
            ];
            for key in keys {
                assert!(matches!(key, Err(StorageError::Name { .. })), "{bad:?} gave {key:?}");
            }
        }
    }

    #[test]
    fn keys_read_like_addresses() {
        let key = BlobKey::mask("scr", "reference", "right_lung", "JPCLN001").unwrap();
        assert_eq!(key.as_str(), "benchmarks/scr/masks/reference/right_lung/JPCLN001.png");
        let key = BlobKey::entry_outlines("unet-00ff00ff", "JPCLN001").unwrap();
        assert_eq!(key.as_str(), "entries/unet-00ff00ff/outlines/JPCLN001.json");
        let key = BlobKey::entry_posterior("unet-00ff00ff", "heart", "JPCLN001").unwrap();
        assert_eq!(key.as_str(), "entries/unet-00ff00ff/posteriors/heart/JPCLN001.png");
    }

    #[tokio::test]
    async fn a_file_is_replaced_whole_and_lies_where_its_key_says() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path());
        let key = BlobKey::image("b.1", "x_2-3.4").unwrap();
        assert_eq!(blobs.get(&key).await.unwrap(), None);
        blobs.put(&key, Bytes::from_static(b"first")).await.unwrap();
        blobs.put(&key, Bytes::from_static(b"2nd")).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap().unwrap(), "2nd");
        let path = folder.path().join("benchmarks/b.1/images/x_2-3.4.png");
        assert_eq!(std::fs::read(path).unwrap(), b"2nd");
    }
}
