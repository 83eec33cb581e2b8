//! Tensors that go into a model and come out of it.

use serde::{Deserialize, Serialize};

/// Tensor of floats in row-major order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Tensor {
    /// Largest number of values of a tensor that goes into a model or comes out of it.
    pub const MAX_VALUES: usize = 1 << 26;

    /// Tensor from its values; `None` unless there is one value for each position.
    #[must_use]
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Option<Self> {
        let n = shape.iter().try_fold(1usize, |n, &side| n.checked_mul(side))?;
        (n == values.len() && n <= Self::MAX_VALUES).then_some(Self { shape, values })
    }

    /// Sizes of all dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All values, the last dimension fastest.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// True where the number of values is that of the shape: a tensor of another process may lie.
    #[must_use]
    pub(crate) fn is_consistent(&self) -> bool {
        let n = self.shape.iter().try_fold(1usize, |n, &side| n.checked_mul(side));
        n == Some(self.values.len())
    }

    /// The shape as text, such as `1 x 2 x 256 x 256`.
    #[must_use]
    pub fn shape_text(&self) -> String {
        self.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
    }
}
