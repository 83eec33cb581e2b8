//! Channels of an image on one grid, each with a border of zeros.

/// Numbers behind each plane, which a tile of the convolution may overrun.
const SLACK: usize = 32;

/// Channels of an image: planes of `height` rows of `width` numbers.
///
/// Each plane has a border of one zero on all sides, so that a 3 x 3 convolution reads its
/// neighbours without a test. Whoever writes to whole planes clears the border again.
#[derive(Debug, Clone)]
pub(crate) struct Planes {
    height: usize,
    width: usize,
    stride: usize,
    values: Vec<f32>,
}

impl Planes {
    /// Planes of zeros.
    pub(crate) fn new(n_planes: usize, height: usize, width: usize) -> Self {
        let stride = Self::stride_of(height, width);
        Self { height, width, stride, values: vec![0.0; n_planes * stride] }
    }

    /// Numbers of one plane, with its border.
    pub(crate) const fn stride_of(height: usize, width: usize) -> usize {
        (height + 2) * (width + 2) + SLACK
    }

    /// Planes of zeros on the same grid.
    pub(crate) fn like(&self, n_planes: usize) -> Self {
        Self::new(n_planes, self.height, self.width)
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// Number of planes.
    pub(crate) const fn len(&self) -> usize {
        self.values.len() / self.stride
    }

    /// Distance between the first numbers of two planes.
    pub(crate) const fn stride(&self) -> usize {
        self.stride
    }

    /// Length of a row with its border.
    pub(crate) const fn pitch(&self) -> usize {
        self.width + 2
    }

    /// All numbers, with borders.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Numbers of a plane, with its border.
    pub(crate) fn plane(&self, plane: usize) -> &[f32] {
        &self.values[plane * self.stride..][..self.stride]
    }

    /// Row of a plane, without its border.
    pub(crate) fn row(&self, plane: usize, row: usize) -> &[f32] {
        let start = plane * self.stride + (row + 1) * self.pitch() + 1;
        &self.values[start..][..self.width]
    }

    pub(crate) fn row_mut(&mut self, plane: usize, row: usize) -> &mut [f32] {
        let start = plane * self.stride + (row + 1) * self.pitch() + 1;
        &mut self.values[start..][..self.width]
    }

    /// Sets the borders to zero.
    pub(crate) fn clear_borders(&mut self) {
        let (pitch, height) = (self.pitch(), self.height);
        for plane in self.values.chunks_exact_mut(self.stride) {
            plane[..=pitch].fill(0.0);
            for row in 1..height {
                plane[(row + 1) * pitch - 1..][..2].fill(0.0);
            }
            plane[(height + 1) * pitch - 1..].fill(0.0);
        }
    }

    /// These planes, then those of `other`, on the same grid.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let values = [&self.values[..], &other.values].concat();
        Self { values, ..*self }
    }

    /// The first `n_planes` planes, and the rest.
    pub(crate) fn split(mut self, n_planes: usize) -> (Self, Self) {
        let rest = self.values.split_off(n_planes * self.stride);
        let rest = Self { values: rest, ..self };
        (self, rest)
    }

    /// Adds `other`, number by number.
    pub(crate) fn add(&mut self, other: &Self) {
        for (value, other) in self.values.iter_mut().zip(&other.values) {
            *value += other;
        }
    }
}
