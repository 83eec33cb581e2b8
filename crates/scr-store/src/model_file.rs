//! Names of the files of a submitted model.

/// File of a submitted model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelFileName {
    /// The model; with a second one, that trained on fold 1.
    Model,
    /// The model trained on fold 2.
    ModelFold2,
    /// The model card.
    Card,
}

impl ModelFileName {
    /// All files.
    pub const ALL: [Self; 3] = [Self::Model, Self::ModelFold2, Self::Card];

    /// Name of the file, in the zip file of a submission and among an entry's files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model.onnx",
            Self::ModelFold2 => "model-fold-2.onnx",
            Self::Card => "model.toml",
        }
    }

    /// The file that a name names.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.as_str() == name)
    }
}
