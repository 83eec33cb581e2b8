//! Majority voting of several methods.

use std::sync::Arc;

use scr_image::{Mask, Size};
use serde::{Deserialize, Serialize};

use crate::info::STUDY;
use crate::method::train_once;
use crate::stored::{at_most, count, equal, read};
use crate::unet::{UNET_PARAMETERS, member_parameters};
use crate::{
    ActiveAppearance, ActiveShape, GreyImage, Hybrid, Insight, Method, MethodError, MethodInfo,
    ModelDeclaration, ModelFault, Parameters, PixelClassificationPost, PixelClassifier, Posterior,
    Progress, Segmenter, Subject, TrainingSet, UnetMethod, UnetShape, Votes,
};

/// Majority voting method: of the study's three, `asm-tuned`, `aam-whiskers-bfgs` and
/// `pc-post`, of these and the hybrids `asm-pc-grey` and `aam-pc`, or of `unet`, `unet-asm` and
/// `asm-pc-grey`.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap, and need not be in one piece. A pixel belongs to a
/// structure when more than half of the members label it so. Deterministic for a
/// seed, which selects the pixel classifier's samples. Cost: that of all members, which
/// share one pixel classifier.
///
/// # Parameters
/// `voting-today` has those of `unet`, with `unet_` before their names. All else are the
/// members' defaults.
///
/// # Limits
/// Corrects errors that the members make at different places. Common errors of most remain.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002: majority voting of the best method of each family.
/// The votes of hybrids are this project's own.
#[derive(Clone, Copy)]
pub struct Voting {
    info: &'static MethodInfo,
    members: &'static [&'static dyn Method],
}

static FAMILY_MEMBERS: [&dyn Method; 3] =
    [&ActiveShape::TUNED, &ActiveAppearance::WHISKERS_BFGS, &PixelClassificationPost];

static ALL_MEMBERS: [&dyn Method; 5] = [
    &ActiveShape::TUNED,
    &ActiveAppearance::WHISKERS_BFGS,
    &PixelClassificationPost,
    &Hybrid::SHAPE_AND_GREY,
    &Hybrid::APPEARANCE,
];

static TODAY_MEMBERS: [&dyn Method; 3] = [&Hybrid::SHAPE_AND_GREY, &UnetMethod, &UnetShape];

impl Voting {
    /// Voting of the best method of each family.
    pub const FAMILIES: Self = Self { info: &FAMILIES, members: &FAMILY_MEMBERS };
    /// Voting of these and of the hybrids.
    pub const WITH_HYBRIDS: Self = Self { info: &WITH_HYBRIDS, members: &ALL_MEMBERS };
    /// Voting of a U-Net, alone and under a shape model, and of the best classical hybrid.
    pub const TODAY: Self = Self { info: &TODAY, members: &TODAY_MEMBERS };
}

static FAMILIES: MethodInfo = MethodInfo {
    id: "voting",
    version: "1.5.0",
    name: "Voting",
    summary: "A pixel belongs to a structure when at least two of ASM tuned, AAM whiskers \
              + BFGS and pixel classification, post-processed, say so.",
    source: STUDY,
    verified: "Majority voting, as the source's abstract words it; that these three vote \
               is common knowledge of the study.",
    is_quick: false,
    has_posterior: true,
    parameters: &[],
};

static WITH_HYBRIDS: MethodInfo = MethodInfo {
    id: "voting-hybrids",
    version: "1.3.0",
    name: "Voting with hybrids",
    summary: "A pixel belongs to a structure when at least three of ASM tuned, AAM \
              whiskers + BFGS, pixel classification, post-processed, ASM/PC hybrid \
              with grey values and AAM/PC hybrid say so.",
    verified: "Majority voting is the source's; that hybrids vote too is this \
               project's own.",
    ..FAMILIES
};

static TODAY: MethodInfo = MethodInfo {
    id: "voting-today",
    version: "1.0.0",
    name: "Voting of today",
    summary: "A pixel belongs to a structure when at least two of U-Net, ASM/U-Net hybrid and \
              ASM/PC hybrid with grey values say so.",
    verified: "Majority voting is the source's; the members are this project's own choice.",
    parameters: &UNET_PARAMETERS,
    ..FAMILIES
};

