//! Training part: the images of a benchmark that a model learns from.

use std::fmt;

use scr_data::{Benchmark, Fold, Image, Protocol};
use serde::{Deserialize, Serialize};

/// Part of a benchmark that a model is trained on. In JSON a fold, or `{"held_out": FOLD}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TrainingPart {
    /// All images of a fold.
    Fold(Fold),
    /// All images but those of a fold, in k-fold cross-validation.
    AllBut {
        /// The fold that is left out, to be segmented.
        held_out: Fold,
    },
}

impl TrainingPart {
    /// Part to train on, to segment `fold`; none where the protocol trains on nothing or does
    /// not score the fold.
    ///
    /// ```
    /// use scr_data::{Fold, Protocol};
    /// use scr_methods::TrainingPart;
    /// let part = TrainingPart::to_segment(Protocol::TwoFold, Fold::Number(2));
    /// assert_eq!(part, Some(TrainingPart::Fold(Fold::Number(1))));
    /// let part = TrainingPart::to_segment(Protocol::KFold, Fold::Number(2));
    /// assert_eq!(part.unwrap().to_string(), "all folds but 2");
    /// ```
    #[must_use]
    pub fn to_segment(protocol: Protocol, fold: Fold) -> Option<Self> {
        match (protocol, fold) {
            (Protocol::TwoFold, Fold::Number(1)) => Some(Self::Fold(Fold::Number(2))),
            (Protocol::TwoFold, Fold::Number(2)) => Some(Self::Fold(Fold::Number(1))),
            (Protocol::KFold, held_out) if protocol.has(fold) => Some(Self::AllBut { held_out }),
            (Protocol::Split, Fold::TEST) => Some(Self::Fold(Fold::TRAIN)),
            _ => None,
        }
    }

    /// True when some protocol trains on this part.
    #[must_use]
    pub fn is_valid(self) -> bool {
        let folds = (1..=Protocol::MAX_FOLDS).map(Fold::Number).chain([Fold::TEST]);
        folds
            .flat_map(|fold| Protocol::ALL.map(|protocol| Self::to_segment(protocol, fold)))
            .any(|part| part == Some(self))
    }

    /// Images of the part, in the order of the benchmark's table.
    #[must_use]
    pub fn images(self, benchmark: &Benchmark) -> Vec<&Image> {
        let is_in = |image: &&Image| match self {
            Self::Fold(fold) => image.fold == fold,
            Self::AllBut { held_out } => image.fold != held_out,
        };
        benchmark.all_images().filter(is_in).collect()
    }

    /// Name in names of files: `fold1`, `train`, `held-out3`.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::Fold(fold) => fold.folder(),
            Self::AllBut { held_out } => format!("held-out{held_out}"),
        }
    }
}

impl From<Fold> for TrainingPart {
    fn from(fold: Fold) -> Self {
        Self::Fold(fold)
    }
}

/// Name in sentences: `fold 1`, `the training set`, `all folds but 3`.
impl fmt::Display for TrainingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fold(fold) => f.write_str(&fold.phrase()),
            Self::AllBut { held_out } => write!(f, "all folds but {held_out}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_protocol_trains_on_is_valid() {
        let held_out = |number| TrainingPart::AllBut { held_out: Fold::Number(number) };
        for (part, json) in [
            (TrainingPart::Fold(Fold::Number(1)), "1"),
            (TrainingPart::Fold(Fold::TRAIN), "\"train\""),
            (held_out(1), "{\"held_out\":1}"),
            (held_out(20), "{\"held_out\":20}"),
        ] {
            assert!(part.is_valid(), "{part}");
            assert_eq!(serde_json::to_string(&part).unwrap(), json);
            assert_eq!(serde_json::from_str::<TrainingPart>(json).unwrap(), part);
        }
        for fold in [Fold::Number(0), Fold::Number(3), Fold::TEST, Fold::VALIDATION, Fold::ALL] {
            assert!(!TrainingPart::Fold(fold).is_valid(), "{fold}");
        }
        for part in [held_out(0), held_out(21), TrainingPart::AllBut { held_out: Fold::TEST }] {
            assert!(!part.is_valid(), "{part}");
        }
    }
}
