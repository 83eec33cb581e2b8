//! A warning: which rule speaks, of what, and what to do.

use std::fmt;

use scr_data::terminal::{Shown, ShownLines};

use super::Findings;

/// How many images the text of a warning names.
const NAMED_IMAGES: usize = 5;

/// What was looked for, in the order in which reports show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Files of the wrong size, all of them wrong in the same way.
    WrongSize,
    /// Mirrored, turned or transposed.
    Orientation,
    /// The right structure's mask under the left one's name, and the reverse.
    LeftRightSwap,
    /// Drawn at another scale than the images.
    ScaledContent,
    /// Drawn beside where the images have it.
    ShiftedContent,
    /// Foreground and background exchanged.
    Inverted,
    /// No pixel where the reference has some.
    Empty,
    /// The reference itself.
    EqualsReference,
    /// One mask for several images.
    IdenticalMasks,
    /// Far outside the range of the set's other masks.
    Outlier,
}

impl Rule {
    /// Its key in written reports; keys never change.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::WrongSize => "wrong_size",
            Self::Orientation => "orientation",
            Self::LeftRightSwap => "left_right_swap",
            Self::ScaledContent => "scaled_content",
            Self::ShiftedContent => "shifted_content",
            Self::Inverted => "inverted",
            Self::Empty => "empty",
            Self::EqualsReference => "equals_reference",
            Self::IdenticalMasks => "identical_masks",
            Self::Outlier => "outlier",
        }
    }
}

/// Something suspicious about some structures in some images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The rule that speaks.
    pub rule: Rule,
    /// Identifiers of the structures concerned, never empty.
    pub structures: Vec<String>,
    /// Identifiers of all images concerned, in the benchmark's order, never empty.
    pub images: Vec<String>,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Warning {
    /// As [`Problem`](scr_data::Problem) has it: place and finding, then a hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, structures) = (self.rule.key(), self.structures.join(", "));
        write!(f, "{rule}: {}: {}", Shown(&structures), ShownLines(&self.message))?;
        let named = self.images.len().min(NAMED_IMAGES);
        write!(f, "\n    images: {}", Shown(&self.images[..named].join(", ")))?;
        if named < self.images.len() {
            write!(f, " and {} more", self.images.len() - named)?;
        }
        write!(f, "\n    hint: {}", ShownLines(&self.hint))
    }
}

/// Structures, by their place among those covered, that have one thing to say of
/// the same images, as indices into the benchmark's.
pub(super) struct Group<T> {
    pub(super) structures: Vec<usize>,
    pub(super) images: Vec<usize>,
    pub(super) detail: T,
}

/// Joins structures of which the same holds in the same images, so that a method
/// that failed on an image is named once and not for each structure. Structures
/// without images are left out.
pub(super) fn grouped<T: PartialEq>(
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

impl Findings<'_> {
    /// A warning about structures, by their place among those covered, and images,
    /// by their index in the benchmark.
    pub(super) fn warning(
        &self,
        rule: Rule,
        structures: &[usize],
        images: &[usize],
        message: String,
        hint: &str,
    ) -> Warning {
        let structure = |&place: &usize| &self.benchmark.structures[self.structures[place]];
        Warning {
            rule,
            structures: structures.iter().map(|place| structure(place).id.clone()).collect(),
            images: images.iter().map(|&i| self.benchmark.images[i].id.clone()).collect(),
            message,
            hint: hint.to_owned(),
        }
    }

    /// The places of all structures covered.
    pub(super) fn all_structures(&self) -> Vec<usize> {
        (0..self.structures.len()).collect()
    }

    /// `3 of 37 images`, of those that could be read.
    pub(super) fn share_of_images(&self, count: usize) -> String {
        let all = self.images.len();
        format!("{count} of {all} image{}", if all == 1 { "" } else { "s" })
    }
}
