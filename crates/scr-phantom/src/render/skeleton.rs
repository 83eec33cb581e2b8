//! Bones: ribs, spine, clavicles, scapulae, humeri, added to the attenuation map.
//!
//! All strengths are in nepers (natural logarithm of the loss of radiation).

use scr_image::Point;

use super::brush::{Blend, Station, patch, ribbon, shell, solid, tube};
use super::map::Map;
use crate::anatomy::Anatomy;
use crate::geometry::{Curve, length, minus, smooth_step, times, x_at};
use crate::random::Source;

/// Draws every bone.
pub(crate) fn draw(map: &mut Map, anatomy: &Anatomy, source: &mut Source) {
    // Old bones are less dense.
    let density = source.normal(1.0 - 0.004 * (anatomy.patient.age - 57.0), 0.10).clamp(0.6, 1.4);
    spine(map, anatomy, density, source);
    for side in 0..2 {
        ribs(map, anatomy, side, density, source);
        shoulder(map, anatomy, side, density, source);
        clavicle(map, anatomy, side, density);
    }
}

fn sign(side: usize) -> f64 {
    if side == 0 { -1.0 } else { 1.0 }
}

/// Rib pair: fall of the front end below the back, and end of the bone (the start of the
/// cartilage) on the half circle from spine to sternum, in degrees.
struct RibPair {
    fall: f64,
    end: f64,
    half_width: f64,
}

const fn pair(fall: f64, end: f64, half_width: f64) -> RibPair {
    RibPair { fall, end, half_width }
}

const RIBS: [RibPair; 12] = [
    pair(52.0, 150.0, 6.0),
    pair(62.0, 149.0, 5.4),
    pair(82.0, 147.0, 5.2),
    pair(97.0, 144.0, 5.2),
    pair(106.0, 141.0, 5.2),
    pair(112.0, 137.0, 5.2),
    pair(116.0, 130.0, 5.2),
    pair(116.0, 121.0, 5.2),
    pair(110.0, 112.0, 5.1),
    pair(104.0, 104.0, 4.9),
    pair(92.0, 82.0, 5.0),
    pair(60.0, 55.0, 4.5),
];

/// Start of a rib at the spine on the half circle, in degrees.
const START: f64 = 2.5;
/// Height of a vertebra with its disc, as a share of the lungs' height.
const VERTEBRA: f64 = 0.098;

fn ribs(map: &mut Map, anatomy: &Anatomy, side: usize, density: f64, source: &mut Source) {
    let patient = &anatomy.patient;
    let sign = sign(side);
    let mut wall = anatomy.chest.walls[side].clone();
    let foot = wall[wall.len() - 1];
    wall.push(Point::new(0.985 * foot.x, foot.y + 45.0));
    wall.push(Point::new(0.93 * foot.x, foot.y + 110.0));
    // Above this the lungs' tops are nearly level and give no width.
    let highest = anatomy.chest.levels.apex + 0.085 * patient.lung_height;
    let slope = source.normal(1.0, 0.08);
    let front = source.uniform(0.62, 0.90);
    for (k, rib) in RIBS.iter().enumerate() {
        let start = anatomy.chest.levels.apex
            + 1.0
            + k as f64 * VERTEBRA * patient.lung_height
            + source.normal(0.0, 1.0);
        let fall = rib.fall * slope * patient.lung_height / 246.0 + source.normal(0.0, 2.5);
        let bow = source.normal(0.74, 0.03);
        let at = |degrees: f64| {
            let angle = degrees.to_radians();
            let sin = libm::sin(angle);
            let cos = libm::cos(angle);
            let y = start + fall * (1.0 - cos) / 2.0 - 5.0 * libm::sin(2.0 * angle).max(0.0);
            // The first pair runs round the apex at any height.
            let wide = if k == 0 {
                0.84 * x_at(&wall, highest).abs() + 3.5
            } else {
                x_at(&wall, y.max(highest)).abs() + 3.5
            };
            let power = if degrees < 90.0 { bow } else { 0.80 };
            let back = 9.0 * (1.0 - sin);
            (Point::new(sign * (wide * libm::pow(sin, power) + back), y), cos)
        };
        let own = 0.105 * source.normal(1.0, 0.07);
        let steps = 150;
        let line: Vec<Point> = (0..=steps)
            .map(|step| at(START + (rib.end - START) * f64::from(step) / f64::from(steps)).0)
            .collect();
        let placed = anatomy.position.place_all(&line);
        let end = rib.end;
        let fading = if k < 7 { 9.0 } else { 34.0 };
        let cos_at = |share: f64| libm::cos((START + (end - START) * share).to_radians());
        let turn_share = (90.0 - START) / (end - START);
        let strength = |share: f64| {
            // The beam meets the rib lengthwise where it turns forward.
            let i = (share * f64::from(steps)) as usize;
            let a = line[i.saturating_sub(2)];
            let b = line[(i + 2).min(steps as usize)];
            let count = ((i + 2).min(steps as usize) - i.saturating_sub(2)) as f64;
            let depth = 0.42 * patient.thickness * (end - START).to_radians() / f64::from(steps)
                * (1.0 - cos_at(share) * cos_at(share)).sqrt()
                * count;
            let flat = length(minus(b, a)).max(0.3);
            let lengthening = ((flat * flat + depth * depth).sqrt() / flat).min(1.9);
            let fade = 1.0 - smooth_step(share, 1.0 - fading / (end - START), 1.0);
            let depth_share = smooth_step(share, turn_share - 0.10, turn_share + 0.14);
            let rise = 0.35 + 0.65 * smooth_step(share, 0.0, 0.06);
            own * density * rise * (1.0 - (1.0 - front) * depth_share) * lengthening * fade
        };
        let width = |share: f64| {
            let forward = smooth_step(share, turn_share, turn_share + 0.3);
            let neck = 0.75 + 0.25 * smooth_step(share, 0.0, 0.12);
            rib.half_width * neck * (1.0 + 0.20 * forward) * anatomy.position.scale()
        };
        ribbon(map, &tube(&placed, width, strength), Blend::Add, shell);
    }
}

