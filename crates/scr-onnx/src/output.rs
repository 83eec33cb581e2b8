//! From output to masks.

use scr_image::{GreyImage, Mask, Outline, Point, Size};

use crate::card::{Layout, ModelCard, OutputCard, OutputKind};
use crate::card_parsing::mirror_twin;
use crate::preparation::Prepared;
use crate::{ModelError, Tensor};

/// Distance of a probability beyond 0 or 1 that rounding explains.
const ROUNDING: f32 = 1e-3;

/// Output of a model on one image, checked against the card.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Output {
    /// One map a channel, with probabilities.
    Maps(Vec<GreyImage>),
    /// Class at each pixel.
    Labels(Size, Vec<usize>),
    /// All points, in pixels of the input's grid.
    Points(Vec<Point>),
}

impl Output {
    /// Reads the output of a model whose input was `prepared`.
    pub(crate) fn read(
        card: &OutputCard,
        layout: Layout,
        tensor: &Tensor,
        prepared: &Prepared,
    ) -> Result<Self, ModelError> {
        if let Some(value) = tensor.values().iter().find(|value| !value.is_finite()) {
            return Err(fault("finite numbers", value.to_string(), ""));
        }
        match &card.kind {
            OutputKind::Labels => labels(card, tensor),
            OutputKind::Landmarks { points, are_shares } => {
                let n: usize = points.iter().sum();
                if tensor.values().len() != 2 * n {
                    let found = tensor.shape_text();
                    return Err(fault(&format!("{n} points, x and y each"), found, ""));
                }
                let size = prepared.grey.size();
                let (x, y) =
                    if *are_shares { (size.width as f64, size.height as f64) } else { (1.0, 1.0) };
                let points = tensor.values().chunks_exact(2);
                let point = |at: &[f32]| Point::new(f64::from(at[0]) * x, f64::from(at[1]) * y);
                Ok(Self::Points(points.map(point).collect()))
            }
            OutputKind::Sigmoid { .. } | OutputKind::Softmax { .. } => maps(card, layout, tensor),
        }
    }

    /// Mean of this output and that of the mirror image.
    pub(crate) fn with_mirrored(self, card: &OutputCard, other: Self) -> Self {
        let (Self::Maps(maps), Self::Maps(mirrored)) = (&self, other) else { return self };
        let mean = |(map, name): (&GreyImage, &String)| {
            let twin = mirror_twin(name);
            let at = card.structures.iter().position(|other| *other == twin).unwrap_or_default();
            let values = map.values().iter().zip(mirrored[at].mirrored().values().to_vec());
            GreyImage::new(map.size(), values.map(|(a, b)| 0.5 * (a + b)).collect())
        };
        Self::Maps(maps.iter().zip(&card.structures).map(mean).collect())
    }

    /// Masks of `wanted` structures at the radiograph's size.
    pub(crate) fn masks(
        &self,
        card: &OutputCard,
        wanted: &[&str],
        prepared: &Prepared,
        full: Size,
    ) -> Vec<Mask> {
        let classes = self.classes(card, prepared, full);
        let mask = |structure: &&str| {
            let Some(index) = card.structures.iter().position(|name| name == structure) else {
                return Mask::empty(full);
            };
            let mask = match (self, &card.kind, &classes) {
                (Self::Points(all), OutputKind::Landmarks { points, .. }, _) => {
                    let first = points[..index].iter().sum::<usize>();
                    filled(&all[first..first + points[index]], prepared.part, full)
                }
                (Self::Maps(maps), OutputKind::Sigmoid { threshold }, _)
                | (Self::Maps(maps), OutputKind::Softmax { threshold: Some(threshold) }, _) => {
                    at_least(&maps[index], *threshold, prepared, full)
                }
                (_, _, Some(classes)) => {
                    Mask::from_fn(full, |col, row| classes[row * full.width + col] == index)
                }
                _ => Mask::empty(full),
            };
            if card.largest_component { mask.largest_component() } else { mask }
        };
        wanted.iter().map(mask).collect()
    }

    /// Probability maps of `wanted` structures at the radiograph's size; `None` for labels and
    /// landmarks.
    pub(crate) fn posteriors(
        &self,
        card: &OutputCard,
        wanted: &[&str],
        prepared: &Prepared,
        full: Size,
    ) -> Option<Vec<GreyImage>> {
        let Self::Maps(maps) = self else { return None };
        let posterior = |structure: &&str| {
            let index = card.structures.iter().position(|name| name == structure)?;
            let mut values = Vec::with_capacity(full.area());
            let part = part_of(prepared, &maps[index]);
            maps[index].each_pixel_of_part(part, full, |_, _, value| values.push(value));
            Some(GreyImage::new(full, values))
        };
        wanted.iter().map(posterior).collect()
    }

    /// Class of each pixel at the radiograph's size, for outputs of classes.
    fn classes(&self, card: &OutputCard, prepared: &Prepared, full: Size) -> Option<Vec<usize>> {
        match (self, &card.kind) {
            (Self::Labels(size, labels), _) => {
                let [x, y, width, height] = scaled(prepared, *size);
                let nearest = |start: f64, covered: f64, index: usize, length: usize, of: usize| {
                    let place = start + (index as f64 + 0.5) / length as f64 * covered;
                    (place.max(0.0) as usize).min(of - 1)
                };
                let mut classes = Vec::with_capacity(full.area());
                for row in 0..full.height {
                    let from = nearest(y, height, row, full.height, size.height) * size.width;
                    classes.extend(
                        (0..full.width).map(|col| {
                            labels[from + nearest(x, width, col, full.width, size.width)]
                        }),
                    );
                }
                Some(classes)
            }
            (Self::Maps(maps), OutputKind::Softmax { threshold: None }) => {
                let mut highest = vec![f32::NEG_INFINITY; full.area()];
                let mut classes = vec![0; full.area()];
                for (class, map) in maps.iter().enumerate() {
                    map.each_pixel_of_part(part_of(prepared, map), full, |col, row, value| {
                        let at = row * full.width + col;
                        if value > highest[at] {
                            (highest[at], classes[at]) = (value, class);
                        }
                    });
                }
                Some(classes)
            }
            _ => None,
        }
    }
}

