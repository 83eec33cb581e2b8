//! Downloadable files of a benchmark's folder, each with its digest.
//!
//! Checks no rights: callers decide who may have the files. Digests are computed once for
//! each process and folder.

use async_recursion::async_recursion as boxed;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;
use scr_data::digest::{file_digest, hex};
use scr_data::{BENCHMARK_FILE, Benchmark, Problem, Problems, files};
use scr_documents::OfferedFile;
use tokio::sync::Mutex;

use crate::blocking::run_blocking;
use crate::storage_error::StorageError;

/// Cache of offers by benchmark.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offers(Arc<Mutex<HashMap<String, CachedOffer>>>);

/// Files of one benchmark, by path.
pub(crate) type Offer = Arc<[OfferedFile]>;

/// An offer, with the modification time of its folder.
#[derive(Debug)]
struct CachedOffer {
    written: Option<SystemTime>,
    offer: Offer,
}

impl Offers {
    /// The offer of a benchmark, computed once; none where the benchmark has no folder.
    #[boxed]
    pub(crate) async fn get(
        &self,
        id: &str,
        folder: PathBuf,
    ) -> Result<Option<Offer>, StorageError> {
        // A folder is replaced whole, never changed.
        let Ok(data) = folder.join(BENCHMARK_FILE).metadata() else { return Ok(None) };
        let written = data.modified().ok();
        // Concurrent callers wait here, so that nothing is computed twice.
        let mut known = self.0.lock().await;
        if let Some(known) = known.get(id).filter(|known| known.written == written) {
            return Ok(Some(Arc::clone(&known.offer)));
        }
        let offer: Offer = run_blocking(move || offer(&folder)).await?.into();
        known.insert(id.to_owned(), CachedOffer { written, offer: Arc::clone(&offer) });
        Ok(Some(offer))
    }
}

fn offer(folder: &Path) -> Result<Vec<OfferedFile>, StorageError> {
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
