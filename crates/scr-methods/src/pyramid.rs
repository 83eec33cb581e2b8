//! Image pyramids.

use scr_image::Size;

use crate::{GreyImage, Posterior, working_size};

/// Blur before subsampling by 2, in pixels.
const BLUR_PX: f64 = 1.0;

/// Image pyramid: one image, or one for each structure, at several resolutions. Level 0 is the
/// finest; each further level halves width and height. Other images of the same radiograph can
/// be [added](Self::beside) as a further channel.
#[derive(Debug, Clone)]
pub struct Pyramid {
    /// By channel, then level: one image for all structures, or one for each.
    channels: Vec<Vec<Vec<GreyImage>>>,
}

impl Pyramid {
    /// Pyramid of `n_levels` levels, of one image for all structures or of one for each.
    /// An image of a single pixel keeps its size.
    ///
    /// # Panics
    /// When there is no image.
    #[must_use]
    pub fn new(images: Vec<GreyImage>, n_levels: usize) -> Self {
        assert!(!images.is_empty(), "a pyramid needs an image");
        let mut levels = vec![images];
        while levels.len() < n_levels {
            let coarser = levels[levels.len() - 1].iter().map(halved).collect();
            levels.push(coarser);
        }
        Self { channels: vec![levels] }
    }

    /// Pyramid of grey values with `n_levels` levels.
    #[must_use]
    pub fn grey(image: GreyImage, n_levels: usize) -> Self {
        Self::new(vec![image], n_levels)
    }

    /// Pyramid of a posterior with `n_levels` levels: one image a structure, each blurred by a
    /// Gaussian of `smoothing_px` pixels of the posterior. The finest level has a longer side
    /// of `side` pixels.
    #[must_use]
    pub fn posterior(
        posterior: &Posterior,
        smoothing_px: f64,
        side: usize,
        n_levels: usize,
    ) -> Self {
        let size = working_size(posterior.full_size(), side);
        let maps = posterior.maps().iter();
        Self::new(maps.map(|map| map.blurred(smoothing_px).resampled(size)).collect(), n_levels)
    }

    /// Adds the channels of `other`, of the same radiograph, size and levels.
    ///
    /// # Panics
    /// When sizes or numbers of levels differ.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        let shape = |pyramid: &Self| (pyramid.size(), pyramid.channels[0].len());
        assert_eq!(shape(&self), shape(&other), "channels of one radiograph have its size");
        self.channels.extend(other.channels);
        self
    }

    /// Number of channels.
    #[must_use]
    pub const fn n_channels(&self) -> usize {
        self.channels.len()
    }

    /// Image of a structure at a level, in the first channel.
    #[must_use]
    pub fn image(&self, level: usize, structure: usize) -> &GreyImage {
        self.image_in(0, level, structure)
    }

    /// Image of a structure at a level, in a channel.
    #[must_use]
    pub fn image_in(&self, channel: usize, level: usize, structure: usize) -> &GreyImage {
        let images = &self.channels[channel][level];
        images.get(structure).unwrap_or(&images[0])
    }

    /// Width and height of the finest level.
    #[must_use]
    pub fn size(&self) -> Size {
        self.channels[0][0][0].size()
    }
}

/// Size of a level's pixel grid relative to the finest level: 1, 1/2, 1/4, ...
pub(crate) fn level_scale(level: usize) -> f64 {
    0.5f64.powi(level as i32)
}

fn halved(image: &GreyImage) -> GreyImage {
    let Size { width, height } = image.size();
    image.blurred(BLUR_PX).resampled(Size::new(width.div_ceil(2), height.div_ceil(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(value: f32) -> GreyImage {
        GreyImage::new(Size::new(9, 4), vec![value; 36])
    }

    #[test]
    fn levels_halve_and_channels_stay_separate() {
        let posterior = Pyramid::new(vec![flat(0.1), flat(0.2)], 3);
        let both = posterior.beside(Pyramid::grey(flat(0.7), 3));
        assert_eq!((both.n_channels(), both.size()), (2, Size::new(9, 4)));
        assert_eq!(both.image(2, 1).size(), Size::new(3, 1));
        let value = |channel, structure| both.image_in(channel, 1, structure).values()[0];
        let values = [value(0, 0), value(0, 1), value(1, 0), value(1, 1)];
        let near = |(found, expected): (f32, f32)| (found - expected).abs() < 1e-6;
        assert!(values.into_iter().zip([0.1, 0.2, 0.7, 0.7]).all(near), "{values:?}");
    }
}
