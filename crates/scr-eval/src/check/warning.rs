//! Warning: rule, structures, images, message and hint.

use std::fmt;

use scr_data::Benchmark;
use scr_data::terminal::{TerminalLines, TerminalText};

/// Number of images that the text of a warning names.
const NAMED_IMAGES: usize = 5;

/// Rule of the check, in the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Files of the wrong size, all of them wrong in the same way.
    WrongSize,
    /// Patients with images in more than one fold of a benchmark.
    PatientInTwoFolds,
    /// Images of a benchmark without a radiograph, where others have one.
    MissingRadiograph,
    /// One radiograph under several names.
    IdenticalRadiographs,
    /// Mirrored, turned or transposed.
    Orientation,
    /// Scaled or shifted against the borders that the radiographs show.
    BesideAnatomy,
    /// The right structure's mask under the left one's name, and the reverse.
    LeftRightSwap,
    /// Masks at another scale than the images.
    ScaledContent,
    /// Masks shifted against the images.
    ShiftedContent,
    /// Foreground and background exchanged.
    Inverted,
    /// Empty mask where the reference is not empty.
    Empty,
    /// Masks equal to the reference.
    EqualsReference,
    /// One mask for several structures.
    IdenticalStructures,
    /// One mask for several images.
    IdenticalMasks,
    /// Far outside the range of the set's other masks.
    Outlier,
}

impl Rule {
    /// Key of the rule in reports; keys never change.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::WrongSize => "wrong_size",
            Self::PatientInTwoFolds => "patient_in_two_folds",
            Self::MissingRadiograph => "missing_radiograph",
            Self::IdenticalRadiographs => "identical_radiographs",
            Self::Orientation => "orientation",
            Self::BesideAnatomy => "beside_anatomy",
            Self::LeftRightSwap => "left_right_swap",
            Self::ScaledContent => "scaled_content",
            Self::ShiftedContent => "shifted_content",
            Self::Inverted => "inverted",
            Self::Empty => "empty",
            Self::EqualsReference => "equals_reference",
            Self::IdenticalStructures => "identical_structures",
            Self::IdenticalMasks => "identical_masks",
            Self::Outlier => "outlier",
        }
    }

    /// True when the rule is about the whole set, not about the images that a warning names.
    #[must_use]
    pub const fn is_of_the_whole_set(self) -> bool {
        matches!(
            self,
            Self::Orientation | Self::BesideAnatomy | Self::ScaledContent | Self::ShiftedContent
        )
    }
}

/// Suspicion about some structures in some images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Rule that raised the warning.
    pub rule: Rule,
    /// Identifiers of the structures concerned; empty for a rule about images.
    pub structures: Vec<String>,
    /// Identifiers of all images concerned, in the benchmark's order, never empty.
    pub images: Vec<String>,
    /// Observation.
    pub message: String,
    /// Advice.
    pub hint: String,
}

impl Warning {
    /// A warning about structures and images, by their indices in the benchmark.
    pub(crate) fn of(
        benchmark: &Benchmark,
        rule: Rule,
        (structures, images): (&[usize], &[usize]),
        message: String,
        hint: &str,
    ) -> Self {
        Self {
            rule,
            structures: structures.iter().map(|&s| benchmark.structures[s].id.clone()).collect(),
            images: images.iter().map(|&i| benchmark.images[i].id.clone()).collect(),
            message,
            hint: hint.to_owned(),
        }
    }
}

impl fmt::Display for Warning {
    /// The layout of a [`Problem`](scr_data::Problem): place and finding, then a hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule.key();
        let structures = self.structures.join(", ");
        write!(f, "{rule}: ")?;
        if !structures.is_empty() {
            write!(f, "{}: ", TerminalText(&structures))?;
        }
        write!(f, "{}", TerminalLines(&self.message))?;
        let named = self.images.len().min(NAMED_IMAGES);
        write!(f, "\n    images: {}", TerminalText(&self.images[..named].join(", ")))?;
        if named < self.images.len() {
            write!(f, " and {} more", self.images.len() - named)?;
        }
        write!(f, "\n    hint: {}", TerminalLines(&self.hint))
    }
}

/// Structures with the same finding on the same images. Structures are places among
/// those covered, images are indices into the benchmark's.
pub(crate) struct Group<T> {
    pub(crate) structures: Vec<usize>,
    pub(crate) images: Vec<usize>,
    pub(crate) detail: T,
}

/// Groups structures with the same finding on the same images: a failure on an image is
/// reported once, not once a structure. Leaves out structures without images.
pub(crate) fn grouped<T: PartialEq>(
    found: impl IntoIterator<Item = (usize, Vec<usize>, T)>,
) -> Vec<Group<T>> {
    let mut groups: Vec<Group<T>> = Vec::new();
    for (structure, images, detail) in found {
        if images.is_empty() {
            continue;
        }
        let same = groups.iter_mut().find(|group| group.images == images && group.detail == detail);
        match same {
            Some(group) => group.structures.push(structure),
            None => groups.push(Group { structures: vec![structure], images, detail }),
        }
    }
    groups
}

/// Share of images in words: `3 of 37 images`.
pub(crate) fn share_of_images(count: usize, all: usize) -> String {
    format!("{count} of {all} image{}", if all == 1 { "" } else { "s" })
}
