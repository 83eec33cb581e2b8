//! From radiograph to input.

use scr_data::{DataError, Problem, Problems};
use scr_image::{GreyImage, Radiograph, Size};

use crate::card::{Fit, GreyScaling, InputCard, Layout};
use crate::{Tensor, TensorDescription};

/// Preparation of radiographs for one model: its card and its input agree.
#[derive(Debug, Clone)]
pub struct Preparation {
    card: InputCard,
    channels: usize,
}

/// Radiograph on the grid of the input.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Grey values after scaling, before they are repeated in channels.
    pub grey: GreyImage,
    /// Part of the grid that the radiograph covers: x, y, width, height in pixels of the grid.
    pub part: [f64; 4],
}

impl Preparation {
    /// Preparation for an input; `place` names the card in problems.
    ///
    /// # Errors
    /// [`DataError::Problems`] where the card and the model's input disagree.
    pub fn new(
        card: &InputCard,
        input: &TensorDescription,
        place: &str,
    ) -> Result<Self, DataError> {
        let sides = |at: [usize; 4]| at.map(|index| input.shape.get(index).copied().flatten());
        let [batch, channels, height, width] = match card.layout {
            Layout::Nchw => sides([0, 1, 2, 3]),
            Layout::Nhwc => sides([0, 3, 1, 2]),
        };
        let mut problems = Problems::default();
        let shape = format!("an input of {} (batch, ...)", input.shape_text());
        let mut expect = |key: &str, expected: String, found: String| {
            problems.push(Problem::new(format!("{place}, {key}"), expected, found, &shape));
        };
        if batch.is_some_and(|batch| batch != 1) {
            expect(
                "model",
                "a batch of one image".into(),
                format!("{} images", input.shape_text()),
            );
        }
        let wanted = card.channels.or((card.normalisation.len() == 3).then_some(3));
        let n = wanted.or(channels).unwrap_or(1);
        if channels.is_some_and(|channels| channels != n) || ![1, 3].contains(&n) {
            let found = format!("{} in the model", channels.unwrap_or(n));
            expect("input.channels", wanted.map_or("1 or 3".into(), |n| n.to_string()), found);
        }
        match card.fit {
            Fit::Stretch(size) | Fit::Pad(size) => {
                let is_other =
                    |side: Option<usize>, wanted| side.is_some_and(|side| side != wanted);
                if is_other(height, size[0]) || is_other(width, size[1]) {
                    let side =
                        |side: Option<usize>| side.map_or("?".into(), |side| side.to_string());
                    let of_model = format!("[{}, {}] as in the model", side(height), side(width));
                    expect("input.size", of_model, format!("{size:?}"));
                }
            }
            Fit::Multiple { .. } => {
                if height.is_some() || width.is_some() {
                    let expected = "input.size, as the model has a fixed size".into();
                    expect("input.multiple", expected, "input.multiple".into());
                }
            }
        }
        problems.or(Self { card: card.clone(), channels: n })
    }

    /// Number of channels of the input.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Resamples and scales a radiograph.
    #[must_use]
    pub fn prepare(&self, radiograph: &Radiograph) -> Prepared {
        let full = radiograph.size();
        let scale = 1.0 / f32::from(radiograph.max_value().max(1));
        let share = |&value: &u16| {
            let share = f32::from(value) * scale;
            if self.card.inverted { 1.0 - share } else { share }
        };
        let grey = GreyImage::new(full, radiograph.pixels().iter().map(share).collect());
        let (inner, grid) = self.sizes(full);
        let grey = self.scaled(grey.resampled_by(self.card.resampling, inner));
        let (left, top) = ((grid.width - inner.width) / 2, (grid.height - inner.height) / 2);
        let part = [left, top, inner.width, inner.height].map(|pixels| pixels as f64);
        if inner == grid {
            return Prepared { grey, part };
        }
        let mut values = vec![0.0; grid.area()];
        for (row, line) in grey.values().chunks_exact(inner.width).enumerate() {
            values[(top + row) * grid.width + left..][..inner.width].copy_from_slice(line);
        }
        Prepared { grey: GreyImage::new(grid, values), part }
    }

    /// Input of prepared grey values.
    #[must_use]
    pub fn tensor(&self, grey: &GreyImage) -> Tensor {
        let (n, Size { width, height }) = (self.channels, grey.size());
        let channel = |index: usize| {
            let (mean, std) = match self.card.normalisation.as_slice() {
                [] => (0.0, 1.0),
                [same] => *same,
                each => each[index],
            };
            move |value: f32| (value - mean) / std
        };
        let mut values = Vec::with_capacity(n * grey.values().len());
        let shape = match self.card.layout {
            Layout::Nchw => {
                for index in 0..n {
                    values.extend(grey.values().iter().copied().map(channel(index)));
                }
                vec![1, n, height, width]
            }
            Layout::Nhwc => {
                for &value in grey.values() {
                    values.extend((0..n).map(|index| channel(index)(value)));
                }
                vec![1, height, width, n]
            }
        };
        Tensor::new(shape, values).expect("sizes of cards are bounded")
    }

    /// Size of the resampled radiograph, and of the grid.
    fn sizes(&self, full: Size) -> (Size, Size) {
        let shrunk = |scale: f64| {
            let side = |side: usize| ((side as f64 * scale).round() as usize).max(1);
            Size::new(side(full.width), side(full.height))
        };
        match self.card.fit {
            Fit::Stretch([height, width]) => (Size::new(width, height), Size::new(width, height)),
            Fit::Pad([height, width]) => {
                let across = width as f64 / full.width as f64;
                let inner = shrunk(across.min(height as f64 / full.height as f64));
                let inner = Size::new(inner.width.min(width), inner.height.min(height));
                (inner, Size::new(width, height))
            }
            Fit::Multiple { multiple, max_side } => {
                let longest = full.width.max(full.height);
                let inner = if longest > max_side {
                    shrunk(max_side as f64 / longest as f64)
                } else {
                    full
                };
                let grid = |side: usize| side.next_multiple_of(multiple);
                (inner, Size::new(grid(inner.width), grid(inner.height)))
            }
        }
    }

    fn scaled(&self, grey: GreyImage) -> GreyImage {
        let [low, high] = match self.card.scaling {
            GreyScaling::ZScore => return grey.standardised(),
            GreyScaling::None => [0.0, 1.0],
            GreyScaling::Window(window) => window,
            GreyScaling::MinMax => percentiles(&grey, [0.0, 100.0]),
            GreyScaling::Percentiles(shares) => percentiles(&grey, shares),
        };
        let clips =
            matches!(self.card.scaling, GreyScaling::Window(_) | GreyScaling::Percentiles(_));
        let [to_low, to_high] = self.card.range;
        let span = if high > low { high - low } else { 1.0 };
        let scaled = |&value: &f32| {
            let share = (value - low) / span;
            let share = if clips { share.clamp(0.0, 1.0) } else { share };
            to_low + share * (to_high - to_low)
        };
        GreyImage::new(grey.size(), grey.values().iter().map(scaled).collect())
    }
}

/// Percentiles of all values, interpolated between the two nearest ranks as NumPy does.
fn percentiles(grey: &GreyImage, shares: [f32; 2]) -> [f32; 2] {
    let mut values = grey.values().to_vec();
    values.sort_unstable_by(f32::total_cmp);
    shares.map(|share| {
        let place = f64::from(share) / 100.0 * (values.len() - 1) as f64;
        let below = place as usize;
        let above = (below + 1).min(values.len() - 1);
        values[below] + (place - below as f64) as f32 * (values[above] - values[below])
    })
}
