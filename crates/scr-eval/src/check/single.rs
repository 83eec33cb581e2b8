//! What one mask and its reference tell by themselves: inverted, empty, or the
//! reference itself.
//!
//! When a mask counts as inverted, `facts.rs` says.

use super::facts::MaskFacts;
use super::warning::grouped;
use super::{Findings, Rule, Warning};

/// A rule about single masks.
struct OfOne {
    rule: Rule,
    holds: fn(&MaskFacts) -> bool,
    words: &'static str,
    hint: &'static str,
}

const RULES: [OfOne; 3] = [
    OfOne {
        rule: Rule::Inverted,
        holds: |mask| mask.is_inverted,
        words: "foreground and background look exchanged",
        hint: "0 is the background: invert the masks when exporting",
    },
    OfOne {
        rule: Rule::Empty,
        holds: |mask| mask.is_empty && !mask.reference_is_empty,
        words: "empty though the reference is not,",
        hint: "a method that finds nothing scores 0 there: if it did find something, look for it \
               in the export",
    },
    OfOne {
        rule: Rule::EqualsReference,
        holds: |mask| mask.is_reference,
        words: "equal to the reference in every pixel",
        hint: "is this the reference itself? what is drawn or computed anew differs somewhere",
    },
];

/// What these rules find, structures together that have it on the same images.
pub(super) fn warnings(findings: &Findings<'_>) -> Vec<Warning> {
    RULES.iter().flat_map(|rule| rule.warnings(findings)).collect()
}

impl OfOne {
    fn warnings(&self, findings: &Findings<'_>) -> Vec<Warning> {
        let found = findings.all_structures().into_iter().map(|place| {
            let images = findings.images.iter().filter(|image| (self.holds)(&image.masks[place]));
            (place, images.map(|image| image.image).collect(), ())
        });
        grouped(found)
            .iter()
            .map(|group| {
                let share = findings.share_of_images(group.images.len());
                let message = format!("{} on {share}", self.words);
                findings.warning(self.rule, &group.structures, &group.images, message, self.hint)
            })
            .collect()
    }
}
