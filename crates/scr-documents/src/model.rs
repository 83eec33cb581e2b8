//! Models in submissions: limits of a benchmark, and the verified run of an entry.

use serde::{Deserialize, Serialize};

/// Limits of the models that a benchmark takes in submissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelLimits {
    /// Size of a model's file in MB, 1 to 128.
    pub size_mb: u32,
    /// Time of loading a model and of each image in seconds, 1 to 600.
    pub image_s: u32,
    /// Memory of the model's process in MB, beyond the program's own,
    /// 64 to 65,536.
    pub memory_mb: u32,
}

impl ModelLimits {
    /// Largest limit of a model's size in MB: a file of the site has at most that.
    pub const MAX_SIZE_MB: u32 = 128;
    /// Largest limit of the time of an image in seconds.
    pub const MAX_IMAGE_S: u32 = 600;
    /// Smallest limit of memory in MB.
    pub const MIN_MEMORY_MB: u32 = 64;
    /// Largest limit of memory in MB.
    pub const MAX_MEMORY_MB: u32 = 65_536;

    /// Size of a model's file in bytes.
    #[must_use]
    pub const fn size_bytes(self) -> u64 {
        self.size_mb as u64 * 1_000_000
    }
}

impl Default for ModelLimits {
    fn default() -> Self {
        Self { size_mb: 100, image_s: 30, memory_mb: 2048 }
    }
}

/// Access to the model's file of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelAccess {
    /// Everybody may download it once the entry is published.
    Public,
    /// It never leaves the site.
    Private,
}

impl ModelAccess {
    /// Its word in documents, forms and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    /// Access that a word names; none for another word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Public, Self::Private].into_iter().find(|access| access.as_str() == word)
    }
}

/// Verified run: the site itself ran the model of an entry on the images of the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifiedRunDocument {
    /// SHA-256 of the model's file: `sha256:` and 64 hex digits. With a second model, this one
    /// was trained on fold 1 and segmented fold 2.
    pub model_digest: String,
    /// SHA-256 of the model trained on fold 2, which segmented fold 1; none with one model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_fold_2_digest: Option<String>,
    /// SHA-256 of the model card.
    pub card_digest: String,
    /// Access to the model's file.
    pub model_access: ModelAccess,
    /// Runtime with its version.
    pub runtime: String,
    /// Measures in force in the process of the model.
    pub confinement: String,
    /// Number of images that it segmented.
    pub n_images: usize,
    /// Mean time of an image in seconds with preparation, to two significant digits; null where
    /// it is not known.
    pub image_s: Option<f64>,
    /// Peak memory of the process in MB, to two significant digits; null where the system does
    /// not report it.
    pub peak_memory_mb: Option<u64>,
    /// Comparison of the masks of the run with masks that were submitted beside the model; absent
    /// where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_masks: Option<SubmittedMasksDocument>,
}

/// Comparison of the masks that were submitted beside a model with those of its run, pixel by
/// pixel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmittedMasksDocument {
    /// Verdict.
    pub verdict: MaskVerdict,
    /// Digest of the submitted masks, as `masks_digest` of their result would be.
    pub masks_digest: String,
    /// Number of submitted masks, each of one structure in one image.
    pub n_masks: usize,
    /// Differences; absent where the masks are equal, and where the reference is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<MaskDifferencesDocument>,
}

/// Verdict on two sets of masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaskVerdict {
    /// Every pixel is equal.
    Equal,
    /// A pixel differs.
    Different,
}

/// Differences of two sets of masks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaskDifferencesDocument {
    /// Number of masks that differ.
    pub n_masks: usize,
    /// Number of pixels that differ, in all masks.
    pub n_pixels: u64,
    /// The masks with the most differing pixels, the most first, then in the order of images and
    /// structures; at most [`MaskDifferencesDocument::MAX_LISTED`].
    pub largest: Vec<MaskDifferenceDocument>,
}

impl MaskDifferencesDocument {
    /// Largest number of listed masks.
    pub const MAX_LISTED: usize = 50;
}

/// Difference of two masks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaskDifferenceDocument {
    /// Identifier of the image.
    pub image: String,
    /// Identifier of the structure.
    pub structure: String,
    /// Number of pixels that differ.
    pub n_pixels: u64,
}
