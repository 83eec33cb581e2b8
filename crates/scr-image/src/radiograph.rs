//! Radiograph: grey values that rise with brightness.

use crate::{ImageError, Size, Spacing};

/// Radiograph in memory, 8 to 16 bits a pixel.
///
/// Values run from 0 (black: air, much radiation) to [`max_value`](Self::max_value)
/// (white: bone, little radiation), as on a light box. Readers invert formats
/// with the opposite polarity (JSRT, DICOM's MONOCHROME1); nothing inverts later.
#[derive(Debug, Clone, PartialEq)]
pub struct Radiograph {
    size: Size,
    max_value: u16,
    pixels: Vec<u16>,
    spacing: Option<Spacing>,
}

impl Radiograph {
    /// A radiograph from its values, row by row from the upper left.
    ///
    /// # Errors
    /// [`ImageError::PixelCount`] when there is not one value a pixel,
    /// [`ImageError::PixelTooBright`] when one is above `max_value`.
    pub fn new(
        size: Size,
        max_value: u16,
        pixels: Vec<u16>,
        spacing: Option<Spacing>,
    ) -> Result<Self, ImageError> {
        if pixels.len() != size.area() {
            return Err(ImageError::PixelCount { size, found: pixels.len() });
        }
        if max_value < u16::MAX
            && let Some(&found) = pixels.iter().find(|&&value| value > max_value)
        {
            return Err(ImageError::PixelTooBright { max_value, found });
        }
        Ok(Self { size, max_value, pixels, spacing })
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The value of full white: 255 for 8 bits, 4095 for 12, 65535 for 16.
    #[must_use]
    pub const fn max_value(&self) -> u16 {
        self.max_value
    }

    /// Distance between pixels, when the source states it.
    #[must_use]
    pub const fn spacing(&self) -> Option<Spacing> {
        self.spacing
    }

    /// Replaces the spacing.
    #[must_use]
    pub fn with_spacing(self, spacing: Option<Spacing>) -> Self {
        Self { spacing, ..self }
    }

    /// All values, row by row from the upper left, `width * height` of them.
    #[must_use]
    pub fn pixels(&self) -> &[u16] {
        &self.pixels
    }

    /// Inverts the grey values: exchanges black and white.
    #[must_use]
    pub fn inverted(mut self) -> Self {
        for value in &mut self.pixels {
            *value = self.max_value - *value;
        }
        self
    }

    /// Downsamples to half the width and height: each value is the mean of 2 x 2
    /// pixels, halves rounded up; the spacing doubles.
    ///
    /// # Errors
    /// [`ImageError::OddSize`] when the width or height is odd.
    pub fn halved(&self) -> Result<Self, ImageError> {
        let Size { width, height } = self.size;
        if width % 2 != 0 || height % 2 != 0 {
            return Err(ImageError::OddSize { size: self.size });
        }
        let size = Size::new(width / 2, height / 2);
        let mut pixels = Vec::with_capacity(size.area());
        for rows in self.pixels.chunks_exact(2 * width) {
            let (upper, lower) = rows.split_at(width);
            for (a, b) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let sum: u32 = [a[0], a[1], b[0], b[1]].into_iter().map(u32::from).sum();
                pixels.push(((sum + 2) / 4) as u16);
            }
        }
        let spacing =
            self.spacing.map(|s| Spacing::new(2.0 * s.x_mm(), 2.0 * s.y_mm())).transpose()?;
        Ok(Self { size, max_value: self.max_value, pixels, spacing })
    }

    /// Stretches the grey values to the full 16-bit range: 0 stays black and
    /// `max_value` becomes 65535, so that every viewer shows the same brightness.
    /// Different values stay different.
    #[must_use]
    pub fn stretched_to_16_bits(mut self) -> Self {
        let max = u32::from(self.max_value.max(1));
        if self.max_value != u16::MAX {
            for value in &mut self.pixels {
                *value = ((u32::from(*value) * u32::from(u16::MAX) + max / 2) / max) as u16;
            }
            self.max_value = u16::MAX;
        }
        self
    }

    /// Automatic grey window: the values shown black and white, which leave out half a percent of
    /// the pixels at either end. At least 1 wide; the viewer has the same rule.
    #[must_use]
    pub fn auto_window(&self) -> [u16; 2] {
        let mut counts = vec![0usize; usize::from(self.max_value) + 1];
        for &value in &self.pixels {
            counts[usize::from(value)] += 1;
        }
        let percentile = |share: f64| {
            let wanted = (share * self.pixels.len() as f64).max(1.0);
            let mut seen = 0;
            let reaches = |count: &usize| {
                seen += count;
                seen as f64 >= wanted
            };
            counts.iter().position(reaches).unwrap_or(usize::from(self.max_value)) as u16
        };
        let low = percentile(0.005).min(self.max_value.saturating_sub(1));
        [low, percentile(0.995).max(low + 1).min(self.max_value.max(1))]
    }

