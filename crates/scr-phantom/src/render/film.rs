//! Film: conversion of attenuation to grey values, with scatter, exposure, noise, the
//! characteristic curve and lead letters.

use scr_image::Point;

use super::brush::patch;
use super::map::Map;
use crate::field::FIELD_MM;
use crate::random::Source;

/// Greatest grey value: 12 bits.
pub(crate) const WHITE: u16 = 4095;
/// Optical density of the value 0 (the darkest that the digitiser reads).
const DARKEST: f64 = 3.5;
/// Density of unexposed film.
const FOG: f64 = 0.20;
/// Density that the film reaches above fog.
const RANGE: f64 = 3.15;

/// One film and its exposure.
pub(crate) struct Film {
    /// Mean density that the lungs are exposed to.
    lung_density: f64,
    /// Steepest slope, density a decade of exposure.
    gamma: f64,
    /// Scattered over primary radiation.
    scatter: f64,
    /// Relative noise at the lungs' exposure.
    noise: f64,
    /// Blur of focus and screen, mm.
    pub(crate) blur_mm: f64,
    /// More radiation on one side, nepers across the field.
    tilt: Point,
}

impl Film {
    pub(crate) fn new(source: &mut Source) -> Self {
        Self {
            lung_density: source.normal(1.80, 0.13),
            gamma: source.normal(2.55, 0.18),
            scatter: source.normal(0.32, 0.06).max(0.1),
            noise: source.normal(0.016, 0.002).max(0.010),
            blur_mm: source.normal(0.26, 0.03).max(0.18),
            tilt: source.shift(0.06),
        }
    }

    /// Converts attenuation to grey values, bright where attenuation is high.
    pub(crate) fn expose(&self, attenuation: &Map, lungs: &Map, source: &mut Source) -> Vec<u16> {
        let side = attenuation.side;
        let coarse = 128;
        let mut primary = Map::new(coarse);
        let mut sum = 0.0;
        let mut count = 0u32;
        for cell in 0..coarse * coarse {
            let at = |index: usize| (index as f64 + 0.5) * FIELD_MM / coarse as f64;
            let x = at(cell % coarse);
            let y = at(cell / coarse);
            let value = attenuation.at(x, y);
            primary.values[cell] = libm::expf(-value);
            if lungs.at(x, y) > 6.0 {
                sum += f64::from(value);
                count += 1;
            }
        }
        // The exposure is chosen for the lungs, as an automatic one is.
        let middle = libm::exp(-sum / f64::from(count.max(1)));
        let scattered = {
            let mut map = primary;
            // The direct beam beside the patient scatters nowhere.
            let most = (3.0 * middle) as f32;
            for value in &mut map.values {
                *value = value.min(most);
            }
            map.blur(28.0);
            map
        };
        let grain = Map::noise(1024, 0.30, source);
        let lung_share = (self.lung_density - FOG) / RANGE;
        let slope = 4.0 * self.gamma / RANGE / std::f64::consts::LN_10;
        // The logistic curve in the logarithm of exposure passes through the
        // lungs' density at the lungs' exposure.
        let offset = libm::log(lung_share / (1.0 - lung_share));
        let primary_share = 1.0 / (1.0 + self.scatter);
        let mut rows = [vec![0.0f32; side], vec![0.0f32; side]];
        let mut pixels = Vec::with_capacity(side * side);
        for (index, line) in attenuation.values.chunks_exact(side.max(1)).enumerate() {
            let y = (index as f64 + 0.5) / side as f64;
            let [scatter, grain_row] = &mut rows;
            scattered.read_row(y * FIELD_MM, scatter);
            grain.read_row(y * FIELD_MM, grain_row);
            for col in 0..side {
                let x = (col as f64 + 0.5) / side as f64;
                let direct = libm::expf(-line[col]);
                let exposure = (f64::from(direct) + self.scatter * f64::from(scatter[col]))
                    * primary_share
                    / middle;
                let tilt = self.tilt.x * (x - 0.5) + self.tilt.y * (y - 0.5);
                let noise = self.noise / exposure.max(0.02).sqrt() * f64::from(grain_row[col]);
                let log = f64::from(libm::logf(exposure.max(1e-4) as f32)) + tilt + noise;
                let raised = libm::expf(-(slope * log + offset) as f32);
                let density = FOG
                    + RANGE / (1.0 + f64::from(raised))
                    + 0.004 * f64::from(grain_row[side - 1 - col]);
                let value = (1.0 - density / DARKEST) * f64::from(WHITE);
                pixels.push(value.round().clamp(0.0, f64::from(WHITE)) as u16);
            }
        }
        pixels
    }
}

/// Lead stops nearly everything.
const LEAD: f32 = 6.0;

/// Letters of 5 x 7 dots, a row a number, the left dot first.
const LETTERS: [(char, [u8; 7]); 9] = [
    ('A', [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('H', [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('L', [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111]),
    ('M', [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001]),
    ('N', [0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001]),
    ('O', [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]),
    ('P', [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000]),
    ('R', [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001]),
    ('T', [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100]),
];

/// Draws the lead letters (the word that marks a phantom, and the side marker), and on some
/// films a collimator.
pub(crate) fn draw_markers(map: &mut Map, source: &mut Source) {
    let edges = if source.chance(0.3) {
        [0; 4].map(|_| source.uniform(-4.0, 7.0).max(0.0))
    } else {
        [0.0; 4]
    };
    let half = 0.5 * FIELD_MM;
    for (edge, centre, axis, high) in [
        (edges[0], Point::new(half, 0.5 * edges[0]), Point::new(half, 0.0), 0.5 * edges[0]),
        (
            edges[1],
            Point::new(half, FIELD_MM - 0.5 * edges[1]),
            Point::new(half, 0.0),
            0.5 * edges[1],
        ),
        (edges[2], Point::new(0.5 * edges[2], half), Point::new(0.5 * edges[2], 0.0), half),
        (
            edges[3],
            Point::new(FIELD_MM - 0.5 * edges[3], half),
            Point::new(0.5 * edges[3], 0.0),
            half,
        ),
    ] {
        if edge > 0.5 {
            patch(map, centre, axis, high, |_, _| LEAD);
        }
    }
    let stir = source.shift(1.5);
    word(map, "PHANTOM", Point::new(16.0 + stir.x, 13.0 + stir.y), 0.95);
    let height = source.uniform(28.0, 60.0);
    if source.chance(0.5) {
        word(map, "L", Point::new(336.0 + stir.y, height), 1.7);
    } else {
        word(map, "R", Point::new(14.0 + stir.y, height), 1.7);
    }
}

/// Writes a word with dots of `dot` mm, its upper left corner at `at`.
fn word(map: &mut Map, text: &str, at: Point, dot: f64) {
    for (place, letter) in text.chars().enumerate() {
        let Some((_, rows)) = LETTERS.iter().find(|(name, _)| *name == letter) else { continue };
        for (row, bits) in rows.iter().enumerate() {
            for col in (0..5).filter(|col| bits >> (4 - col) & 1 == 1) {
                let x = at.x + (6 * place + col) as f64 * dot;
                let centre = Point::new(x + 0.5 * dot, at.y + (row as f64 + 0.5) * dot);
                patch(map, centre, Point::new(0.5 * dot, 0.0), 0.5 * dot, |_, _| LEAD);
            }
        }
    }
}
