//! Errors of architectures and training.

/// Error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum UnetError {
    /// Size that no network has.
    #[error("{field} of the U-Net: expected {expected}, found {found}")]
    Architecture {
        /// Name of the size.
        field: &'static str,
        /// Allowed values.
        expected: String,
        /// Value.
        found: usize,
    },
    /// Parameters that are too few, too many or not finite.
    #[error("parameters of the U-Net: expected {expected}, found {found}")]
    Parameters {
        /// Allowed values.
        expected: String,
        /// Value.
        found: String,
    },
    /// Loss that is not finite.
    #[error(
        "training diverged: the loss of step {step} is {loss}, expected a finite number; set a smaller learning rate"
    )]
    Diverged {
        /// Step, from 1.
        step: usize,
        /// Loss.
        loss: f32,
    },
}
