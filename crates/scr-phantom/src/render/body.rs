//! Soft tissue and air in the path of the beam, without bones and vessels.
//!
//! The chest is a body with a cavity of lung, partly filled by organs (heart, mediastinum,
//! abdomen). An organ's thickness grows from its border as a ball's does, so that borders
//! are as sharp as on a film. Lung continues behind heart and domes.

use scr_image::Point;

use super::brush::{Blend, patch, ribbon, solid, tube};
use super::distance::signed_distance;
use super::map::Map;
use crate::anatomy::Anatomy;
use crate::geometry::{Curve, minus, smooth_step, times};
use crate::random::Source;

/// Attenuation of soft tissue at a high voltage, nepers a mm.
pub(crate) const SOFT: f64 = 0.0150;
/// Lung's density as a share of soft tissue's.
pub(crate) const LUNG_DENSITY: f32 = 0.26;
/// Side of the maps that carry distances: 0.7 mm a cell.
const COARSE: usize = 512;

/// Maps of the tissue in the path of the beam.
pub(crate) struct Body {
    /// Whole thickness, front to back, mm.
    thickness: Map,
    /// Distance from the chest wall inside the cavity.
    cavity: Map,
    /// Signed distance to the lung fields.
    pub(crate) lungs: Map,
    /// Share of the cavity left to lung at the thickest part of an organ.
    rest: Map,
    /// Fine structure of the lungs, standard deviation 1.
    texture: Map,
    /// Uneven fat and muscle, standard deviation 1.
    flesh: Map,
    depth: f32,
    /// Distance from the wall to the deepest part of the cavity.
    round: f32,
}

impl Body {
    pub(crate) fn new(anatomy: &Anatomy, source: &mut Source) -> Self {
        let patient = &anatomy.patient;
        let place = |x: f64, y: f64| anatomy.position.place(Point::new(x, y));
        let chest = &anatomy.chest;
        let lungs = signed_distance(COARSE, &[&chest.lungs[0].line, &chest.lungs[1].line]);

        // The cavity: up one wall, over the apices, down the other, open below.
        let [right, left] = &chest.walls;
        let mut wall: Vec<Point> = right.iter().rev().copied().collect();
        wall.push(Point::new(0.0, chest.levels.apex + 4.0));
        wall.extend(left);
        let bottom = |p: Point, out: f64| Point::new(p.x * out, p.y + 260.0);
        wall.push(bottom(left[left.len() - 1], 1.0));
        wall.push(bottom(right[right.len() - 1], 1.0));
        let cavity = signed_distance(COARSE, &[&anatomy.position.place_all(&wall)]);

        let outline = outline(anatomy, source);
        let surface = signed_distance(256, &[&anatomy.position.place_all(&outline)]);
        let mut thickness = Map::new(256);
        let neck = place(0.0, chest.levels.apex - 45.0).y;
        let shoulders = place(0.0, chest.levels.apex + 45.0).y;
        for (cell, value) in thickness.values.iter_mut().enumerate() {
            let y = ((cell / 256) as f64 + 0.5) * 1.4;
            let level = 0.60 + 0.40 * smooth_step(y, neck, shoulders);
            let d = f64::from(surface.values[cell]).max(0.0);
            let share = 0.5 * rounded(d / 32.0) + 0.5 * rounded(d / 115.0);
            *value = (patient.thickness * level * share) as f32;
        }

        let heart = signed_distance(256, &[&chest.heart.line]);
        let dome = place(0.0, 0.5 * (chest.levels.domes[0].y + chest.levels.domes[1].y)).y;
        let mut rest = Map::new(256);
        for (cell, value) in rest.values.iter_mut().enumerate() {
            let y = ((cell / 256) as f64 + 0.5) * 1.4;
            let in_heart = smooth_step(f64::from(heart.values[cell]), -4.0, 8.0);
            let below = smooth_step(y, dome - 10.0, dome + 55.0);
            let organs = 0.10 + 0.16 * in_heart;
            *value = (organs + (0.14 - organs) * below).max(0.0) as f32
                * (1.0 - 0.9 * smooth_step(y, dome + 30.0, dome + 80.0)) as f32;
        }
        rest.blur(3.0);
        let texture = Map::noise(COARSE, 1.0, source);
        let flesh = Map::noise(128, 11.0, source);
        let depth = (0.64 * patient.thickness) as f32;
        let round = (60.0 * anatomy.position.scale()) as f32;
        Self { thickness, cavity, lungs, rest, texture, flesh, depth, round }
    }

