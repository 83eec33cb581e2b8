//! Renderer: from anatomy to grey values, along the path of the beam to the film.
//!
//! [`body`] and [`skeleton`] fill a map of attenuation (nepers), [`vessels`] a
//! map of thickness within the lungs, [`film`] turns attenuation into grey
//! values. All lengths are in mm, so the side in pixels changes only the resolution. The
//! shapes that are scored come from [`anatomy`](crate::anatomy).

mod body;
mod brush;
mod distance;
mod film;
mod map;
mod skeleton;
mod vessels;

use scr_image::{Point, Radiograph, Size, Spacing};

use crate::anatomy::Anatomy;
use crate::attributes::{Attributes, Nodule};
use crate::field::FIELD_MM;
use crate::random::{Purpose, Source, Streams};
use map::Map;

/// Least side of drawing: smaller images are drawn at this side and averaged, so that
/// details finer than a pixel look as on a smaller print.
const LEAST_SIDE: usize = 1024;

/// Draws the radiograph of one patient.
pub(crate) fn radiograph(
    anatomy: &Anatomy,
    attributes: &Attributes,
    streams: Streams,
    side: usize,
) -> Radiograph {
    let pixels = if side == 0 {
        Vec::new()
    } else {
        let times = LEAST_SIDE.div_ceil(side);
        averaged(grey_values(anatomy, attributes, streams, side * times), side, times)
    };
    let spacing = Spacing::isotropic(FIELD_MM / side as f64).ok();
    Radiograph::new(Size::square(side), film::WHITE, pixels, spacing)
        .expect("one value a pixel, none above the film's white")
}

/// Averages `times` x `times` pixels to an image of side `side`.
fn averaged(pixels: Vec<u16>, side: usize, times: usize) -> Vec<u16> {
    if times == 1 {
        return pixels;
    }
    let count = (times * times) as u32;
    let mut means = Vec::with_capacity(side * side);
    for rows in pixels.chunks_exact(side * times * times) {
        let mut sums = vec![count / 2; side];
        for row in rows.chunks_exact(side * times) {
            for (sum, group) in sums.iter_mut().zip(row.chunks_exact(times)) {
                *sum += group.iter().map(|&value| u32::from(value)).sum::<u32>();
            }
        }
        means.extend(sums.iter().map(|sum| (sum / count) as u16));
    }
    means
}

fn grey_values(
    anatomy: &Anatomy,
    attributes: &Attributes,
    streams: Streams,
    side: usize,
) -> Vec<u16> {
    let body = body::Body::new(anatomy, &mut streams.source(Purpose::Tissue));
    let mut attenuation = Map::new(side);
    let mut vessels = Map::new(side);
    vessels::draw(&mut vessels, anatomy, &body.lungs, &mut streams.source(Purpose::Vessels));
    body.draw(&mut attenuation, &vessels);
    drop(vessels);
    body::draw_organs(&mut attenuation, anatomy, &mut streams.source(Purpose::Organs));
    if let Some(nodule) = &attributes.nodule {
        draw_nodule(&mut attenuation, nodule, &mut streams.source(Purpose::NoduleShape));
    }
    skeleton::draw(&mut attenuation, anatomy, &mut streams.source(Purpose::Skeleton));
    let mut source = streams.source(Purpose::Film);
    let film = film::Film::new(&mut source);
    film::draw_markers(&mut attenuation, &mut source);
    attenuation.blur(film.blur_mm);
    film.expose(&attenuation, &body.lungs, &mut streams.source(Purpose::Noise))
}

/// A ball of tissue, fainter and softer the subtler it is.
fn draw_nodule(map: &mut Map, nodule: &Nodule, source: &mut Source) {
    let mm = |px: u32| (f64::from(px) + 0.5) * FIELD_MM / 2048.0;
    let radius = 0.5 * nodule.size_mm;
    let contrast = [0.0, 0.04, 0.08, 0.13, 0.20, 0.32][usize::from(nodule.subtlety.min(5))];
    let strength = contrast * (0.7 + 0.02 * nodule.size_mm);
    let centre = Point::new(mm(nodule.x), mm(nodule.y));
    let [oval, slant, lobes] = [0.22, 0.22, 0.30].map(|sd| source.normal(0.0, sd) as f32);
    let edge = 1.25;
    brush::patch(map, centre, Point::new(edge * radius, 0.0), edge * radius, |u, v| {
        let u = u * edge as f32;
        let v = v * edge as f32;
        let bumps =
            oval * (u * u - v * v) + slant * 2.0 * u * v + lobes * u * (u * u - 3.0 * v * v);
        let far = ((u * u + v * v) * (1.0 + bumps)).clamp(0.0, 1.0);
        strength as f32 * (1.0 - far) * (1.0 + 0.5 * far)
    });
}
