//! Documents beside masks: bounded reads, and the kind of a JSON document by its keys.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use scr_data::{Problem, files};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::listing::FoundFile;

/// Maximum size of a document in bytes.
const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Kind of a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    /// Instances of COCO.
    Coco,
    /// V7 Darwin, an image a file.
    Darwin,
    /// LabelMe, an image a file.
    LabelMe,
    /// VGG Image Annotator.
    Via,
    /// Labels of nnU-Net or the Medical Segmentation Decathlon.
    Dataset,
    /// Any other.
    Other,
}

/// Keys that tell kinds of JSON documents apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    images: Option<IgnoredAny>,
    annotations: Option<IgnoredAny>,
    categories: Option<IgnoredAny>,
    item: Option<IgnoredAny>,
    image: Option<IgnoredAny>,
    shapes: Option<IgnoredAny>,
    image_path: Option<IgnoredAny>,
    labels: Option<IgnoredAny>,
    #[serde(rename = "_via_img_metadata")]
    via: Option<IgnoredAny>,
}

/// Kind of a JSON document; other for text that is no JSON.
pub(crate) fn json_kind(bytes: &[u8]) -> JsonKind {
    let Ok(keys) = serde_json::from_slice::<Keys>(without_mark(bytes)) else {
        return JsonKind::Other;
    };
    if keys.images.is_some() && keys.annotations.is_some() && keys.categories.is_some() {
        JsonKind::Coco
    } else if keys.annotations.is_some() && (keys.item.is_some() || keys.image.is_some()) {
        JsonKind::Darwin
    } else if keys.shapes.is_some() && keys.image_path.is_some() {
        JsonKind::LabelMe
    } else if keys.via.is_some() {
        JsonKind::Via
    } else if keys.labels.is_some() {
        JsonKind::Dataset
    } else {
        JsonKind::Other
    }
}

/// Reads a document of at most [`MAX_DOCUMENT_BYTES`].
///
/// # Errors
/// A [`Problem`] when the file is missing, unreadable or too large.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| Problem::unreadable(path, &error);
    let length = path.metadata().map_err(unreadable)?.len();
    if length <= files::MAX_FILE_BYTES {
        return files::read_file(path);
    }
    let too_large = || {
        let expected = format!("at most {MAX_DOCUMENT_BYTES} bytes");
        let place = path.display().to_string();
        Problem::new(place, expected, format!("{length} bytes"), "divide the document")
    };
    if length > MAX_DOCUMENT_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(length as usize);
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_DOCUMENT_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Reads a JSON document of `kind`, in words.
///
/// # Errors
/// A [`Problem`] when the file cannot be read or is no such document.
pub(crate) fn read_json<T: DeserializeOwned>(file: &FoundFile, kind: &str) -> Result<T, Problem> {
    let bytes = read(&file.path)?;
    serde_json::from_slice(without_mark(&bytes))
        .map_err(|error| Problem::new(file.place(), kind, error.to_string(), ""))
}

/// Bytes without the byte order mark that some editors put before UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_apart_by_their_keys() {
        let kind = |text: &str| json_kind(text.as_bytes());
        assert_eq!(kind(r#"{"images":[],"annotations":[],"categories":[]}"#), JsonKind::Coco);
        assert_eq!(kind(r#"{"item":{},"annotations":[]}"#), JsonKind::Darwin);
        assert_eq!(kind(r#"{"image":{},"annotations":[]}"#), JsonKind::Darwin);
        assert_eq!(kind("\u{feff}{\"shapes\":[],\"imagePath\":\"x\"}"), JsonKind::LabelMe);
        assert_eq!(kind(r#"{"labels":{}}"#), JsonKind::Dataset);
        for other in ["", "[1]", "{}", "{", r#"{"annotations":[]}"#] {
            assert_eq!(kind(other), JsonKind::Other, "{other}");
        }
    }
}