    /// Adds soft tissue's attenuation to every row of the map.
    pub(crate) fn draw(&self, map: &mut Map, vessels: &Map) {
        let side = map.side;
        let mut rows: [Vec<f32>; 6] = std::array::from_fn(|_| vec![0.0; side]);
        let soft = SOFT as f32;
        for (index, line) in map.values.chunks_exact_mut(side).enumerate() {
            let y = (index as f64 + 0.5) / side as f64 * crate::field::FIELD_MM;
            let maps = [
                &self.thickness,
                &self.cavity,
                &self.lungs,
                &self.rest,
                &self.texture,
                &self.flesh,
            ];
            for (map, row) in maps.into_iter().zip(&mut rows) {
                map.read_row(y, row);
            }
            let [thickness, cavity, lungs, rest, texture, flesh] = &rows;
            let vessels = &vessels.values[index * side..][..side];
            for col in 0..side {
                let inner = 1.0 - (cavity[col] / self.round).clamp(0.0, 1.0);
                let mut air = self.depth * (1.0 - inner * inner).sqrt();
                if lungs[col] < 0.0 {
                    let inner = 1.0 - (-lungs[col] / 30.0).min(1.0);
                    let organ = (1.0 - inner * inner).sqrt();
                    air *= 1.0 - organ * (1.0 - rest[col]);
                }
                let body = thickness[col] * (1.0 + 0.035 * flesh[col]);
                let air = air.min(0.82 * body);
                let full = (air / self.depth).min(1.0);
                let vessel = vessels[col].min(0.5 * air);
                let lung = (LUNG_DENSITY + 0.011 * texture[col] * full) * (air - vessel) + vessel;
                line[col] += soft * (body - air + lung);
            }
        }
    }
}

/// The depth of a rounded edge, 0 at the edge and 1 from a distance of 1 on.
fn rounded(distance: f64) -> f64 {
    let inner = 1.0 - distance.clamp(0.0, 1.0);
    (1.0 - inner * inner).sqrt()
}

/// The skin's line in the patient's frame: neck, shoulders, axillae, flanks.
fn outline(anatomy: &Anatomy, source: &mut Source) -> Vec<Point> {
    let patient = &anatomy.patient;
    let wide = patient.half_width;
    let top = anatomy.chest.levels.apex;
    let fat = (27.0 + 7.0 * patient.habitus).max(15.0);
    let shrug = source.normal(0.0, 5.0);
    let half = |source: &mut Source| {
        let mut skin = |x: f64, y: f64| {
            let stir = source.shift(1.5);
            (x + stir.x, y + stir.y)
        };
        let fold = wide + fat + 8.0;
        Curve::through(
            &[
                skin(50.0, top - 230.0),
                skin(51.0, top - 90.0),
                skin(56.0, top - 48.0),
                skin(84.0, top - 30.0 + shrug),
                skin(128.0, top - 18.0 + shrug),
                skin(182.0, top - 6.0 + shrug),
                skin(260.0, top + 40.0),
                skin(300.0, top + 130.0),
                skin(250.0, top + 170.0),
                skin(fold + 22.0, top + 122.0),
                skin(fold, top + 106.0),
                skin(wide + fat + 1.0, top + 136.0),
                skin(wide + fat - 1.0, top + 200.0),
                skin(wide + fat - 4.0, top + 270.0),
                skin(wide + fat, top + 480.0),
            ]
            .map(|(x, y)| Point::new(x, y)),
        )
        .points
    };
    let mut line = half(source);
    let mut right = half(source);
    right.reverse();
    line.extend(right.into_iter().map(|p| Point::new(-p.x, p.y)));
    line
}

/// Adds further organs: breasts, airways, aorta, gas in the stomach.
pub(crate) fn draw_organs(map: &mut Map, anatomy: &Anatomy, source: &mut Source) {
    airways(map, anatomy);
    aorta(map, anatomy);
    gas(map, anatomy, source);
    breasts(map, anatomy, source);
}