/// Part of an output that the radiograph covers, in its pixels.
fn scaled(prepared: &Prepared, size: Size) -> [f64; 4] {
    let grid = prepared.grey.size();
    let (across, down) =
        (size.width as f64 / grid.width as f64, size.height as f64 / grid.height as f64);
    let [x, y, width, height] = prepared.part;
    [x * across, y * down, width * across, height * down]
}

fn part_of(prepared: &Prepared, map: &GreyImage) -> [f64; 4] {
    scaled(prepared, map.size())
}

fn at_least(map: &GreyImage, threshold: f32, prepared: &Prepared, full: Size) -> Mask {
    let mut mask = Mask::empty(full);
    map.each_pixel_of_part(part_of(prepared, map), full, |col, row, value| {
        if value >= threshold {
            mask.set(col, row);
        }
    });
    mask
}

fn filled(points: &[Point], [x, y, width, height]: [f64; 4], full: Size) -> Mask {
    let (across, down) = (full.width as f64 / width, full.height as f64 / height);
    // Far outside of the image a side looks the same from within.
    let within = |value: f64, length: usize| value.clamp(-(length as f64), 2.0 * length as f64);
    let place = |point: &Point| {
        Point::new(
            within((point.x - x) * across, full.width),
            within((point.y - y) * down, full.height),
        )
    };
    Mask::filled(full, &[Outline::new(points.iter().map(place).collect())])
}

/// Probability maps of all channels.
fn maps(card: &OutputCard, layout: Layout, tensor: &Tensor) -> Result<Output, ModelError> {
    let n = card.structures.len();
    let found = match (tensor.shape(), layout) {
        (&[1, channels, height, width], Layout::Nchw)
        | (&[1, height, width, channels], Layout::Nhwc) => Some((channels, height, width)),
        (&[1, height, width], _) => Some((1, height, width)),
        _ => None,
    };
    let Some((channels, height, width)) = found.filter(|&(c, h, w)| c == n && h > 0 && w > 0)
    else {
        let expected = match layout {
            Layout::Nchw => format!("1 x {n} x height x width"),
            Layout::Nhwc => format!("1 x height x width x {n}"),
        };
        let hint = "output.structures names one structure, or background, a channel";
        return Err(fault(&expected, tensor.shape_text(), hint));
    };
    let area = height * width;
    let at = |channel: usize, pixel: usize| match layout {
        Layout::Nchw => tensor.values()[channel * area + pixel],
        Layout::Nhwc => tensor.values()[pixel * channels + channel],
    };
    let mut planes: Vec<Vec<f32>> =
        (0..channels).map(|channel| (0..area).map(|pixel| at(channel, pixel)).collect()).collect();
    if card.logits {
        probabilities(&card.kind, &mut planes);
    }
    let is_outside = |value: &&f32| !(-ROUNDING..=1.0 + ROUNDING).contains(*value);
    if let Some(value) = planes.iter().flatten().find(is_outside) {
        let hint = "where the model returns logits, set output.logits = true";
        return Err(fault("probabilities from 0 to 1", value.to_string(), hint));
    }
    let size = Size::new(width, height);
    Ok(Output::Maps(planes.into_iter().map(|plane| GreyImage::new(size, plane)).collect()))
}

/// Sigmoid or softmax of logits, in place.
fn probabilities(kind: &OutputKind, planes: &mut [Vec<f32>]) {
    if matches!(kind, OutputKind::Sigmoid { .. }) {
        for value in planes.iter_mut().flatten() {
            *value = 1.0 / (1.0 + (-*value).exp());
        }
        return;
    }
    for pixel in 0..planes.first().map_or(0, Vec::len) {
        let highest = planes.iter().map(|plane| plane[pixel]).fold(f32::NEG_INFINITY, f32::max);
        let mut total = 0.0;
        for plane in planes.iter_mut() {
            plane[pixel] = (plane[pixel] - highest).exp();
            total += plane[pixel];
        }
        for plane in planes.iter_mut() {
            plane[pixel] /= total;
        }
    }
}

fn labels(card: &OutputCard, tensor: &Tensor) -> Result<Output, ModelError> {
    let found = match *tensor.shape() {
        [1, height, width] | [1, 1, height, width] | [1, height, width, 1] => Some((height, width)),
        _ => None,
    };
    let Some((height, width)) = found.filter(|&(height, width)| height > 0 && width > 0) else {
        return Err(fault("1 x height x width", tensor.shape_text(), ""));
    };
    let n = card.structures.len();
    let label = |&value: &f32| {
        let is_class = value.fract() == 0.0 && value >= 0.0 && (value as usize) < n;
        is_class.then_some(value as usize).ok_or(value)
    };
    match tensor.values().iter().map(label).collect() {
        Ok(labels) => Ok(Output::Labels(Size::new(width, height), labels)),
        Err(value) => {
            let hint = format!(
                "output.structures names {n} classes, {} among them",
                ModelCard::BACKGROUND
            );
            Err(fault(&format!("classes 0 to {}", n - 1), value.to_string(), &hint))
        }
    }
}

fn fault(expected: &str, found: String, hint: &str) -> ModelError {
    ModelError::Output { expected: expected.into(), found, hint: hint.into() }
}
