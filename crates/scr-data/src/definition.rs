//! The parts that a benchmark is defined by: folds, images, structures, objects,
//! observers, terms, and what others published.
//!
//! Plain values; [`Benchmark`](crate::Benchmark) holds them and reads the files.

/// One of the two halves of a benchmark: what segments one was trained on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fold {
    /// Fold 1; of the SCR database the odd-numbered images.
    One,
    /// Fold 2; of the SCR database the even-numbered images.
    Two,
}

impl Fold {
    /// Both folds.
    pub const BOTH: [Self; 2] = [Self::One, Self::Two];

    /// 1 or 2.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The fold called 1 or 2; no other number is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// The other fold: the one to train on.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::One,
        }
    }
}

/// One radiograph of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Identifier, as in file names.
    pub id: String,
    /// Its fold.
    pub fold: Fold,
    /// Further columns of the table, in their order.
    pub attributes: Vec<(String, String)>,
}

/// Something drawn in every image.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// Identifier, as in folder names.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// Something scored: a union of structures.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its structures, as indices into [`Benchmark::structures`](crate::Benchmark::structures).
    pub structures: Vec<usize>,
}

/// A person, or group, who drew.
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
    /// Whether landmarks were given beside the masks.
    #[must_use]
    pub const fn has_landmarks(&self) -> bool {
        self.landmarks.is_some()
    }
}
