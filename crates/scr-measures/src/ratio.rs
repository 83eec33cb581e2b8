//! Cardiothoracic ratio: width of the heart over that of the lung fields.
//!
//! Not a measure of agreement: radiologists read it off one set of masks and
//! compare it with the ratio of the reference.

use scr_image::Mask;

/// The greatest transverse width of the heart over that of the lung fields: from
/// the leftmost to the rightmost column of each. Range 0 up; above about 0.5 a
/// heart counts as enlarged. `None` when one is empty.
///
/// Columns are equally wide, so that no spacing is needed.
///
/// # Panics
/// When the sizes differ.
///
/// # Source
/// The application on the SCR database's site: "greatest transverse width of the
/// heart / greatest transverse width of the lung fields". That each width is
/// taken over all rows, as radiologists take it, is ours.
///
/// # Examples
/// ```
/// use scr_image::Mask;
/// let heart = Mask::from_text("........ ..##.... ..####..");
/// let lungs = Mask::from_text("##....## ##....## ##....##");
/// assert_eq!(scr_measures::cardiothoracic_ratio(&heart, &lungs), Some(0.5));
/// ```
#[must_use]
pub fn cardiothoracic_ratio(heart: &Mask, lungs: &Mask) -> Option<f64> {
    assert_eq!(heart.size(), lungs.size(), "masks of different sizes are compared");
    let width = |mask: &Mask| mask.bounding_box().map(|area| (area.right - area.left) as f64);
    Some(width(heart)? / width(lungs)?)
}
