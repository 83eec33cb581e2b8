//! Measures of a patient's chest, sampled from a population.
//!
//! Few numbers vary much (size, habitus, breath, position) and many vary a little, as in
//! a shape model of real chests. Draws nothing.

use crate::random::Source;

/// Measures of one patient. Lengths are mm in the plane of the film.
#[derive(Debug, Clone)]
pub(crate) struct Patient {
    pub(crate) female: bool,
    pub(crate) age: f64,
    /// Stockiness, a standard normal number: wide, thick, short.
    pub(crate) habitus: f64,
    /// Half the greatest width of the lungs together.
    pub(crate) half_width: f64,
    /// From the apices to the costophrenic angles.
    pub(crate) lung_height: f64,
    /// Squareness of the upper lungs, around 0.
    pub(crate) squareness: f64,
    /// Distance of the apices from the midline, as a share of the half width.
    pub(crate) apex_offset: f64,
    /// Left costophrenic angle below the right one.
    pub(crate) angle_difference: f64,
    /// The right dome's top above the right costophrenic angle.
    pub(crate) dome_height: f64,
    /// The left dome lower than the right.
    pub(crate) dome_difference: f64,
    pub(crate) heart: HeartMeasures,
    /// The half width of the mediastinum above the heart.
    pub(crate) mediastinum: f64,
    /// Protrusion of the aortic knob.
    pub(crate) aortic_knob: f64,
    /// Rotation about the long axis, as the shift of midline structures.
    pub(crate) obliquity: f64,
    /// Right and left clavicle.
    pub(crate) clavicles: [ClavicleMeasures; 2],
    /// Front to back at the middle of the chest.
    pub(crate) thickness: f64,
}

/// Measures of the heart's silhouette.
#[derive(Debug, Clone)]
pub(crate) struct HeartMeasures {
    /// Greatest transverse width over that of the lungs.
    pub(crate) cardiothoracic_ratio: f64,
    /// Share of the width right of the midline.
    pub(crate) right_share: f64,
    /// The top above the right cardiophrenic angle.
    pub(crate) height: f64,
    /// Upright (below zero) to lying (above zero), around 0.
    pub(crate) lie: f64,
    /// Depth below the domes.
    pub(crate) depth: f64,
}

/// Measures of one clavicle.
#[derive(Debug, Clone)]
pub(crate) struct ClavicleMeasures {
    /// The medial end below the apices.
    pub(crate) drop: f64,
    /// The medial end from the midline.
    pub(crate) gap: f64,
    /// Rise towards the shoulder: mm a mm.
    pub(crate) slope: f64,
    /// Flattening towards the shoulder, mm at the shoulder.
    pub(crate) bend: f64,
    /// Half the width in the middle.
    pub(crate) half_thickness: f64,
    /// Half the width of the medial end.
    pub(crate) head: f64,
    /// Extent of the visible part beyond the lung's wall.
    pub(crate) reach: f64,
}

impl Patient {
    /// Draws one patient.
    pub(crate) fn new(source: &mut Source) -> Self {
        let female = source.chance(0.52);
        let age = source.normal(57.0, 13.0).clamp(19.0, 89.0);
        let size = source.standard();
        let habitus = source.standard();
        let breath = source.standard();
        let [size, habitus, breath] = [size, habitus, breath].map(|n| n.clamp(-2.4, 2.4));
        let sex = if female { -1.0 } else { 1.0 };
        let half_width =
            134.0 * (1.0 + 0.030 * sex + 0.045 * size + 0.026 * habitus) + 1.2 * breath;
        let lung_height =
            246.0 * (1.0 + 0.020 * sex + 0.050 * size - 0.035 * habitus) + 11.0 * breath;
        let ratio = 0.475 + 0.010 * habitus - 0.014 * breath + 0.0006 * (age - 57.0) - 0.004 * sex
            + source.normal(0.0, 0.028);
        let cardiothoracic_ratio = ratio.clamp(0.395, 0.56);
        let lie = 0.5 * habitus - 0.5 * breath + source.normal(0.0, 0.6);
        let width = 2.0 * half_width * cardiothoracic_ratio;
        let heart = HeartMeasures {
            cardiothoracic_ratio,
            right_share: source.normal(0.31, 0.035).clamp(0.22, 0.40),
            height: width * (0.88 - 0.035 * lie) + source.normal(0.0, 8.0),
            lie,
            depth: source.normal(9.0, 2.5).max(3.0),
        };
        let squareness = source.normal(0.15 * habitus, 0.5);
        let apex_offset = source.normal(0.345, 0.018);
        let angle_difference = source.normal(3.0, 4.0);
        let dome_height = source.normal(28.0, 6.0) - 2.0 * breath;
        let dome_difference = source.normal(9.0, 5.0);
        let mediastinum = source.normal(24.0 + 0.8 * habitus, 2.2).max(17.0);
        let aortic_knob = source.normal(9.0 + 0.09 * (age - 57.0), 2.2).max(3.0);
        let obliquity = source.normal(0.0, 2.5);
        let both = ClavicleMeasures {
            drop: source.normal(41.0, 4.0),
            gap: source.normal(17.0, 2.0),
            slope: source.normal(0.40 - 0.03 * habitus, 0.065),
            bend: source.normal(9.0, 3.0),
            half_thickness: source.normal(6.4 + 0.5 * sex, 0.6).max(4.4),
            head: source.normal(9.5 + 0.6 * sex, 1.0).max(7.0),
            reach: source.normal(11.0, 3.0),
        };
        let clavicles = [0, 1].map(|_| ClavicleMeasures {
            drop: both.drop + source.normal(0.0, 2.5),
            gap: both.gap + source.normal(0.0, 1.2),
            slope: both.slope + source.normal(0.0, 0.04),
            bend: both.bend + source.normal(0.0, 1.5),
            half_thickness: both.half_thickness + source.normal(0.0, 0.25),
            head: both.head + source.normal(0.0, 0.4),
            reach: both.reach + source.normal(0.0, 1.5),
        });
        let thickness =
            (210.0 + 8.0 * sex + 14.0 * habitus + 6.0 * size + source.normal(0.0, 6.0)).max(160.0);
        Self {
            female,
            age,
            habitus,
            half_width,
            lung_height,
            squareness,
            apex_offset,
            angle_difference,
            dome_height,
            dome_difference,
            heart,
            mediastinum,
            aortic_knob,
            obliquity,
            clavicles,
            thickness,
        }
    }
}