    /// The radiograph as it is seen in a grey window, with 8 bits: `low` becomes 0, `high` 255.
    #[must_use]
    pub fn windowed(&self, [low, high]: [u16; 2]) -> Self {
        let width = u32::from(high.saturating_sub(low).max(1));
        let grey = |&value: &u16| {
            let above = u32::from(value.saturating_sub(low)).min(width);
            ((above * 255 + width / 2) / width) as u16
        };
        let pixels = self.pixels.iter().map(grey).collect();
        Self { size: self.size, max_value: 255, pixels, spacing: self.spacing }
    }

    /// Thumbnail of 8 bits: at most `max_side` pixels wide and high, each value the
    /// mean of the pixels it covers, from 0 to 255.
    #[must_use]
    pub fn thumbnail(&self, max_side: usize) -> Self {
        let longest = self.size.width.max(self.size.height).max(1);
        let side = |length: usize| (length * max_side.min(longest) / longest).max(1);
        let size = Size::new(side(self.size.width), side(self.size.height));
        let mut pixels = Vec::with_capacity(size.area());
        for row in 0..size.height {
            let rows = covered(row, size.height, self.size.height);
            for col in 0..size.width {
                let cols = covered(col, size.width, self.size.width);
                let mut sum = 0u64;
                for r in rows.clone() {
                    let line = &self.pixels[r * self.size.width..][..self.size.width];
                    sum += line[cols.clone()].iter().map(|&v| u64::from(v)).sum::<u64>();
                }
                let full = (rows.len() * cols.len()) as u64 * u64::from(self.max_value.max(1));
                pixels.push(((sum * 255 + full / 2) / full) as u16);
            }
        }
        Self { size, max_value: 255, pixels, spacing: None }
    }
}

/// Source pixels that cell `index` of `cells` covers, at least one.
fn covered(index: usize, cells: usize, length: usize) -> std::ops::Range<usize> {
    let start = index * length / cells;
    start..((index + 1) * length / cells).max(start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Radiograph {
        let spacing = Spacing::isotropic(0.175).unwrap();
        Radiograph::new(Size::new(4, 2), 4095, vec![0, 1, 10, 20, 2, 4, 30, 41], Some(spacing))
            .unwrap()
    }

    #[test]
    fn halving_averages_two_by_two_and_doubles_the_spacing() {
        let half = small().halved().unwrap();
        assert_eq!(half.pixels(), [2, 25]);
        assert_eq!(half.spacing().unwrap().x_mm(), 0.35);
    }

    #[test]
    fn an_odd_image_is_not_halved() {
        let odd = Radiograph::new(Size::new(3, 1), 255, vec![1, 2, 3], None).unwrap();
        assert!(matches!(odd.halved(), Err(ImageError::OddSize { .. })));
    }

    #[test]
    fn stretching_keeps_every_one_of_4096_values_apart() {
        let all: Vec<u16> = (0..4096).collect();
        let stretched =
            Radiograph::new(Size::new(64, 64), 4095, all, None).unwrap().stretched_to_16_bits();
        assert!(stretched.pixels().windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(stretched.pixels()[4095], 65535);
    }

    #[test]
    fn inverting_twice_changes_nothing() {
        assert_eq!(small().inverted().inverted(), small());
    }

    #[test]
    fn a_value_above_the_maximum_is_refused() {
        let error = Radiograph::new(Size::new(1, 1), 4095, vec![4096], None).unwrap_err();
        assert_eq!(error, ImageError::PixelTooBright { max_value: 4095, found: 4096 });
    }

    #[test]
    fn the_automatic_window_leaves_out_the_ends_and_is_never_empty() {
        let mut pixels: Vec<u16> = (0..1000).map(|index| 100 + index % 100).collect();
        pixels[..4].fill(4095);
        pixels[4..8].fill(0);
        let image = |pixels: Vec<u16>| {
            Radiograph::new(Size::new(pixels.len(), 1), 4095, pixels, None).unwrap()
        };
        let radiograph = image(pixels);
        assert_eq!(radiograph.auto_window(), [100, 199]);
        let seen = radiograph.windowed([100, 199]);
        assert_eq!(
            (seen.max_value(), &seen.pixels()[..8]),
            (255, &[255, 255, 255, 255, 0, 0, 0, 0][..])
        );
        assert_eq!(image(vec![7; 10]).auto_window(), [7, 8]);
        assert_eq!(image(vec![4095; 10]).auto_window(), [4094, 4095]);
    }

    #[test]
    fn a_thumbnail_keeps_the_shape_and_the_mean() {
        let image = Radiograph::new(Size::new(40, 20), 65535, vec![65535; 800], None).unwrap();
        let thumbnail = image.thumbnail(10);
        assert_eq!(thumbnail.size(), Size::new(10, 5));
        assert!(thumbnail.pixels().iter().all(|&v| v == 255));
    }
}
