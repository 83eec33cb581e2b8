//! Masks in a bucket, `s3://BUCKET/PREFIX`, as a set of masks.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use scr_bucket::{Bucket, BucketAddress, BucketError, ListedObject};
use scr_data::files::MAX_FILE_BYTES;
use scr_data::{Benchmark, DataError, MaskFiles, MaskSet, Problem};

/// True for the address of a bucket, faulty or not.
pub(crate) fn is_address(text: &str) -> bool {
    text.starts_with("s3://")
}

/// Opens the masks below a prefix of a bucket, with the credentials of the environment.
///
/// # Errors
/// As [`MaskSet::open`]; the [`Problem`] of an address, of missing credentials or of a bucket that
/// cannot be listed. None shows a secret.
pub(crate) fn open(address: &str, benchmark: &Benchmark) -> Result<MaskSet, DataError> {
    let address = BucketAddress::parse(address, |name| std::env::var(name).ok())
        .map_err(|error| problem("masks", &error))?;
    let place = address.to_string();
    let (bucket, etags) = (Bucket::new(address), Mutex::default());
    let files = BucketMasks { bucket, place: place.clone(), etags };
    MaskSet::open_files(&place, Box::new(files), benchmark)
}

/// Threads that read from a bucket: a request is mostly waiting.
const N_THREADS: usize = 16;

/// Runs work that reads the masks at `path` on several threads a core where these are in a bucket,
/// unless `RAYON_NUM_THREADS` says their number.
///
/// # Errors
/// When the system starts no threads.
pub(crate) fn with_threads_for<T: Send>(path: &Path, work: impl FnOnce() -> T + Send) -> Result<T> {
    let is_remote = path.to_str().is_some_and(is_address);
    if !is_remote || std::env::var_os("RAYON_NUM_THREADS").is_some() {
        return Ok(work());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(N_THREADS).build();
    Ok(pool.context("cannot start threads")?.install(work))
}

/// Masks below a prefix of a bucket.
#[derive(Debug)]
struct BucketMasks {
    bucket: Bucket,
    place: String,
    /// Entity tags of listed objects, by key, while reading finds the same.
    etags: Mutex<HashMap<String, String>>,
}

impl BucketMasks {
    fn etags(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.etags.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MaskFiles for BucketMasks {
    fn list(&self, on_file: &mut dyn FnMut(String) -> bool) -> Result<(), Problem> {
        let mut next = None;
        loop {
            let page = self
                .bucket
                .list_page("", next.as_deref())
                .map_err(|error| problem(&self.place, &error))?;
            // Some programs mark a folder with an empty object.
            let is_file = |key: &str| !key.is_empty() && !key.ends_with('/');
            let mut files = page.objects.into_iter().filter(|object| is_file(&object.key));
            let mut note = |object: ListedObject| {
                if !object.etag.is_empty() {
                    self.etags().insert(object.key.clone(), object.etag);
                }
                on_file(object.key)
            };
            if !files.all(&mut note) || page.next.is_none() {
                return Ok(());
            }
            next = page.next;
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        let place = format!("{}/{path}", self.place);
        let found = self.bucket.read_object(path, MAX_FILE_BYTES);
        let found = found.map_err(|error| problem(&place, &error))?;
        let hint = "it was deleted after the bucket was listed: score again";
        let object = found.ok_or_else(|| Problem::new(place, "an object", "none", hint))?;
        let mut etags = self.etags();
        if etags.get(path).is_some_and(|listed| *listed != object.etag) {
            // It was replaced since.
            etags.remove(path);
        }
        Ok(object.bytes)
    }

    fn validator(&self, path: &str) -> Option<String> {
        self.etags().get(path).cloned()
    }
}

fn problem(place: &str, error: &BucketError) -> Problem {
    let hint = match error {
        BucketError::Refused { status: 401 | 403, .. } => {
            "the account must be allowed to list and get objects of the bucket"
        }
        BucketError::Refused { status: 404, .. } => "look at the name of the bucket",
        BucketError::Unreachable { .. } => "look at AWS_ENDPOINT_URL and at the network",
        _ => error.hint(),
    };
    Problem::new(place, "masks in a bucket that can be read", error.to_string(), hint)
}
