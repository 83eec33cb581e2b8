//! Transform from the patient's frame to the film's.
//!
//! The patient's frame has its origin on the midline halfway down the lungs,
//! x towards the patient's left (the image's right), y down, in mm. The film's
//! has its origin in the upper left corner, in mm as well.

use scr_image::Point;

use crate::random::Source;

/// Position of the patient before the film, with individual deformations.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    shift: Point,
    cos: f64,
    sin: f64,
    scale: f64,
    waves: Vec<Wave>,
}

/// Wave: a smooth displacement of the whole chest, which keeps shared borders shared.
#[derive(Debug, Clone)]
struct Wave {
    x_rate: f64,
    y_rate: f64,
    phase: f64,
    size: Point,
}

/// Standard deviation of a wave's displacement, in mm.
const WAVE_SD: f64 = 1.1;

impl Position {
    /// Samples the position of one patient.
    ///
    /// The film is centred by the shoulders more than by the diaphragm, so
    /// that tall lungs (`lung_height` in mm) reach further down.
    pub(crate) fn new(lung_height: f64, source: &mut Source) -> Self {
        let middle = 170.0 + 0.30 * (lung_height - 246.0);
        let shift = Point::new(source.normal(179.2, 9.5), source.normal(middle, 9.5));
        let tilt = source.normal(0.0, 0.026);
        let scale = source.normal(1.05, 0.042);
        let waves = (0..4)
            .map(|_| {
                let length = source.uniform(110.0, 320.0);
                let heading = source.uniform(0.0, std::f64::consts::TAU);
                let rate = std::f64::consts::TAU / length;
                Wave {
                    x_rate: rate * libm::cos(heading),
                    y_rate: rate * libm::sin(heading),
                    phase: source.uniform(0.0, std::f64::consts::TAU),
                    size: source.shift(WAVE_SD),
                }
            })
            .collect();
        Self { shift, cos: libm::cos(tilt), sin: libm::sin(tilt), scale, waves }
    }

    /// Maps a point of the patient to the film.
    pub(crate) fn place(&self, point: Point) -> Point {
        let mut bent = point;
        for wave in &self.waves {
            let swing = libm::sin(wave.x_rate * point.x + wave.y_rate * point.y + wave.phase);
            bent.x += swing * wave.size.x;
            bent.y += swing * wave.size.y;
        }
        Point::new(
            self.shift.x + self.scale * (self.cos * bent.x - self.sin * bent.y),
            self.shift.y + self.scale * (self.sin * bent.x + self.cos * bent.y),
        )
    }

    /// Maps a line of the patient to the film.
    pub(crate) fn place_all(&self, line: &[Point]) -> Vec<Point> {
        line.iter().map(|&point| self.place(point)).collect()
    }

    /// Magnification: mm on the film for a mm of the patient.
    pub(crate) const fn scale(&self) -> f64 {
        self.scale
    }
}
