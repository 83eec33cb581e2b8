//! Trained U-Net: architecture and parameters of its members.

use serde::{Deserialize, Serialize};

use crate::{Architecture, UnetError, onnx};

/// Trained U-Net: one network, or several whose probabilities are averaged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unet {
    architecture: Architecture,
    /// Parameters of each member.
    members: Vec<Vec<f32>>,
}

impl Unet {
    /// Largest number of members.
    pub const MAX_MEMBERS: usize = 16;
    /// Largest absolute value of a parameter.
    pub const LARGEST: f32 = 1e6;

    /// U-Net of trained parameters.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn new(architecture: Architecture, members: Vec<Vec<f32>>) -> Result<Self, UnetError> {
        let unet = Self { architecture, members };
        unet.check().map(|()| unet)
    }

    /// Checks sizes and numbers that were read from a file.
    ///
    /// # Errors
    /// [`UnetError::Architecture`] and [`UnetError::Parameters`] with the first fault.
    pub fn check(&self) -> Result<(), UnetError> {
        self.architecture.check()?;
        let fault =
            |expected: String, found: String| Err(UnetError::Parameters { expected, found });
        if self.members.is_empty() || self.members.len() > Self::MAX_MEMBERS {
            let expected = format!("1 to {} members", Self::MAX_MEMBERS);
            return fault(expected, self.members.len().to_string());
        }
        let n_parameters = self.architecture.n_parameters();
        for member in &self.members {
            if member.len() != n_parameters {
                return fault(format!("{n_parameters} numbers"), member.len().to_string());
            }
            let odd = member.iter().find(|value| value.is_nan() || value.abs() > Self::LARGEST);
            if let Some(value) = odd {
                let expected = format!("numbers up to {:e}", Self::LARGEST);
                return fault(expected, value.to_string());
            }
        }
        Ok(())
    }

    /// Architecture of all members.
    #[must_use]
    pub const fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// Number of members.
    #[must_use]
    pub const fn n_members(&self) -> usize {
        self.members.len()
    }

    /// ONNX file, with `metadata` as keys and texts: input 1 x 1 x side x side of mean 0 and
    /// variance 1, output 1 x structures x side x side with probabilities. The same U-Net gives
    /// the same bytes.
    #[must_use]
    pub fn to_onnx(&self, metadata: &[(&str, &str)]) -> Vec<u8> {
        onnx::model(self.architecture, &self.members, metadata)
    }

    /// Probabilities of an image of mean 0 and variance 1, as the ONNX file gives them; one map
    /// a structure.
    ///
    /// # Panics
    /// When `image` has not side x side values.
    #[must_use]
    pub fn probabilities(&self, image: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; image.len() * self.architecture.n_structures];
        for member in &self.members {
            let (logits, _) = crate::network::Network::new(self.architecture, member).run(image);
            for (sum, logit) in sums.iter_mut().zip(logits) {
                *sum += 1.0 / (1.0 + (-logit).exp()) / self.members.len() as f32;
            }
        }
        sums
    }
}
