//! Parts of a benchmark's definition: images, structures, objects and observers.
//!
//! Plain values; [`Benchmark`](crate::Benchmark) holds them and reads the files.

use scr_documents::Fold;
use scr_image::Spacing;

/// Image of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Identifier, as in file names.
    pub id: String,
    /// Fold of the image.
    pub fold: Fold,
    /// Distance between pixels of its masks and its radiograph, when known.
    pub spacing: Option<Spacing>,
    /// Further columns of the table, in their order.
    pub attributes: Vec<(String, String)>,
}

impl Image {
    /// Value of an attribute; none without such a column.
    #[must_use]
    pub fn attribute(&self, column: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name == column);
        found.map(|(_, value)| value.as_str())
    }
}

/// Structure: drawn in every image.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// Identifier, as in folder names.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// Object: a union of structures, which is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Structures of the object, as indices into
    /// [`Benchmark::structures`](crate::Benchmark::structures).
    pub structures: Vec<usize>,
}

/// Observer: a person or group who drew outlines.
#[derive(Debug, Clone, PartialEq)]
pub struct Observer {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    pub(crate) folder: String,
    pub(crate) pattern: String,
    pub(crate) landmarks: Option<String>,
}

impl Observer {
    /// True when the observer gave landmarks beside the masks.
    #[must_use]
    pub const fn has_landmarks(&self) -> bool {
        self.landmarks.is_some()
    }
}
