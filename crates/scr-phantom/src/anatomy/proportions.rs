//! Proportions of a chest: positions in the patient's frame, from a patient's measures.
//!
//! Guarantees the relations between organs (the heart ends below the apices, a dome lies
//! above its costophrenic angle), so that the borders need no checks.

use scr_image::Point;

use super::patient::Patient;

/// Positions and sizes that several borders share, in mm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proportions {
    /// Half the greatest width of the lungs.
    pub(super) half_width: f64,
    /// Height of the apices.
    pub(super) apex: f64,
    /// Heights of the right and left costophrenic angle.
    pub(super) angles: [f64; 2],
    /// Heights of the right and left dome's top.
    pub(super) domes: [f64; 2],
    /// Heights at which the domes meet the heart's border, right and left.
    pub(super) feet: [f64; 2],
    /// The right dome above its angle.
    pub(super) dome_height: f64,
    /// Half width of the mediastinum.
    pub(super) mediastinum: f64,
    /// From the midline to the heart's right and left border.
    pub(super) heart: [f64; 2],
    /// Height of the heart's top.
    pub(super) heart_top: f64,
    /// Height at which the right atrium's border begins.
    pub(super) atrium_top: f64,
    /// The pulmonary trunk, where the left ventricle's border begins.
    pub(super) trunk: Point,
    /// Height at which the apices' medial curves end.
    pub(super) neck: f64,
    /// Shift of midline structures.
    pub(super) obliquity: f64,
}

impl Proportions {
    /// The proportions of a patient.
    pub(super) fn new(patient: &Patient) -> Self {
        let Patient { half_width, lung_height, mediastinum, obliquity, .. } = *patient;
        let apex = -lung_height / 2.0;
        let width = 2.0 * half_width * patient.heart.cardiothoracic_ratio;
        let heart_right = (width * patient.heart.right_share).max(mediastinum + 5.0);
        let angles = [
            lung_height / 2.0 - patient.angle_difference / 2.0,
            lung_height / 2.0 + patient.angle_difference / 2.0,
        ];
        let dome_height = patient.dome_height.max(12.0);
        let dome_right = angles[0] - dome_height;
        let dome_left = (dome_right + patient.dome_difference).min(angles[1] - 9.0);
        let feet = [dome_right + 0.35 * dome_height, (dome_left + 4.0).min(angles[1] - 3.0)];
        let heart_top = (feet[0] - patient.heart.height).max(apex + 0.33 * lung_height);
        Self {
            half_width,
            apex,
            angles,
            domes: [dome_right, dome_left],
            feet,
            dome_height,
            mediastinum,
            heart: [heart_right, width - heart_right],
            heart_top,
            atrium_top: heart_top + 0.24 * (feet[0] - heart_top),
            trunk: Point::new(mediastinum + 10.0 + obliquity, heart_top + 5.0),
            neck: apex + 0.13 * lung_height,
            obliquity,
        }
    }

    /// Position of a midline structure, shifted by the obliquity.
    pub(super) fn midline(&self, x: f64, y: f64) -> Point {
        Point::new(x + self.obliquity, y)
    }

    /// A place on the left border of the upper mediastinum: mm beyond its half
    /// width, share of the way from neck to pulmonary trunk.
    pub(super) fn upper_left(&self, out: f64, down: f64) -> Point {
        self.midline(self.mediastinum + out, self.neck + down * (self.trunk.y - self.neck))
    }

    /// A place on the left dome: share of the way from the heart's apex to the
    /// costophrenic angle, and how far the dome has fallen there (0 to 1).
    pub(super) fn left_dome(&self, out: f64, fall: f64) -> Point {
        let start = self.heart[1] + self.obliquity - 5.0;
        let x = start + out * (ANGLE * self.half_width - start);
        Point::new(x, self.domes[1] + fall * (self.angles[1] - self.domes[1]))
    }
}

/// The costophrenic angles from the midline, share of the half width.
pub(super) const ANGLE: f64 = 0.982;
