//! Rules about single masks: inverted, empty, or equal to the reference.
//!
//! `facts.rs` defines an inverted mask.

use super::facts::MaskFacts;
use super::set_facts::SetFacts;
use super::warning::{Rule, Warning, grouped};

/// Rule about single masks.
struct SingleMaskRule {
    rule: Rule,
    holds: fn(&MaskFacts) -> bool,
    words: &'static str,
    hint: &'static str,
}

const RULES: [SingleMaskRule; 3] = [
    SingleMaskRule {
        rule: Rule::Inverted,
        holds: |mask| mask.is_inverted,
        words: "foreground and background look exchanged",
        hint: "0 is the background: invert the masks when exporting",
    },
    SingleMaskRule {
        rule: Rule::Empty,
        holds: |mask| mask.is_empty && !mask.reference_is_empty,
        words: "empty though the reference is not,",
        hint: "a method that finds nothing scores 0 there: if it did find something, look for it \
               in the export",
    },
    SingleMaskRule {
        rule: Rule::EqualsReference,
        holds: |mask| mask.is_reference,
        words: "equal to the reference in every pixel",
        hint: "is this the reference itself? an independent mask differs in some pixels",
    },
];

/// Warnings of these rules, one for all structures with the same images.
pub(super) fn warnings(set: &SetFacts<'_>) -> Vec<Warning> {
    RULES.iter().flat_map(|rule| rule.warnings(set)).collect()
}

impl SingleMaskRule {
    fn warnings(&self, set: &SetFacts<'_>) -> Vec<Warning> {
        let found = set.all_structures().into_iter().map(|place| {
            let images = set.images.iter().filter(|image| (self.holds)(&image.masks[place]));
            (place, images.map(|image| image.image).collect(), ())
        });
        grouped(found)
            .iter()
            .map(|group| {
                let share = set.share_of_images(group.images.len());
                let message = format!("{} on {share}", self.words);
                set.warning(self.rule, &group.structures, &group.images, message, self.hint)
            })
            .collect()
    }
}
