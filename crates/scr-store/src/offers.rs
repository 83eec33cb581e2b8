//! What of a benchmark's folder may be copied, file by file, with the digest of each.
//!
//! Knows no reader and no terms that were accepted: whether anybody may have the
//! files is for who asks. Digests are computed once a process and folder.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;
use scr_data::digest::{file_digest, hex};
use scr_data::{BENCHMARK_FILE, Benchmark, Problem, Problems, files};
use scr_documents::OfferedFile;
use tokio::sync::Mutex;

use crate::publish::blocking;
use crate::{Store, StoreError};

/// Offers by benchmark.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offers(Arc<Mutex<HashMap<String, Known>>>);

type Offer = Arc<[OfferedFile]>;

/// An offer, and when the folder was written that it is of.
#[derive(Debug)]
struct Known {
    written: Option<SystemTime>,
    offer: Offer,
}

impl Store {
    /// The files that make the folder of a benchmark that was added for scoring, by
    /// path: all that scoring needs, and the radiographs where pages may show them.
    /// None where the benchmark was not added as a folder.
    ///
    /// # Errors
    /// [`StoreError::Data`] when files of the folder are at fault.
    pub async fn offered_files(&self, id: &str) -> Result<Option<Offer>, StoreError> {
        let folder = self.benchmark_folder(id);
        // A folder is replaced whole, never changed.
        let Ok(data) = folder.join(BENCHMARK_FILE).metadata() else { return Ok(None) };
        let written = data.modified().ok();
        // Who asks meanwhile waits, and computes nothing twice.
        let mut known = self.offers.0.lock().await;
        if let Some(known) = known.get(id).filter(|known| known.written == written) {
            return Ok(Some(Arc::clone(&known.offer)));
        }
        let offer: Offer = blocking(move || offer(&folder)).await?.into();
        known.insert(id.to_owned(), Known { written, offer: Arc::clone(&offer) });
        Ok(Some(offer))
    }
}

fn offer(folder: &Path) -> Result<Vec<OfferedFile>, StoreError> {
    let benchmark = Benchmark::open(folder)?;
    let mut paths = benchmark.files();
    if benchmark.terms.display.is_allowed() {
        paths.extend(benchmark.radiograph_files());
        paths.sort();
    }
    let read = |path: String| -> Result<OfferedFile, Problem> {
        let bytes = files::read_file(&folder.join(&path))?;
        let (sha256, size_bytes) = (hex(&file_digest(&bytes)), bytes.len() as u64);
        Ok(OfferedFile { path, sha256, size_bytes })
    };
    let read: Vec<_> = paths.into_par_iter().map(read).collect();
    let mut problems = Problems::default();
    let offered = read.into_iter().filter_map(|file| problems.keep(file)).collect();
    Ok(problems.or(offered)?)
}
