//! Drawings of annotation software: polygons, ellipses, runs and small masks, which are filled
//! by the rule of `scr-image`: a pixel belongs to a shape when its centre does.
//!
//! Coordinates have their origin at the upper left corner of the image's first pixel, as in
//! COCO, CVAT, LabelMe and V7.

use scr_image::{Mask, Outline, Point, Size};

use crate::runs::Runs;

/// Maximum number of rows that all sides of a polygon cross together.
const MAX_CROSSINGS: f64 = 32e6;

/// Part of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Polygons filled together by the even-odd rule: one within another is a hole.
    Polygons(Vec<Outline>),
    /// Polygon in shares of the image's width and height, as YOLO writes them.
    Shares(Outline),
    /// Ellipse.
    Ellipse {
        /// Centre.
        centre: Point,
        /// Half axes along x and y, before the rotation.
        radii: (f64, f64),
        /// Rotation from x towards y, in radians.
        angle: f64,
    },
    /// Runs over the whole image; `size` is the image's, where the document says so.
    Runs {
        /// Runs of set pixels.
        runs: Runs,
        /// Stated size.
        size: Option<Size>,
    },
    /// Small mask at a place.
    Window {
        /// Column of its first pixel.
        left: usize,
        /// Row of its first pixel.
        top: usize,
        /// Set pixels.
        mask: Mask,
    },
}

/// Drawing of a structure in an image: the union of its parts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Drawing {
    /// Parts.
    pub(crate) parts: Vec<Part>,
}

impl Drawing {
    /// Draws a mask of `size`.
    ///
    /// # Errors
    /// The reason, in words, when a part does not fit the image.
    pub(crate) fn draw(&self, size: Size) -> Result<Mask, String> {
        let mut mask = Mask::empty(size);
        for part in &self.parts {
            match part {
                Part::Polygons(outlines) => mask = &mask | &filled(size, outlines)?,
                Part::Shares(outline) => {
                    let outline = outline.scaled(size.width as f64, size.height as f64);
                    mask = &mask | &filled(size, &[outline])?;
                }
                Part::Ellipse { centre, radii, angle } => {
                    mask = &mask | &ellipse(size, *centre, *radii, *angle);
                }
                Part::Runs { size: Some(stated), .. } if *stated != size => {
                    return Err(format!("runs of a {stated} image"));
                }
                Part::Runs { runs, .. } => {
                    // Parts may share pixels, so each has a mask of its own.
                    let mut part = Mask::empty(size);
                    runs.draw(&mut part)?;
                    mask = &mask | &part;
                }
                Part::Window { left, top, mask: window } => {
                    place(&mut mask, *left, *top, window)?;
                }
            }
        }
        Ok(mask)
    }
}

/// Rectangle between two corners.
pub(crate) fn rectangle(from: Point, to: Point) -> Part {
    let corners = [from, Point::new(to.x, from.y), to, Point::new(from.x, to.y)];
    Part::Polygons(vec![Outline::new(corners.to_vec())])
}

fn filled(size: Size, outlines: &[Outline]) -> Result<Mask, String> {
    let height = size.height as f64;
    let mut crossings = 0.0;
    for (start, end) in outlines.iter().flat_map(Outline::sides) {
        if ![start.x, start.y, end.x, end.y].iter().all(|value| value.is_finite()) {
            return Err("a point that is not finite".to_owned());
        }
        crossings += (start.y.clamp(0.0, height) - end.y.clamp(0.0, height)).abs() + 1.0;
    }
    if crossings > MAX_CROSSINGS {
        return Err(format!("a polygon whose sides cross {crossings:.0} rows in all"));
    }
    Ok(Mask::filled(size, outlines))
}

fn ellipse(size: Size, centre: Point, radii: (f64, f64), angle: f64) -> Mask {
    let (sin, cos) = angle.sin_cos();
    Mask::from_fn(size, |col, row| {
        let (x, y) = (col as f64 + 0.5 - centre.x, row as f64 + 0.5 - centre.y);
        let (along, across) = (x * cos + y * sin, y * cos - x * sin);
        (along / radii.0).powi(2) + (across / radii.1).powi(2) <= 1.0
    })
}

fn place(mask: &mut Mask, left: usize, top: usize, window: &Mask) -> Result<(), String> {
    let (image, size) = (mask.size(), window.size());
    let fits = |start: usize, length: usize, limit: usize| {
        start.checked_add(length).is_some_and(|end| end <= limit)
    };
    if !fits(left, size.width, image.width) || !fits(top, size.height, image.height) {
        return Err(format!("a mask of {size} pixels at column {left}, row {top}"));
    }
    for row in 0..size.height {
        for col in window.columns_in_row(row) {
            mask.set(left + col, top + row);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Order;

    #[test]
    fn parts_are_united_and_a_polygon_within_is_a_hole() {
        let square =
            |from: f64, to: f64| match rectangle(Point::new(from, from), Point::new(to, to)) {
                Part::Polygons(outlines) => outlines,
                _ => Vec::new(),
            };
        let ring = Part::Polygons([square(0.0, 5.0), square(1.0, 4.0)].concat());
        let window = Part::Window { left: 2, top: 2, mask: Mask::from_text("#") };
        let drawing = Drawing { parts: vec![ring, window] };
        let mask = drawing.draw(Size::square(5)).unwrap();
        assert_eq!(mask, Mask::from_text("##### #...# #.#.# #...# #####"));
        assert!(drawing.draw(Size::square(2)).is_err(), "the window lies outside");
    }

    #[test]
    fn an_ellipse_holds_the_centres_within() {
        let part = Part::Ellipse { centre: Point::new(2.5, 1.5), radii: (2.1, 1.1), angle: 0.0 };
        let mask = Drawing { parts: vec![part] }.draw(Size::new(5, 3)).unwrap();
        assert_eq!(mask, Mask::from_text("..#.. ##### ..#.."));
    }

    #[test]
    fn a_polygon_that_would_cost_minutes_is_refused() {
        let zigzag = (0..1 << 17).map(|i| Point::new(f64::from(i % 3), f64::from(i % 2) * 8e3));
        let part = Part::Polygons(vec![Outline::new(zigzag.collect())]);
        assert!(Drawing { parts: vec![part] }.draw(Size::square(8000)).is_err());
        let part = rectangle(Point::new(f64::NAN, 0.0), Point::new(1.0, 1.0));
        assert!(Drawing { parts: vec![part] }.draw(Size::square(8)).is_err());
    }

    #[test]
    fn runs_of_another_size_are_refused() {
        let runs = Runs { order: Order::Rows, runs: vec![(0, 2)] };
        let part = Part::Runs { runs, size: Some(Size::new(2, 1)) };
        let drawing = Drawing { parts: vec![part] };
        assert_eq!(drawing.draw(Size::new(2, 1)), Ok(Mask::from_text("##")));
        assert!(drawing.draw(Size::new(1, 2)).is_err());
    }
}
