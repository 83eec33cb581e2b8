//! Insights into an active appearance model: modes of shape and of texture.

use scr_image::{Point, Size};

use super::appearance::Appearance;
use super::warp::PlaceKind;
use crate::insight::{n_shown, reach_sd};
use crate::shape_model::Layout;
use crate::{GreyImage, Insight, ShapeModes, TextureModes};

/// Width of the empty margin around a texture.
const MARGIN_PX: f64 = 1.0;

/// Insights into a level's appearance with modes of up to `limit` standard deviations.
pub(super) fn insights(appearance: &Appearance, layout: &Layout, limit: f64) -> Vec<Insight> {
    let weights = |mode: usize, sd: f64| {
        let mut weights = vec![0.0; appearance.n_modes()];
        weights.iter_mut().skip(mode).take(1).for_each(|weight| *weight = sd);
        weights
    };
    let shapes = ShapeModes::of(layout, limit, &appearance.variances(), |mode, sd| {
        appearance.local(&weights(mode, sd))
    });
    let reach_sd = reach_sd(limit);
    let (mean, frame) = Frame::around(appearance);
    let texture = |mode, sd| frame.image(&appearance.texture(&weights(mode, sd)));
    let modes = (0..n_shown(appearance.n_modes()))
        .map(|mode| [-reach_sd, reach_sd].map(|sd| texture(mode, sd)));
    let textures = TextureModes {
        level: appearance.level,
        mean: texture(0, 0.0),
        reach_sd,
        modes: modes.collect(),
        outlines: layout.outlines(&mean),
    };
    vec![Insight::ShapeModes(shapes), Insight::TextureModes(textures)]
}

/// Image frame of the texture: just large enough for all places of the mean shape.
struct Frame {
    size: Size,
    /// Pixel of each place, and the place's index in a texture. Places on whiskers come before
    /// those inside, which are drawn over them.
    pixels: Vec<(usize, usize)>,
}

impl Frame {
    /// Mean points in the frame, and the frame.
    fn around(appearance: &Appearance) -> (Vec<Point>, Self) {
        let mean = appearance.local(&[]);
        let mean = super::warp::scaled(&mean, appearance.level);
        let places: Vec<(Point, PlaceKind)> = appearance.warp.places(&mean).collect();
        let all = || mean.iter().chain(places.iter().map(|(place, _)| place));
        let (low, high) = all().fold(
            ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY)),
            |(low, high), p| ((p.x.min(low.0), p.y.min(low.1)), (p.x.max(high.0), p.y.max(high.1))),
        );
        // Shifted by whole pixels, so that places inside stay at pixel centres.
        let (left, top) = (low.0.floor() - MARGIN_PX, low.1.floor() - MARGIN_PX);
        let size = Size::new(
            (high.0 - left + MARGIN_PX).ceil() as usize,
            (high.1 - top + MARGIN_PX).ceil() as usize,
        );
        let pixel = |place: &Point| {
            let (column, row) = ((place.x - left) as usize, (place.y - top) as usize);
            row * size.width + column
        };
        let of_kind = |kind: PlaceKind| {
            let numbered = places.iter().enumerate();
            numbered.filter(move |(_, (_, other))| *other == kind)
        };
        let in_order = of_kind(PlaceKind::Whisker).chain(of_kind(PlaceKind::Inside));
        let pixels = in_order.map(|(index, (place, _))| (pixel(place), index)).collect();
        let moved = mean.iter().map(|p| Point::new(p.x - left, p.y - top)).collect();
        (moved, Self { size, pixels })
    }

    fn image(&self, texture: &[f32]) -> GreyImage {
        let mut values = vec![f32::NAN; self.size.area()];
        for &(pixel, index) in &self.pixels {
            values[pixel] = texture[index];
        }
        GreyImage::new(self.size, values)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, layout, learnt};
    use super::*;

    #[test]
    fn a_texture_fills_its_outlines_and_whiskers_lie_around_them() {
        let examples = examples(8, 64);
        for whisker in [0.0, 4.0] {
            let (appearance, _) = learnt(&examples, whisker);
            let insights = insights(&appearance, &layout(), 1.5);
            let [Insight::ShapeModes(shapes), Insight::TextureModes(textures)] = &insights[..]
            else {
                panic!("shapes, then textures");
            };
            assert_eq!((shapes.reach_sd, textures.reach_sd), (1.5, 1.5));
            assert!((shapes.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert_eq!(shapes.modes.len(), textures.modes.len());
            let size = textures.mean.size();
            let inside = scr_image::Mask::filled(size, &textures.outlines.concat());
            let is_sampled = |pixel: usize| !textures.mean.values()[pixel].is_nan();
            let count = |expected: bool| {
                let pixels = (0..size.area())
                    .filter(|&p| inside.get(p % size.width, p / size.width) == expected);
                (pixels.clone().filter(|&p| is_sampled(p)).count(), pixels.count())
            };
            let ((inside, all), (outside, _)) = (count(true), count(false));
            assert!(inside as f64 > 0.97 * all as f64, "{inside} of {all}");
            assert_eq!(outside > 50, whisker > 0.0, "{outside}");
        }
    }
}