fn spine(map: &mut Map, anatomy: &Anatomy, density: f64, source: &mut Source) {
    let patient = &anatomy.patient;
    let height = VERTEBRA * patient.lung_height;
    let bend = source.normal(0.0, 2.0);
    let scale = anatomy.position.scale();
    for k in -3..14 {
        let k = f64::from(k);
        let y = anatomy.chest.levels.apex - 2.0 + k * height;
        let x = 0.6 * patient.obliquity + bend * libm::sin(0.45 * k);
        let place = |dx: f64, dy: f64| anatomy.position.place(Point::new(x + dx, y + dy));
        let centre = place(0.0, 0.0);
        let half_width = 14.5 + 0.55 * k.max(0.0);
        let axis = times(minus(place(half_width, 0.0), place(-half_width, 0.0)), 0.5);
        let strength = (0.17 * density) as f32;
        patch(map, centre, axis, 0.50 * height * scale, |u, v| {
            let waist = 0.86 + 0.14 * v * v;
            let across = 1.0 - step(u.abs(), waist - 0.14, waist);
            let down = 1.0 - step(v.abs(), 0.81, 1.05);
            let plates =
                step(v.abs(), 0.62, 0.80) * 0.42 + step(u.abs() / waist, 0.72, 0.88) * 0.22;
            strength * across * down * (0.80 + plates)
        });
        for pedicle in [-0.60, 0.60] {
            let centre = place(pedicle * half_width, -0.16 * height);
            patch(map, centre, times(axis, 0.21), 0.17 * height * scale, |u, v| {
                let far = u * u + v * v;
                0.55 * strength * (1.0 - step(far, 0.75, 1.0)) * (0.4 + 0.6 * far)
            });
        }
        let centre = place(0.0, 0.28 * height);
        patch(map, centre, times(axis, 0.15), 0.28 * height * scale, |u, v| {
            0.7 * strength * (1.0 - step(u * u + v * v, 0.5, 1.0))
        });
        // Transverse processes carry the ribs' ends.
        for way in [-1.0, 1.0] {
            let line = Curve::through(&[
                place(way * 10.0, -0.12 * height),
                place(way * 32.0, -0.20 * height),
            ]);
            let stations =
                tube(&line.points, |_| 4.2 * scale, |share| 0.09 * density * (1.0 - share * share));
            ribbon(map, &stations, Blend::Add, solid);
        }
    }
}

