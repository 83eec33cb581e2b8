//! Vessels of the lungs: trees that grow from the hila towards the pleura.
//!
//! A tree reaches places spread at random in the lung field, each by the
//! shortest way from the tree so far; its branches' radii follow Murray's law
//! (the sum of powers of the radii is kept at a fork).

use scr_image::Point;

use super::brush::{Blend, patch, ribbon, solid, tube};
use super::map::Map;
use crate::anatomy::Anatomy;
use crate::geometry::{Curve, add, distance, minus, times, turned, unit};
use crate::random::Source;

/// Radius of the finest branches drawn, mm.
const TWIG: f64 = 0.50;
/// Murray's exponent; measurements in lungs are between 2.3 and 3.
const MURRAY: f64 = 2.8;
/// Thickness in mm of a branch of 1 mm radius. More than its diameter, since the
/// tissue around it counts; it grows more slowly than the radius, so that
/// small branches show as well as they do on a film.
const CONTRAST: f64 = 6.6;
/// Weight of a detour through the tree against the straight path.
const DETOUR: f64 = 0.42;

struct Node {
    at: Point,
    parent: usize,
    way: f64,
    tips: u32,
}

/// Draws both lungs' vessels and hila as a map of thickness in mm; `lungs` is
/// the signed distance to the lung fields.
pub(crate) fn draw(map: &mut Map, anatomy: &Anatomy, lungs: &Map, source: &mut Source) {
    let fullness = source.normal(1.0, 0.10);
    for side in 0..2 {
        let line = &anatomy.chest.lungs[side].line;
        let hilum = anatomy.chest.levels.hila[side];
        let sign = if side == 0 { -1.0 } else { 1.0 };
        // Arteries spread from the hilum, veins from lower and further in.
        for (shift, tips) in [((0.0, 0.0), 420), ((-4.0, 22.0), 240)] {
            let root = Point::new(hilum.x + sign * shift.0, hilum.y + shift.1);
            let nodes = grow(anatomy.position.place(root), line, lungs, tips, source);
            strokes(map, &nodes, fullness);
        }
        let scale = anatomy.position.scale();
        for (dx, dy, wide, high) in
            [(0.0, -9.0, 9.0, 12.0), (3.0, 8.0, 8.5, 17.0), (8.0, 24.0, 6.5, 15.0)]
        {
            let spread = source.shift(1.5);
            let centre = anatomy
                .position
                .place(Point::new(hilum.x + sign * dx + spread.x, hilum.y + dy + spread.y));
            let lean = Point::new(0.94, -0.28 * sign);
            let thickness = (20.0 * fullness) as f32;
            patch(map, centre, times(lean, wide * scale), high * scale, |u, v| {
                let far = u * u + v * v;
                thickness * (1.0 - far).max(0.0)
            });
        }
    }
}

/// Grows one tree to `tips` places in a lung.
fn grow(root: Point, line: &[Point], lungs: &Map, tips: usize, source: &mut Source) -> Vec<Node> {
    let mut low = line[0];
    let mut high = line[0];
    for p in line {
        low = Point::new(low.x.min(p.x), low.y.min(p.y));
        high = Point::new(high.x.max(p.x), high.y.max(p.y));
    }
    // A little beyond the field: vessels go on behind the heart and the dome.
    let low = add(low, Point::new(-12.0, 0.0));
    let high = add(high, Point::new(12.0, 20.0));
    let mut nodes = vec![Node { at: root, parent: 0, way: 0.0, tips: 0 }];
    let mut found = 0;
    for _ in 0..20 * tips {
        if found == tips {
            break;
        }
        let target = Point::new(source.uniform(low.x, high.x), source.uniform(low.y, high.y));
        let depth = lungs.at(target.x, target.y);
        let keep = if depth > 4.0 {
            1.0
        } else if depth > -22.0 && depth < -3.0 {
            0.16
        } else {
            0.0
        };
        if !source.chance(keep) || distance(target, root) > 190.0 {
            continue;
        }
        found += 1;
        let nearest = (0..nodes.len())
            .map(|i| (distance(nodes[i].at, target) + DETOUR * nodes[i].way, i))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(0, |(_, i)| i);
        let start = nodes[nearest].at;
        let total = distance(start, target);
        let steps = (total / 7.0).ceil().max(1.0) as usize;
        let side = turned(unit(minus(target, start)));
        let bow = source.normal(0.0, 0.09) * total;
        let mut parent = nearest;
        for step in 1..=steps {
            let share = step as f64 / steps as f64;
            let sway = bow * libm::sin(std::f64::consts::PI * share) + source.normal(0.0, 0.45);
            let at = add(start.towards(target, share), times(side, sway));
            let way = nodes[parent].way + distance(nodes[parent].at, at);
            nodes.push(Node { at, parent, way, tips: 0 });
            parent = nodes.len() - 1;
        }
        loop {
            nodes[parent].tips += 1;
            if parent == 0 {
                break;
            }
            parent = nodes[parent].parent;
        }
    }
    nodes
}

/// Draws a tree in strokes, each from a fork along the thickest branch to a tip.
fn strokes(map: &mut Map, nodes: &[Node], fullness: f64) {
    let mut main = vec![0usize; nodes.len()];
    for (i, node) in nodes.iter().enumerate().skip(1) {
        let best = main[node.parent];
        if best == 0 || nodes[best].tips < node.tips {
            main[node.parent] = i;
        }
    }
    let radius = |tips: u32| TWIG * fullness * libm::pow(f64::from(tips), 1.0 / MURRAY);
    for (i, node) in nodes.iter().enumerate() {
        if i > 0 && main[node.parent] == i {
            continue;
        }
        let mut keys = vec![nodes[node.parent].at];
        let mut radii = vec![radius(node.tips.max(1))];
        let mut at = i;
        loop {
            if distance(keys[keys.len() - 1], nodes[at].at) > 0.01 {
                keys.push(nodes[at].at);
                radii.push(radius(nodes[at].tips.max(1)));
            }
            if main[at] == 0 {
                break;
            }
            at = main[at];
        }
        if keys.len() < 2 {
            continue;
        }
        let last = radii.len() - 1;
        radii[last] *= 0.5;
        let curve = Curve::through(&keys);
        // Radii at the curve's own points, between those at its keys.
        let width = |share: f64| {
            let place = share * last as f64;
            let low = (place as usize).min(last - 1);
            radii[low] + (place - low as f64) * (radii[low + 1] - radii[low])
        };
        ribbon(
            map,
            &tube(&curve.points, width, |share| CONTRAST * libm::pow(width(share), 0.65)),
            Blend::Max,
            solid,
        );
    }
}
