//! Parts of a benchmark, after validation and before its tables become a [`Benchmark`](crate::Benchmark).

use scr_documents::{LiteratureDocument, Protocol};

use crate::benchmark_file::BenchmarkFile;
use crate::definition::{Image, Object};

/// Column of the table of images that `{extension}` in the pattern of radiographs stands for.
pub(crate) const EXTENSION: &str = "extension";
/// Place of the extension in the pattern of radiographs.
pub(crate) const EXTENSION_HOLE: &str = "{extension}";

/// Parts of a benchmark, checked by [`benchmark_check`](crate::benchmark_check).
pub(crate) struct BenchmarkParts {
    pub(crate) file: BenchmarkFile,
    pub(crate) protocol: Protocol,
    pub(crate) images: Vec<Image>,
    pub(crate) objects: Vec<Object>,
    pub(crate) literature: Vec<LiteratureDocument>,
}