impl Method for Voting {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let member = |&method: &&'static dyn Method| {
            let own = member_parameters(parameters, method.info());
            Ok((method, train_once(method, set, &own, seed, progress)?))
        };
        let members = self.members.iter().map(member).collect::<Result<_, MethodError>>()?;
        Ok(Arc::new(Committee { members }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |CommitteeFile { members }| {
            count("members", members.len(), self.members.len())?;
            let member = |(method, found): (&&'static dyn Method, &MemberFile)| {
                let (id, version, bytes) = found;
                equal("method", &id.as_str(), &method.info().id)?;
                equal("method_version", &version.as_str(), &method.info().version)?;
                let parameters = &member_parameters(declared.parameters, method.info());
                let declared = ModelDeclaration { parameters, ..declared };
                let restored = method.restore(bytes, declared);
                Ok((*method, restored.map_err(|fault| fault.within(id))?))
            };
            let members = self.members.iter().zip(&members).map(member);
            let members = members.collect::<Result<_, ModelFault>>()?;
            Ok(Arc::new(Committee { members }) as Arc<dyn Segmenter>)
        })
    }
}

/// Identifier, version and payload of a member.
type MemberFile = (String, String, Vec<u8>);

/// Members in a model file.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CommitteeFile {
    #[serde(deserialize_with = "at_most::<_, _, 8>")]
    pub(crate) members: Vec<MemberFile>,
}

/// Segmenter of all members.
struct Committee {
    members: Vec<(&'static dyn Method, Arc<dyn Segmenter>)>,
}

impl Committee {
    /// Masks of each member.
    fn votes(&self, subject: &Subject<'_>) -> Result<Vec<Vec<Mask>>, MethodError> {
        self.members.iter().map(|(_, trained)| trained.segment(subject)).collect()
    }
}

impl Segmenter for Committee {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        Ok(majorities(&self.votes(subject)?))
    }

    fn classifier(&self) -> Option<&PixelClassifier> {
        self.members.iter().find_map(|(_, trained)| trained.classifier())
    }

    fn posterior(&self, subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        let (size, votes) = (subject.radiograph().size(), self.votes(subject)?);
        let share = |structure: usize| {
            share_of(size, votes.iter().map(|masks| &masks[structure]), votes.len())
        };
        Ok(Some(Posterior::new(size, (0..votes[0].len()).map(share).collect())))
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let votes = self.votes(subject)?;
        let vote = majorities(&votes);
        let names = self.members.iter().map(|(method, _)| method.info().id);
        let members = names.zip(votes).collect();
        Ok(vec![Insight::Votes(Votes { members, vote })])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let member = |(method, trained): &(&dyn Method, Arc<dyn Segmenter>)| {
            (method.info().id, method.info().version, trained.to_bytes())
        };
        let members: Vec<_> = self.members.iter().map(member).collect();
        postcard::to_stdvec(&members).expect("numbers in memory can always be written")
    }
}

/// Majority of each structure, from the masks of all members.
fn majorities(votes: &[Vec<Mask>]) -> Vec<Mask> {
    let votes_on = |structure| votes.iter().map(move |masks| &masks[structure]);
    (0..votes[0].len()).map(|structure| majority(votes_on(structure))).collect()
}

/// Pixels in more than half of the masks, counted mask by mask for all pixels at once.
fn majority<'a>(masks: impl Iterator<Item = &'a Mask> + Clone) -> Mask {
    let (n_masks, size) = (masks.clone().count(), masks.clone().next().map(Mask::size));
    let nothing = Mask::empty(size.unwrap_or(Size::square(1)));
    // At index m: pixels in more than m of the masks so far.
    let mut more_than = vec![nothing; n_masks / 2 + 1];
    for mask in masks {
        for m in (0..more_than.len()).rev() {
            let more = if m == 0 { mask.clone() } else { mask & &more_than[m - 1] };
            more_than[m] = &more_than[m] | &more;
        }
    }
    more_than.pop().expect("at least one mask is more than half")
}

/// Share of the masks that contain each pixel.
fn share_of<'a>(size: Size, masks: impl Iterator<Item = &'a Mask>, n_masks: usize) -> GreyImage {
    let mut values = vec![0.0; size.area()];
    for mask in masks {
        for row in 0..size.height {
            for col in mask.columns_in_row(row) {
                values[row * size.width + col] += 1.0 / n_masks as f32;
            }
        }
    }
    GreyImage::new(size, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_three_are_a_majority_and_two_of_four_are_not() {
        let masks = ["####....", "##..##..", "#.#.#..."].map(Mask::from_text);
        assert_eq!(majority(masks.iter()), Mask::from_text("###.#..."));
        let four = [&masks[0], &masks[1], &masks[2], &masks[2]];
        assert_eq!(majority(four.into_iter()), Mask::from_text("#.#.#..."));
        assert_eq!(majority(masks[..1].iter()), masks[0]);
    }

    #[test]
    fn shares_are_of_all_masks() {
        let masks = ["##..", "#...", "#.#.", "...."].map(Mask::from_text);
        let share = share_of(Size::new(4, 1), masks.iter(), 4);
        assert_eq!(share.values(), [0.75, 0.25, 0.25, 0.0]);
    }
}