fn airways(map: &mut Map, anatomy: &Anatomy) {
    let scale = anatomy.position.scale();
    let carina = anatomy.chest.levels.carina;
    let place = |x: f64, y: f64| anatomy.position.place(Point::new(x, y));
    let wide = if anatomy.patient.female { 7.6 } else { 8.8 } * scale;
    let trachea = Curve::through(&[
        place(0.4 * carina.x, anatomy.chest.levels.apex - 120.0),
        place(0.5 * carina.x, anatomy.chest.levels.apex - 10.0),
        place(carina.x + 1.0, carina.y - 14.0),
        place(carina.x, carina.y + 3.0),
    ]);
    let air = -SOFT * 2.0 * wide;
    let fade = |share: f64| air * (0.45 + 0.85 * (1.0 - smooth_step(share, 0.90, 1.0)));
    ribbon(map, &tube(&trachea.points, |_| wide, fade), Blend::Add, solid);
    for (sign, run, fall) in [(-1.0, 27.0, 27.0), (1.0, 38.0, 25.0)] {
        let bronchus = Curve::through(&[
            place(carina.x + sign * 2.0, carina.y - 5.0),
            place(carina.x + sign * 0.45 * run, carina.y + 0.42 * fall),
            place(carina.x + sign * run, carina.y + fall),
        ]);
        let stations =
            tube(&bronchus.points, |s| wide * (0.72 - 0.12 * s), |s| air * 0.80 * (1.0 - 0.5 * s));
        ribbon(map, &stations, Blend::Add, solid);
    }
}

fn aorta(map: &mut Map, anatomy: &Anatomy) {
    let scale = anatomy.position.scale();
    let knob = anatomy.chest.levels.knob;
    let place = |x: f64, y: f64| anatomy.position.place(Point::new(knob.x + x, y));
    let out = anatomy.patient.aortic_knob;
    let line = Curve::through(&[
        place(out - 14.5, knob.y - 9.0),
        place(out - 13.0, knob.y + 3.0),
        place(out - 15.0, knob.y + 24.0),
        place(-7.0, knob.y + 75.0),
        place(-16.0, knob.y + 135.0),
        place(-22.0, knob.y + 185.0),
    ]);
    let strength = |s: f64| SOFT * 11.0 * smooth_step(s, 0.0, 0.12) * (1.0 - 0.5 * s);
    ribbon(map, &tube(&line.points, |_| 12.5 * scale, strength), Blend::Add, solid);
}

fn gas(map: &mut Map, anatomy: &Anatomy, source: &mut Source) {
    let dome = anatomy.chest.levels.domes[1];
    let angle = anatomy.chest.levels.angles[1];
    let size = source.uniform(0.55, 1.25);
    if source.chance(0.85) {
        let centre = anatomy
            .position
            .place(Point::new(dome.x - source.uniform(8.0, 30.0), dome.y + 9.0 + 15.0 * size));
        // A standing patient has a fluid level.
        let level = source.uniform(0.05, 0.8) as f32;
        let depth = (SOFT * 38.0 * size) as f32;
        let axis = Point::new(25.0 * size, 0.0);
        patch(map, centre, axis, 16.0 * size, |u, v| {
            let far = u * u + v * v;
            let below = ((v - level) / 0.06).clamp(0.0, 1.0);
            -depth * (1.0 - far).max(0.0).sqrt() * (1.0 - below)
        });
    }
    for _ in 0..4 {
        let centre = anatomy.position.place(Point::new(
            source.uniform(0.0, angle.x * 0.9),
            angle.y + source.uniform(5.0, 60.0),
        ));
        let wide = source.uniform(6.0, 17.0);
        let depth = (SOFT * 1.2 * wide) as f32;
        let axis = Point::new(wide, source.normal(0.0, 4.0));
        patch(map, centre, axis, wide * source.uniform(0.6, 0.9), |u, v| {
            -depth * (1.0 - u * u - v * v).max(0.0)
        });
    }
}

fn breasts(map: &mut Map, anatomy: &Anatomy, source: &mut Source) {
    let patient = &anatomy.patient;
    let size = source.normal(1.05 + 0.22 * patient.habitus, 0.25).clamp(0.5, 1.7);
    let sag = source.normal(0.0, 10.0) + 0.25 * (patient.age - 57.0);
    if !patient.female {
        return;
    }
    let scale = anatomy.position.scale();
    for sign in [-1.0, 1.0] {
        let stir = source.shift(3.0);
        let centre = anatomy.position.place(Point::new(
            sign * (0.60 * patient.half_width + 2.0) + stir.x,
            38.0 + sag + stir.y,
        ));
        let depth = (SOFT * 30.0 * size) as f32;
        let side = anatomy.position.place(Point::new(1.0, 0.0));
        let axis = times(minus(side, anatomy.position.place(Point::new(-1.0, 0.0))), 0.5);
        let wide = 60.0 * (0.75 + 0.25 * size) * scale;
        let high = 56.0 * (0.7 + 0.3 * size) * scale;
        patch(map, centre, times(axis, wide / crate::geometry::length(axis)), high, |u, v| {
            let ball = (1.0 - u * u - v * v).max(0.0).sqrt();
            let t = ((v + 1.0) / 1.5).clamp(0.0, 1.0);
            depth * ball * t * t * (3.0 - 2.0 * t)
        });
    }
}
