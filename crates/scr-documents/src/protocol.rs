//! Protocol of a benchmark, and the folds that it divides the images into.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Protocol: the use of a benchmark's images for training and testing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Two folds; a method that segments one was trained on the other.
    TwoFold,
    /// k-fold cross-validation: a method that segments one fold was trained on all others.
    KFold,
    /// Training, validation and test set. Scores rest on the test set alone.
    Split,
    /// All images are scored, and none is for training.
    EvaluationOnly,
}

impl Protocol {
    /// All protocols.
    pub const ALL: [Self; 4] = [Self::TwoFold, Self::KFold, Self::Split, Self::EvaluationOnly];

    /// Largest number of folds of k-fold cross-validation.
    pub const MAX_FOLDS: u8 = 20;

    /// Name, as in `benchmark.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoFold => "two-fold",
            Self::KFold => "k-fold",
            Self::Split => "split",
            Self::EvaluationOnly => "evaluation-only",
        }
    }

    /// Protocol with this name; none for other names.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }

    /// True when a benchmark of this protocol can have images of `fold`.
    ///
    /// ```
    /// use scr_documents::{Fold, Protocol};
    /// assert!(Protocol::KFold.has(Fold::Number(5)) && !Protocol::TwoFold.has(Fold::Number(5)));
    /// assert!(Protocol::Split.has(Fold::TEST));
    /// ```
    #[must_use]
    pub const fn has(self, fold: Fold) -> bool {
        match (self, fold) {
            (Self::TwoFold, Fold::Number(number)) => matches!(number, 1 | 2),
            (Self::KFold, Fold::Number(number)) => number >= 1 && number <= Self::MAX_FOLDS,
            (Self::Split, Fold::Set(set)) => !matches!(set, ImageSet::All),
            (Self::EvaluationOnly, Fold::Set(set)) => matches!(set, ImageSet::All),
            _ => false,
        }
    }

    /// True when images of `fold` are scored.
    #[must_use]
    pub const fn scores(self, fold: Fold) -> bool {
        !matches!(fold, Fold::Set(ImageSet::Train | ImageSet::Validation))
    }

    /// Name as a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::TwoFold => "Two-fold",
            Self::KFold => "k-fold",
            Self::Split => "Training, validation and test set",
            Self::EvaluationOnly => "Evaluation only",
        }
    }

    /// Rule of training, a sentence.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::TwoFold => {
                "the method that segments fold 1 was trained and tuned on fold 2 only, and the reverse"
            }
            Self::KFold => {
                "the method that segments a fold was trained and tuned on the other folds only"
            }
            Self::Split => {
                "the method that segments the test set was trained on the training set only, and tuned on the \
                 training and validation sets only"
            }
            Self::EvaluationOnly => {
                "the method that segments the images was trained on none of them"
            }
        }
    }
}

/// Fold: the images with one role in a benchmark's protocol. In JSON a number, or a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Fold {
    /// Fold of cross-validation, counted from 1.
    Number(u8),
    /// Set with a name.
    Set(ImageSet),
}

/// Set of images with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ImageSet {
    /// Training set.
    Train,
    /// Validation set, for tuning.
    Validation,
    /// Test set.
    Test,
    /// All images, of a benchmark for evaluation only.
    All,
}

impl Fold {
    /// Training set.
    pub const TRAIN: Self = Self::Set(ImageSet::Train);
    /// Validation set.
    pub const VALIDATION: Self = Self::Set(ImageSet::Validation);
    /// Test set.
    pub const TEST: Self = Self::Set(ImageSet::Test);
    /// All images.
    pub const ALL: Self = Self::Set(ImageSet::All);

    /// Folder of its masks in sets of masks: `fold1`, `test`.
    #[must_use]
    pub fn folder(self) -> String {
        match self {
            Self::Number(number) => format!("fold{number}"),
            Self::Set(_) => self.to_string(),
        }
    }

    /// Name in sentences: `fold 1`, `the test set`.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Self::Number(number) => format!("fold {number}"),
            Self::Set(ImageSet::Train) => "the training set".to_owned(),
            Self::Set(ImageSet::Validation) => "the validation set".to_owned(),
            Self::Set(ImageSet::Test) => "the test set".to_owned(),
            Self::Set(ImageSet::All) => "all images".to_owned(),
        }
    }

    /// Name as a heading: `Fold 1`, `Test set`.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Number(number) => format!("Fold {number}"),
            Self::Set(ImageSet::Train) => "Training set".to_owned(),
            Self::Set(ImageSet::Validation) => "Validation set".to_owned(),
            Self::Set(ImageSet::Test) => "Test set".to_owned(),
            Self::Set(ImageSet::All) => "All images".to_owned(),
        }
    }
}

/// The number or the word, as in JSON and in tables.
impl Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Set(set) => f.write_str(set.word()),
        }
    }
}

/// Text that names no fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoFold;

impl FromStr for Fold {
    type Err = NoFold;

    fn from_str(text: &str) -> Result<Self, NoFold> {
        let set = ImageSet::ANY.into_iter().find(|set| set.word() == text);
        let number = text.parse().ok().filter(|number| *number >= 1);
        number.map(Self::Number).or(set.map(Self::Set)).ok_or(NoFold)
    }
}

impl ImageSet {
    const ANY: [Self; 4] = [Self::Train, Self::Validation, Self::Test, Self::All];

    const fn word(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
            Self::All => "all",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_is_a_number_or_a_word_in_json_and_in_text() {
        for (fold, json) in [
            (Fold::Number(1), "1"),
            (Fold::Number(12), "12"),
            (Fold::TRAIN, "\"train\""),
            (Fold::VALIDATION, "\"validation\""),
            (Fold::TEST, "\"test\""),
            (Fold::ALL, "\"all\""),
        ] {
            assert_eq!(serde_json::to_string(&fold).expect("it is JSON"), json);
            assert_eq!(serde_json::from_str::<Fold>(json).expect("it reads back"), fold);
            assert_eq!(fold.to_string(), json.trim_matches('"'));
            assert_eq!(fold.to_string().parse(), Ok(fold));
        }
        for odd in ["0", "-1", "256", "1.0", "", "Test", "fold1"] {
            assert_eq!(odd.parse::<Fold>(), Err(NoFold), "{odd}");
        }
    }

    #[test]
    fn each_protocol_has_its_folds() {
        let folds = [1, 2, 3, 20, 21].map(Fold::Number);
        let sets = [Fold::TRAIN, Fold::VALIDATION, Fold::TEST, Fold::ALL];
        let of = |protocol: Protocol| {
            let all = folds.into_iter().chain(sets).filter(|fold| protocol.has(*fold));
            all.map(|fold| fold.to_string()).collect::<Vec<_>>().join(" ")
        };
        let found = Protocol::ALL.map(of);
        assert_eq!(found, ["1 2", "1 2 3 20", "train validation test", "all"]);
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::from_name(protocol.name()), Some(protocol));
        }
        assert_eq!(Protocol::from_name("5-fold"), None);
    }
}
