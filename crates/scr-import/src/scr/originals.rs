//! Original databases: their folders, structures and folds.

use std::path::PathBuf;

use scr_data::Fold;
use scr_image::Size;

/// Identifiers of the structures, which are folders of the benchmark.
pub(super) const STRUCTURES: [&str; 5] =
    ["right_lung", "left_lung", "heart", "right_clavicle", "left_clavicle"];
/// Size of all masks.
pub(super) const MASK_SIZE: Size = Size::square(1024);

/// Import of the JSRT radiographs with the SCR annotations.
#[derive(Debug, Clone)]
pub struct ScrImport {
    /// Folder with `JPCLN001.IMG` and so on, and the clinical lists, if available; searched
    /// recursively.
    pub jsrt: PathBuf,
    /// Folder with the first observer's `fold1` and `fold2`, or with `scratch`
    /// that holds them.
    pub scr: PathBuf,
    /// Folder of the second observer, if available; its points are not used.
    pub second_observer: Option<PathBuf>,
    /// Benchmark folder to write.
    pub out: PathBuf,
    /// True to accept less than the whole database of 247 images.
    pub subset: bool,
}

/// Marker file beside radiographs drawn by the phantom: the imported benchmark is then
/// marked as phantom and never passes for the database.
pub const PHANTOM_MARKER: &str = "PHANTOM.txt";

/// The fold of an image: SCR's fold 1 has the odd-numbered images of the JSRT
/// database, fold 2 the even-numbered.
#[must_use]
pub(super) fn fold(id: &str) -> Fold {
    if id.ends_with(['1', '3', '5', '7', '9']) { Fold::Number(1) } else { Fold::Number(2) }
}
