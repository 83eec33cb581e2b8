//! Names of DICOM objects without an image (PS3.4, table B.5-1).

use super::elements::Elements;
use super::tags::{FORMAT, SOP_CLASS_UID};
use crate::FormatError;

/// Classes by the beginning of their unique identifier, the longest first.
const CLASSES: &[(&str, &str)] = &[
    ("1.2.840.10008.1.3.10", "a directory of files, DICOMDIR"),
    ("1.2.840.10008.5.1.4.1.1.481.1", "a radiotherapy image"),
    ("1.2.840.10008.5.1.4.1.1.481.2", "a radiotherapy dose"),
    ("1.2.840.10008.5.1.4.1.1.481.3", "a radiotherapy structure set"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "a radiotherapy plan"),
    ("1.2.840.10008.5.1.4.1.1.481.8", "a radiotherapy plan"),
    ("1.2.840.10008.5.1.4.1.1.481.", "a radiotherapy object"),
    ("1.2.840.10008.5.1.4.1.1.104.", "an encapsulated document"),
    ("1.2.840.10008.5.1.4.1.1.66.1", "a spatial registration"),
    ("1.2.840.10008.5.1.4.1.1.66.2", "spatial fiducials"),
    ("1.2.840.10008.5.1.4.1.1.66.3", "a deformable spatial registration"),
    ("1.2.840.10008.5.1.4.1.1.66.4", "a segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.5", "a surface segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.7", "a label map segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66", "raw data"),
    ("1.2.840.10008.5.1.4.1.1.68.", "a surface scan"),
    ("1.2.840.10008.5.1.4.1.1.88.59", "a key object selection"),
    ("1.2.840.10008.5.1.4.1.1.88.", "a structured report"),
    ("1.2.840.10008.5.1.4.1.1.11.", "a presentation state"),
    ("1.2.840.10008.5.1.4.1.1.9.", "a waveform"),
    ("1.2.840.10008.5.1.4.38.", "a hanging protocol"),
    ("1.2.840.10008.5.1.4.39.", "a colour palette"),
    ("1.2.840.10008.5.1.4.1.1.1", "a radiograph's header alone"),
    ("1.2.840.10008.5.1.4.1.1.", "an image's header alone"),
];

/// Error for a DICOM file without pixels; names its class, which the file meta information
/// states as well.
pub(super) fn not_an_image(elements: &Elements<'_>, meta_class: &str) -> FormatError {
    let uid = match elements.first_text(SOP_CLASS_UID) {
        "" => meta_class,
        uid => uid,
    };
    let class = CLASSES.iter().find(|(begin, _)| uid.starts_with(begin)).map(|(_, name)| *name);
    let what = class.map_or(String::new(), |name| format!(": {name}"));
    let hint = "give the file of the image itself: this one holds no pixels";
    let expected = format!("a {FORMAT} image");
    FormatError::unsupported(expected, format!("a DICOM file without pixels{what}"), hint)
}
