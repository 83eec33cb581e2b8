//! The population and its cases: what the crate gives to the outside.

use scr_image::{Mask, Outline, Point, Radiograph, Size};

use crate::anatomy::Anatomy;
use crate::attributes::{Attributes, Sex};
use crate::random::{Purpose, Source};
use crate::{STRUCTURES, nodule, observer, render};

/// Side of the field that is drawn, in mm: 2048 pixels of 0.175 mm.
pub const FIELD_MM: f64 = 358.4;
/// Side of the frame in which outlines are given, in pixels.
pub const OUTLINE_FRAME_PX: usize = 1024;

/// What one observer drew: structure and outline, in the order of [`STRUCTURES`].
///
/// Outlines are in the frame of a 1024 x 1024 image (0.35 mm a pixel), their
/// points are rounded to 1/100 pixel so that they survive being written as text.
pub type Drawing = Vec<(&'static str, Outline)>;

/// Who drew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observer {
    /// The first observer, whose drawing is the reference.
    Reference,
    /// The second observer.
    Second,
}

/// A set of phantom patients.
///
/// A case depends on the seed and its id alone: drawing more images, or drawing
/// them in another order or at once, changes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// How many images.
    pub images: usize,
    /// What all that is random follows from.
    pub seed: u64,
}

/// Images with a nodule among JSRT's 247.
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

    /// Whether there are no images.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.images == 0
    }

    /// How many images have a nodule: JSRT's share of 154 in 247.
    fn with_nodule(&self) -> usize {
        (2 * self.images * WITH_NODULE.0 + WITH_NODULE.1) / (2 * WITH_NODULE.1)
    }

    /// Names in JSRT's manner: those with a nodule (`JPCLN001`, ...), then
    /// those without (`JPCNN001`, ...).
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

    /// The patient at `index` (from 0, in the order of [`ids`](Self::ids)):
    /// anatomy and drawings only, which takes well under a millisecond.
    #[must_use]
    pub fn case(&self, index: usize) -> Case {
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
        let freedom = observer::freedom(&mut opinions);
        let mut reference = Drawing::new();
        let mut second = Drawing::new();
        for (structure, border) in anatomy.borders().into_iter().enumerate() {
            let id = STRUCTURES[structure].0;
            let points = observer::reference(&border.landmarks, &mut clicks);
            reference.push((id, outline(&points)));
            let points = observer::second(structure, &border.landmarks, freedom, &mut opinions);
            second.push((id, outline(&points)));
        }
        Case { id, reference, second, attributes, anatomy, streams }
    }
}

/// Where the random numbers of one image come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streams {
    seed: u64,
    kind: u64,
    number: u64,
}

impl Streams {
    pub(crate) fn source(&self, purpose: Purpose) -> Source {
        Source::new(self.seed, self.kind, self.number, purpose)
    }
}

/// One phantom patient: the drawings of both observers and what is needed to
/// draw the radiograph.
#[derive(Debug, Clone)]
pub struct Case {
    /// The image's name, such as `JPCLN001`.
    pub id: String,
    /// What the first observer drew.
    pub reference: Drawing,
    /// What the second observer drew.
    pub second: Drawing,
    /// Sex, age, nodule.
    pub attributes: Attributes,
    anatomy: Anatomy,
    streams: Streams,
}

impl Case {
    /// The radiograph, `side` x `side` pixels of the same 358.4 mm field: 12
    /// bits, bright where little radiation came through, spacing set.
    ///
    /// Blur and grain are given in mm, so that all sides show the same film;
    /// images under 1024 pixels are drawn larger and averaged. Takes about
    /// 0.15 s at 1024 and 0.5 s at 2048. A side of 0 gives an image without pixels.
    #[must_use]
    pub fn radiograph(&self, side: usize) -> Radiograph {
        render::radiograph(&self.anatomy, &self.attributes, self.streams, side)
    }

    /// An observer's outlines.
    #[must_use]
    pub const fn drawing(&self, observer: Observer) -> &Drawing {
        match observer {
            Observer::Reference => &self.reference,
            Observer::Second => &self.second,
        }
    }

    /// What the first observer clicked before landmarks were made of it: the
    /// same polygons with further points on some sides, more in one image than
    /// in another, so that the points do not correspond.
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

    /// An observer's masks, `side` x `side` pixels: each is the outline, filled.
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

/// Points in mm as an outline in the 1024 frame, within the image, to 1/100 pixel.
fn outline(points: &[Point]) -> Outline {
    let side = OUTLINE_FRAME_PX as f64;
    let pixel = |mm: f64| (mm / FIELD_MM * side).clamp(0.0, side);
    Outline::new(points.iter().map(|p| rounded(Point::new(pixel(p.x), pixel(p.y)))).collect())
}

/// To 1/100 pixel.
fn rounded(point: Point) -> Point {
    let hundredth = |value: f64| (value * 100.0).round() / 100.0;
    Point::new(hundredth(point.x), hundredth(point.y))
}