fn clavicle(map: &mut Map, anatomy: &Anatomy, side: usize, density: f64) {
    let edges = &anatomy.clavicles[side].edges;
    let count = edges[0].len() as f64;
    let mut stations: Vec<Station> = Vec::new();
    // The rounded medial end, as wide as the border's cap.
    let upper = edges[0][0];
    let lower = edges[1][0];
    let middle = upper.towards(lower, 0.5);
    let next = edges[0][1].towards(edges[1][1], 0.5);
    let out = times(crate::geometry::unit(minus(middle, next)), 0.25 * length(minus(upper, lower)));
    for step in (1..=8).rev() {
        let share = f64::from(step) / 8.0;
        let narrow = (1.0 - share * share).max(0.0).sqrt();
        let shift = times(out, share);
        let end = |edge: Point| crate::geometry::add(middle.towards(edge, narrow), shift);
        stations.push(Station { edges: [end(upper), end(lower)], strength: 0.15 * density });
    }
    for (i, (&upper, &lower)) in edges[0].iter().zip(&edges[1]).enumerate() {
        let share = i as f64 / count;
        let end = 1.0 - 0.8 * smooth_step(share, 0.86, 1.0);
        let strength = density * end * (0.15 + 0.07 * smooth_step(share, 0.15, 0.5));
        stations.push(Station { edges: [upper, lower], strength });
    }
    ribbon(map, &stations, Blend::Add, shell);
}

fn shoulder(map: &mut Map, anatomy: &Anatomy, side: usize, density: f64, source: &mut Source) {
    let sign = sign(side);
    let scale = anatomy.position.scale();
    let top = anatomy.chest.levels.apex;
    let wide = anatomy.patient.half_width;
    let out = source.normal(9.0, 6.0);
    let down = source.normal(0.0, 5.0);
    let place = |x: f64, y: f64| {
        anatomy.position.place(Point::new(sign * (wide + x + out), top + y + down))
    };
    // The plate, from its lateral to its medial border.
    let lateral = Curve::through(&[
        place(12.0, 34.0),
        place(4.0, 58.0),
        place(-3.0, 90.0),
        place(-12.0, 128.0),
        place(-19.0, 141.0),
    ]);
    let medial = Curve::through(&[
        place(-18.0, 24.0),
        place(-36.0, 52.0),
        place(-38.0, 85.0),
        place(-32.0, 122.0),
        place(-23.0, 140.0),
    ]);
    let ends =
        |line: &Curve, share: f64| line.points[(share * (line.points.len() - 1) as f64) as usize];
    let plate: Vec<Station> = (0..=60)
        .map(|i| {
            let share = f64::from(i) / 60.0;
            Station {
                edges: [ends(&lateral, share), ends(&medial, share)],
                strength: 0.05 * density,
            }
        })
        .collect();
    ribbon(map, &plate, Blend::Add, |u| 0.7 + 0.5 * step(u.abs(), 0.93, 1.0));
    let border =
        tube(&lateral.points, |s| scale * (5.0 - 2.4 * s), |s| density * (0.15 - 0.05 * s));
    ribbon(map, &border, Blend::Add, shell);
    // The spine of the scapula up to the acromion, the neck, the coracoid process.
    let crest = Curve::through(&[place(-33.0, 42.0), place(0.0, 26.0), place(32.0, 4.0)]);
    ribbon(
        map,
        &tube(&crest.points, |s| scale * (2.6 + 5.0 * s), |s| density * (0.09 + 0.05 * s)),
        Blend::Add,
        shell,
    );
    let process = Curve::through(&[place(-4.0, 14.0), place(2.0, 18.0), place(12.0, 28.0)]);
    ribbon(
        map,
        &tube(&process.points, |s| scale * (4.5 + 3.0 * s), |_| 0.11 * density),
        Blend::Add,
        shell,
    );
    // The humerus, mostly outside the field.
    let head = place(34.0, 34.0);
    let axis = minus(place(57.0, 34.0), head);
    patch(map, head, axis, 24.0 * scale, |u, v| {
        let far = (u * u + v * v).sqrt();
        density as f32 * 0.30 * shell(far.min(1.0)) * (1.0 - step(far, 0.97, 1.0))
    });
    let shaft = Curve::through(&[place(40.0, 46.0), place(64.0, 82.0), place(112.0, 128.0)]);
    ribbon(
        map,
        &tube(&shaft.points, |_| 13.0 * scale, |s| 0.28 * density * smooth_step(s, 0.0, 0.15)),
        Blend::Add,
        shell,
    );
}

/// [`smooth_step`] in single precision.
fn step(value: f32, from: f32, to: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
