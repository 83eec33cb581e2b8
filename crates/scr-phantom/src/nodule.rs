//! Sampling of a nodule: place, size and subtlety.

use scr_image::{Mask, Outline, Size};

use crate::anatomy::Anatomy;
use crate::attributes::Nodule;
use crate::random::Source;

/// Shares of the subtlety degrees 1 to 5 among the nodules.
const SUBTLETY: [f64; 5] = [0.16, 0.19, 0.32, 0.25, 0.08];
/// Pixels of a 2048 frame a mm.
const PX_PER_MM: f64 = 1.0 / 0.175;

/// Samples the nodule of one patient.
pub(crate) fn nodule(anatomy: &Anatomy, source: &mut Source) -> Nodule {
    let mut rest = source.unit();
    let mut subtlety = 5;
    for (degree, share) in (1u8..).zip(SUBTLETY) {
        if rest < share {
            subtlety = degree;
            break;
        }
        rest -= share;
    }
    let size_mm = libm::exp(source.normal(libm::log(15.0), 0.38)).clamp(5.0, 45.0);
    let size_mm = (size_mm * 10.0).round() / 10.0;
    let malignant = source.chance(0.65);
    let lung = &anatomy.chest.lungs[usize::from(source.chance(0.45))];
    let (x, y) = place(&lung.line, size_mm, source);
    Nodule { subtlety, size_mm, x, y, malignant }
}

/// Samples a place in the lung field, in 2048 pixels, with the whole nodule inside if a
/// few attempts succeed.
fn place(line: &[scr_image::Point], size_mm: f64, source: &mut Source) -> (u32, u32) {
    // 1.4 mm a pixel is fine enough to stay inside.
    let scale = 256.0 / 358.4;
    let mask = Mask::filled(Size::square(256), &[Outline::new(line.to_vec()).scaled(scale, scale)]);
    let mut left = 358.4f64;
    let mut right = 0.0f64;
    let mut top = 358.4f64;
    let mut bottom = 0.0f64;
    for p in line {
        (left, right) = (left.min(p.x), right.max(p.x));
        (top, bottom) = (top.min(p.y), bottom.max(p.y));
    }
    let is_inside = |x: f64, y: f64| {
        x >= 0.0 && y >= 0.0 && mask.get((x * scale) as usize, (y * scale) as usize)
    };
    let mut found = (0.5 * (left + right), 0.5 * (top + bottom));
    for attempt in 0..200 {
        let x = source.uniform(left, right);
        let y = source.uniform(top, bottom);
        if !is_inside(x, y) {
            continue;
        }
        found = (x, y);
        let room = if attempt < 120 { 0.5 * size_mm } else { 0.0 };
        if [(-room, 0.0), (room, 0.0), (0.0, -room), (0.0, room)]
            .iter()
            .all(|(dx, dy)| is_inside(x + dx, y + dy))
        {
            break;
        }
    }
    let pixel = |mm: f64| (mm * PX_PER_MM).round().clamp(0.0, 2047.0) as u32;
    (pixel(found.0), pixel(found.1))
}
