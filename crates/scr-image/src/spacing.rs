//! Pixel spacing in millimetres.

use crate::error::ImageError;

/// Distance between the centres of neighbouring pixels, in mm.
///
/// Both are finite and greater than zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spacing {
    x_mm: f64,
    y_mm: f64,
}

impl Spacing {
    /// A spacing of `x_mm` between columns and `y_mm` between rows.
    ///
    /// # Errors
    /// [`ImageError::Spacing`] when one is not a finite number above zero.
    pub fn new(x_mm: f64, y_mm: f64) -> Result<Self, ImageError> {
        for found in [x_mm, y_mm] {
            if !(found.is_finite() && found > 0.0) {
                return Err(ImageError::Spacing { found });
            }
        }
        Ok(Self { x_mm, y_mm })
    }

    /// The same spacing in both directions.
    ///
    /// # Errors
    /// [`ImageError::Spacing`] when it is not a finite number above zero.
    pub fn isotropic(mm: f64) -> Result<Self, ImageError> {
        Self::new(mm, mm)
    }

    /// Spacing between columns, in mm.
    #[must_use]
    pub const fn x_mm(self) -> f64 {
        self.x_mm
    }

    /// True when the spacing is the same in both directions.
    #[must_use]
    pub fn is_isotropic(self) -> bool {
        self.x_mm == self.y_mm
    }

    /// Spacing between rows, in mm.
    #[must_use]
    pub const fn y_mm(self) -> f64 {
        self.y_mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spacing_that_is_not_a_positive_number_is_refused() {
        for bad in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            assert!(Spacing::isotropic(bad).is_err(), "{bad} was taken");
            assert!(Spacing::new(0.35, bad).is_err(), "{bad} was taken");
        }
        assert_eq!(Spacing::isotropic(0.35).unwrap().y_mm(), 0.35);
    }
}
