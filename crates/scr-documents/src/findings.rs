//! Findings about a submission: suspicions of the check, flags and statistics of scoring.
//!
//! Knows no rule: the worker checks and scores, and fills these documents.

use serde::{Deserialize, Serialize};

use crate::Fold;

/// Suspicions and notices of a check without problems, before scoring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuspicionsDocument {
    /// Number of images that the masks cover.
    pub n_images: usize,
    /// Identifiers of the structures that they cover.
    pub structures: Vec<String>,
    /// Suspicions: odd, and no errors.
    pub suspicions: Vec<Suspicion>,
    /// Notices: worth knowing, and harmless.
    pub notices: Vec<String>,
}

/// Something odd about some structures in some images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suspicion {
    /// Key of the rule.
    pub rule: String,
    /// Identifiers of the structures.
    pub structures: Vec<String>,
    /// Identifiers of the images.
    pub images: Vec<String>,
    /// Finding.
    pub message: String,
    /// Advice.
    pub hint: String,
}

/// Findings of scoring other than the scores, at the time of scoring.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FindingsDocument {
    /// Flags for the curator, who must answer some of them to publish
    /// ([`FlagKind::needs_answer`]).
    pub flags: Vec<Flag>,
    /// Differences between the folds, by object.
    pub folds: Vec<FoldsDocument>,
    /// Differences between the submission and each entry of that moment, by object.
    pub differences: Vec<DifferenceDocument>,
    /// Number of entries of the benchmark at that moment, withdrawn ones too.
    #[serde(default)]
    pub n_entries: u64,
}

impl FindingsDocument {
    /// Flags that a curator must answer to publish.
    pub fn to_answer(&self) -> impl Iterator<Item = &Flag> {
        self.flags.iter().filter(|flag| flag.kind.needs_answer())
    }

    /// True where a flag needs an answer and is not among those of `before`.
    #[must_use]
    pub fn has_flags_beside(&self, before: &Self) -> bool {
        let is_new = |flag: &Flag| {
            !before.flags.iter().any(|old| (old.kind, &old.entry) == (flag.kind, &flag.entry))
        };
        self.to_answer().any(is_new)
    }
}

/// Reason of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// The masks are an entry's.
    SameMasks,
    /// The masks are almost an entry's.
    NearlyEntry,
    /// The masks are almost the reference's, or are the reference's.
    NearlyReference,
    /// The masks, or some objects of them, equal or almost equal those of another observer.
    NearlyObserver,
    /// The name is an entry's.
    SameName,
    /// The name looks like an entry's.
    LookAlikeName,
    /// One fold is segmented better or worse than the others.
    Folds,
    /// Masks that were submitted beside a model differ from those of its run.
    SubmittedMasks,
}

impl FlagKind {
    /// True where it casts doubt on the authorship, so that a curator must answer it. Folds
    /// may differ in how hard they are, and a model may give other pixels on another machine:
    /// these flags prove nothing.
    #[must_use]
    pub const fn needs_answer(self) -> bool {
        !matches!(self, Self::Folds | Self::SubmittedMasks)
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SameMasks => "Same masks",
            Self::NearlyEntry => "Almost an entry",
            Self::NearlyReference => "Almost the reference",
            Self::NearlyObserver => "Almost an observer",
            Self::SameName => "Same name",
            Self::LookAlikeName => "Name looks alike",
            Self::Folds => "Folds differ",
            Self::SubmittedMasks => "Submitted masks differ",
        }
    }
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Reason.
    pub kind: FlagKind,
    /// Finding, a sentence.
    pub message: String,
    /// The entry that it is about; none where it is about no entry.
    pub entry: Option<String>,
}

/// One object in the folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoldsDocument {
    /// Identifier of the object.
    pub object: String,
    /// Key of the measure.
    pub measure: String,
    /// Number of images with a value in fold 1, in fold 2 and so on.
    pub n: Vec<usize>,
    /// Mean in each fold; null without a value.
    pub means: Vec<Option<f64>>,
    /// Two-sided p of the rank-sum test of two folds; of more, the smallest p of a fold and
    /// all others, adjusted by Bonferroni. Null where a fold has no image.
    pub p: Option<f64>,
    /// The fold of that smallest p, where there are more than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Fold>,
}

/// A submission and an entry on the same images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DifferenceDocument {
    /// Identifier of the entry.
    pub entry: String,
    /// Identifier of the object.
    pub object: String,
    /// Key of the measure.
    pub measure: String,
    /// Mean of the submission less the entry.
    pub mean: Option<f64>,
    /// The 95 % interval of it.
    pub ci95: Option<[f64; 2]>,
    /// Images that both have a value on.
    pub n: usize,
}
