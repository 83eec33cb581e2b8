//! Division of structures into the patient's sides, and structures on the wrong side.

use scr_data::Problem;
use scr_image::Size;

use crate::drawn::{self, Layers};
use crate::faults::Faults;
use crate::images::PlannedImage;
use crate::listing::FoundFile;
use crate::sides;
use crate::structures::PlannedStructure;
use crate::words::{Side, side_of, singular};

/// Structures with the side to take of each; both sides of divided ones.
pub(crate) fn sided(
    split_sides: bool,
    structures: Vec<PlannedStructure>,
    images: &[PlannedImage],
    sizes: &[Size],
    files: &[FoundFile],
    notes: &mut Vec<String>,
    faults: &mut Faults,
) -> Vec<(PlannedStructure, Option<Side>)> {
    let mut sided = Vec::new();
    for structure in structures {
        let n_two = structure.shapes.iter().filter(|shape| shape.has_two_sides).count();
        let is_both =
            side_of(&structure.id).is_none() && n_two > 0 && n_two * 2 >= structure.shapes.len();
        if !is_both {
            sided.push((structure, None));
            continue;
        }
        if !split_sides {
            notes.push(format!(
                "`{}` shows two parts side by side in {n_two} of {} images: methods that \
                 learn outlines need sides; --split-sides divides it into right and left",
                structure.id,
                structure.shapes.len()
            ));
            sided.push((structure, None));
            continue;
        }
        for (&at, source) in &structure.masks {
            let mask = drawn::draw(Some(source), sizes[at], files, &mut Layers::default());
            let found = match mask {
                Ok(mask) => sides::part_on(&mask, Side::Right).err(),
                Err(problem) => Some(problem.to_string()),
            };
            if let Some(found) = found {
                let place = format!("`{}` in image `{}`", structure.id, images[at].id);
                let expected = "two large parts side by side, for --split-sides";
                let hint = "divide this mask yourself, or leave out --split-sides";
                faults.push("sides", Problem::new(place, expected, found, hint));
            }
        }
        for side in [Side::Right, Side::Left] {
            let id = format!("{}_{}", side.prefix(), singular(&structure.id));
            let origin = format!("{} part of `{}`, by --split-sides", side.prefix(), structure.id);
            let shapes = Vec::new();
            sided.push((PlannedStructure { id, origin, shapes, ..structure.clone() }, Some(side)));
        }
    }
    if split_sides && sided.iter().all(|(_, side)| side.is_none()) {
        notes.push("--split-sides: no structure shows two parts side by side".to_owned());
    }
    sided
}

/// Notes structures whose side contradicts their place.
pub(crate) fn check_sides(
    structures: &[(PlannedStructure, Option<Side>)],
    notes: &mut Vec<String>,
) {
    for (structure, _) in structures {
        let Some((side, _)) = side_of(&structure.id) else { continue };
        let is_wrong = |x: f64| if side == Side::Right { x > 0.55 } else { x < 0.45 };
        let n_wrong = structure.shapes.iter().filter(|shape| is_wrong(shape.centre_x)).count();
        if n_wrong * 2 > structure.shapes.len() {
            notes.push(format!(
                "`{}` lies on the other side in {n_wrong} of {} images: the patient's right is on \
                 the left of a radiograph; are right and left swapped?",
                structure.id,
                structure.shapes.len()
            ));
        }
    }
}
