//! What a search looks at, from fine to coarse.

use scr_image::Size;

use crate::{GreyImage, Posterior, working_size};

/// Blur before every second pixel is left out, in pixels.
const BLUR_PX: f64 = 1.0;

/// An image, or one for each structure, at several resolutions. Level 0 is the
/// finest; each further level halves width and height.
#[derive(Debug, Clone)]
pub struct Pyramid {
    levels: Vec<Vec<GreyImage>>,
}

impl Pyramid {
    /// `n_levels` levels of one image for all structures, or of one for each. Images
    /// that cannot be halved any more stay as they are.
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
        Self { levels }
    }

    /// `n_levels` levels of grey values.
    #[must_use]
    pub fn grey(image: GreyImage, n_levels: usize) -> Self {
        Self::new(vec![image], n_levels)
    }

    /// `n_levels` levels of a posterior, one image a structure, each blurred by a
    /// Gaussian of `smoothing_px` pixels of the posterior; longer side `side` pixels
    /// at the finest.
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

    /// The image of a structure at a level.
    #[must_use]
    pub fn image(&self, level: usize, structure: usize) -> &GreyImage {
        let images = &self.levels[level];
        images.get(structure).unwrap_or(&images[0])
    }

    /// Width and height of the finest level.
    #[must_use]
    pub fn size(&self) -> Size {
        self.levels[0][0].size()
    }
}

fn halved(image: &GreyImage) -> GreyImage {
    let Size { width, height } = image.size();
    image.blurred(BLUR_PX).resampled(Size::new(width.div_ceil(2), height.div_ceil(2)))
}
