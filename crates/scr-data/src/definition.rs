//! Parts of a benchmark's definition: folds, images, structures, objects, observers,
//! terms and published results.
//!
//! Plain values; [`Benchmark`](crate::Benchmark) holds them and reads the files.

/// Fold: one of the two halves of a benchmark. A method that segments one was trained
/// on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fold {
    /// Fold 1; in the SCR database the odd-numbered images.
    One,
    /// Fold 2; in the SCR database the even-numbered images.
    Two,
}

impl Fold {
    /// Both folds.
    pub const BOTH: [Self; 2] = [Self::One, Self::Two];

    /// Number of the fold, 1 or 2.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The fold with the number 1 or 2; none for other numbers.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// The other fold, used for training.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::One,
        }
    }
}

/// Image of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Identifier, as in file names.
    pub id: String,
    /// Fold of the image.
    pub fold: Fold,
    /// Further columns of the table, in their order.
    pub attributes: Vec<(String, String)>,
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
