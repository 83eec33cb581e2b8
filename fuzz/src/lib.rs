//! Fixtures of the fuzz targets: a folder in memory, a small benchmark, a site.
//!
//! A finding is a panic, an error of the site itself, more than 30 seconds or 2 GB of
//! memory.

pub mod site;

use std::path::Path;
use std::sync::LazyLock;

use scr_data::Benchmark;
use scr_data::formats::{self, FormatError, png};
use scr_image::Mask;
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

/// The largest mask that is written again, in pixels.
const WRITTEN_AREA_PX: usize = 1 << 16;

/// A mask that was read is written and read back as it was.
pub fn mask_survives(read: Result<Mask, FormatError>) {
    if let Ok(mask) = read
        && mask.size().area() <= WRITTEN_AREA_PX
    {
        assert_eq!(png::read_mask(&png::write_mask(&mask)), Ok(mask));
    }
}

/// An image of the format that `name` ends in, read as a mask, a radiograph and a label map.
pub fn image(name: &str, data: &[u8]) {
    let mask = formats::read_mask(name, data);
    let layers = formats::read_layers(name, data, None);
    if let (Ok(mask), Ok(layers)) = (&mask, &layers) {
        assert_eq!(mask.size(), layers.size);
        assert!(layers.layers.iter().all(|layer| layer.mask.size() == layers.size));
    }
    mask_survives(mask);
    let _ = formats::read_radiograph(name, data);
}

/// Parts of an input, divided by a line `%%`.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let line = b"\n%%\n";
        match whole.windows(line.len()).position(|window| window == line) {
            Some(at) => {
                rest = Some(&whole[at + line.len()..]);
                Some(&whole[..at])
            }
            None => Some(whole),
        }
    })
}

/// Runs with a folder that lies in memory where the system has such; what was written
/// there before is written over.
pub fn in_folder(run: impl FnOnce(&Path)) {
    thread_local! {
        static FOLDER: TempDir = in_memory();
    }
    FOLDER.with(|folder| run(folder.path()));
}

/// A benchmark of four phantoms, 64 pixels wide: what seeds were made for.
pub fn benchmark() -> &'static Benchmark {
    static BENCHMARK: LazyLock<(TempDir, Benchmark)> = LazyLock::new(|| {
        let temp = in_memory();
        let folder = temp.path().join("benchmark");
        write_benchmark(&Population::new(4, 5), 64, &folder, &|_, _, _| ())
            .expect("phantoms can be drawn");
        let benchmark = Benchmark::open(&folder).expect("what was drawn is a benchmark");
        (temp, benchmark)
    });
    &BENCHMARK.1
}

fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("scr-fuzz-").tempdir_in(folder).expect("a folder can be made")
}
