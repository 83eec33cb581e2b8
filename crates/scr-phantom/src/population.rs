//! Population of phantoms: the public interface of the crate.

use scr_image::{Mask, Outline, Point, Radiograph, Size};

use crate::anatomy::Anatomy;
use crate::attributes::{Attributes, Sex};
use crate::field::{FIELD_MM, OUTLINE_FRAME_PX};
use crate::random::{Purpose, Source, Streams};
use crate::structures::STRUCTURES;
use crate::{nodule, observer, render};

/// Drawing of one observer: structure and outline, in the order of [`STRUCTURES`].
///
/// Outlines are in the frame of a 1024 x 1024 image (0.35 mm a pixel). Points are rounded
/// to 1/100 pixel, so that they read back unchanged from text.
pub type Drawing = Vec<(&'static str, Outline)>;

/// Observer of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observer {
    /// The first observer, whose drawing is the reference.
    Reference,
    /// The second observer.
    Second,
}

/// Population of phantoms.
///
/// A phantom depends only on the seed and its id: neither the number of images nor the
/// order of drawing changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// Number of images.
    pub images: usize,
    /// Seed of all random numbers.
    pub seed: u64,
}

/// Number of images with a nodule, and of all images, in JSRT.
const WITH_NODULE: (usize, usize) = (154, 247);

impl Population {
    /// `images` patients of the population `seed`.
    #[must_use]
    pub const fn new(images: usize, seed: u64) -> Self {
        Self { images, seed }
    }

    /// Number of images.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.images
    }

    /// True without images.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.images == 0
    }

    /// Number of images with a nodule: JSRT's share of 154 in 247.
    fn with_nodule(&self) -> usize {
        (2 * self.images * WITH_NODULE.0 + WITH_NODULE.1) / (2 * WITH_NODULE.1)
    }

    /// Identifiers in the style of JSRT: images with a nodule (`JPCLN001`, ...), then images
    /// without (`JPCNN001`, ...).
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        (0..self.images).map(|index| self.name(index).2).collect()
    }

    fn name(&self, index: usize) -> (bool, usize, String) {
        let nodules = self.with_nodule();
        if index < nodules {
            (true, index + 1, format!("JPCLN{:03}", index + 1))
        } else {
            let number = index - nodules + 1;
            (false, number, format!("JPCNN{number:03}"))
        }
    }

    /// The phantom at `index` (from 0, in the order of [`ids`](Self::ids)): anatomy and
    /// drawings only, which takes well under a millisecond.
    #[must_use]
    pub fn phantom(&self, index: usize) -> Phantom {
        let (has_nodule, number, id) = self.name(index);
        let streams =
            Streams { seed: self.seed, kind: u64::from(has_nodule), number: number as u64 };
        let anatomy = Anatomy::new(|purpose| streams.source(purpose));
        let nodule =
            has_nodule.then(|| nodule::nodule(&anatomy, &mut streams.source(Purpose::Nodule)));
        let attributes = Attributes {
            sex: if anatomy.patient.female { Sex::Female } else { Sex::Male },
            age: anatomy.patient.age.round() as u32,
            nodule,
        };
        let mut clicks = streams.source(Purpose::Clicks);
        let mut opinions = streams.source(Purpose::SecondObserver);
        let variability = observer::variability(&mut opinions);
        let mut reference = Drawing::new();
        let mut second = Drawing::new();
        for (structure, border) in anatomy.borders().into_iter().enumerate() {
            let id = STRUCTURES[structure].0;
            let points = observer::reference(&border.landmarks, &mut clicks);
            reference.push((id, outline(&points)));
            let points = observer::second(structure, &border.landmarks, variability, &mut opinions);
            second.push((id, outline(&points)));
        }
        Phantom { id, reference, second, attributes, anatomy, streams }
    }
}

/// Phantom: one patient with the drawings of both observers, from which the radiograph is
/// drawn.
#[derive(Debug, Clone)]
pub struct Phantom {
    /// Identifier of the image, such as `JPCLN001`.
    pub id: String,
    /// Drawing of the first observer.
    pub reference: Drawing,
    /// Drawing of the second observer.
    pub second: Drawing,
    /// Clinical attributes: sex, age, nodule.
    pub attributes: Attributes,
    anatomy: Anatomy,
    streams: Streams,
}

impl Phantom {
    /// Draws the radiograph, `side` x `side` pixels of the same 358.4 mm field: 12 bits,
    /// bright where little radiation passes, with its spacing.
    ///
    /// Blur and grain are in mm, so that all sides show the same film; images below 1024
    /// pixels are drawn larger and averaged. Takes about 0.15 s at 1024 and 0.5 s at 2048. A
    /// side of 0 gives an image without pixels.
    #[must_use]
    pub fn radiograph(&self, side: usize) -> Radiograph {
        render::radiograph(&self.anatomy, &self.attributes, self.streams, side)
    }

    /// Outlines of an observer.
    #[must_use]
    pub const fn drawing(&self, observer: Observer) -> &Drawing {
        match observer {
            Observer::Reference => &self.reference,
            Observer::Second => &self.second,
        }
    }

    /// Clicked points of the first observer, before the landmarks: the same polygons with
    /// further points on some sides, whose number varies by image, so that the points do not
    /// correspond.
    pub(crate) fn clicked(&self) -> Drawing {
        let mut source = self.streams.source(Purpose::ExtraClicks);
        let share = source.uniform(0.2, 0.8);
        let clicked = |outline: &Outline, source: &mut Source| {
            let mut points = Vec::new();
            for (start, end) in outline.sides() {
                points.push(start);
                if source.chance(share) {
                    points.push(rounded(start.towards(end, source.uniform(0.3, 0.7))));
                }
            }
            Outline::new(points)
        };
        self.reference.iter().map(|(id, outline)| (*id, clicked(outline, &mut source))).collect()
    }

    /// Masks of an observer, `side` x `side` pixels: the filled outlines.
    #[must_use]
    pub fn masks(&self, observer: Observer, side: usize) -> Vec<(&'static str, Mask)> {
        let scale = side as f64 / OUTLINE_FRAME_PX as f64;
        self.drawing(observer)
            .iter()
            .map(|(id, outline)| {
                (*id, Mask::filled(Size::square(side), &[outline.scaled(scale, scale)]))
            })
            .collect()
    }
}

/// Converts points in mm to an outline in the 1024 frame, within the image, rounded to
/// 1/100 pixel.
fn outline(points: &[Point]) -> Outline {
    let side = OUTLINE_FRAME_PX as f64;
    let pixel = |mm: f64| (mm / FIELD_MM * side).clamp(0.0, side);
    Outline::new(points.iter().map(|p| rounded(Point::new(pixel(p.x), pixel(p.y)))).collect())
}

/// Rounds to 1/100 pixel.
fn rounded(point: Point) -> Point {
    let hundredth = |value: f64| (value * 100.0).round() / 100.0;
    Point::new(hundredth(point.x), hundredth(point.y))
}
