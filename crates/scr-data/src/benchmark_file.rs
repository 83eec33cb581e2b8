//! `benchmark.toml`: the written form of what a benchmark is.
//!
//! Only the text and its keys; [`Benchmark`](crate::Benchmark) gives them
//! meaning. Unknown keys are refused, so that a misspelt one is never ignored.
//! docs/benchmark-file.md describes every key.

use scr_documents::Permission;
use scr_image::Spacing;
use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkFile {
    /// Identifier: lower-case letters, digits, `-` and `_`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// What the images are.
    #[serde(default)]
    pub description: String,
    /// How the structures are defined.
    #[serde(default)]
    pub definition: String,
    /// Whether the images are drawn by the phantom and no patient's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub phantom: bool,
    /// Where the images are.
    pub images: ImagesSection,
    /// What is drawn.
    pub structures: Vec<StructureSection>,
    /// What is scored.
    pub objects: Vec<ObjectSection>,
    /// Who drew; the first is the reference.
    pub observers: Vec<ObserverSection>,
    /// The folds.
    pub folds: FoldsSection,
    /// What one may do with the data.
    #[serde(default)]
    pub terms: TermsSection,
    /// What others published on these or comparable images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub literature: Option<LiteratureSection>,
}

/// `[images]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagesSection {
    /// CSV with the columns `image_id`, the fold column and any attributes.
    pub table: String,
    /// Folder of the radiographs; it may be absent: scoring needs none.
    pub folder: String,
    /// File name with `{image_id}`.
    pub pattern: String,
    /// Distance between pixels of masks and images.
    pub spacing_mm: SpacingValue,
}

/// A number of mm, two numbers of mm, or the word `unknown`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number of mm, two of them as [x, y], or \"unknown\"")]
pub enum SpacingValue {
    /// Distance between pixels in mm, the same in both directions.
    Mm(f64),
    /// Distance between columns (x) and between rows (y), in mm.
    XyMm([f64; 2]),
    /// The word `unknown`; any other is refused.
    Word(String),
}

impl SpacingValue {
    /// The spacing that is meant; none where it is not known.
    ///
    /// # Errors
    /// What was found, when it is no spacing: a number that is not finite and
    /// above zero, or another word.
    pub(crate) fn spacing(&self) -> Result<Option<Spacing>, String> {
        match self {
            Self::Mm(mm) => Spacing::isotropic(*mm).map(Some).map_err(|_| mm.to_string()),
            Self::XyMm([x, y]) => Spacing::new(*x, *y).map(Some).map_err(|_| format!("[{x}, {y}]")),
            Self::Word(word) if word == "unknown" => Ok(None),
            Self::Word(word) => Err(format!("`{word}`")),
        }
    }
}

/// `[[structures]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureSection {
    /// Identifier, and the folder of its masks.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// `[[objects]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSection {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The structures whose union it is.
    pub structures: Vec<String>,
}

/// `[[observers]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObserverSection {
    /// Identifier; the first observer is called `reference`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Folder of the masks.
    pub folder: String,
    /// File name with `{structure}` and `{image_id}`.
    pub pattern: String,
    /// File name of the landmarks with `{image_id}`, from the benchmark's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmarks: Option<String>,
}

/// `[folds]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldsSection {
    /// Column of the table that holds 1 or 2.
    pub column: String,
    /// How the folds are to be used.
    #[serde(default)]
    pub protocol: String,
}

/// `[terms]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsSection {
    /// Licence in words.
    #[serde(default)]
    pub licence: String,
    /// On passing copies on; begins with `allowed` or `forbidden`.
    #[serde(default)]
    pub redistribution: String,
    /// On showing the radiographs on pages: `allowed` or `forbidden`; as
    /// redistribution where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// How to obtain the data where copies may not be passed on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub obtain: String,
    /// What to cite.
    #[serde(default)]
    pub cite: Vec<String>,
}

impl TermsSection {
    /// Permission to pass copies on; forbidden where nothing is said.
    ///
    /// # Errors
    /// The words, where they begin with no permission.
    pub(crate) fn download(&self) -> Result<Permission, String> {
        if self.redistribution.is_empty() {
            return Ok(Permission::Forbidden);
        }
        let unknown = || format!("`{}`", self.redistribution);
        Permission::of_words(&self.redistribution).ok_or_else(unknown)
    }

    /// Permission to show the data on pages; as [`download`](Self::download) where nothing
    /// is said.
    ///
    /// # Errors
    /// The word, where it is no permission.
    pub(crate) fn display(&self) -> Result<Permission, String> {
        match self.display.as_deref() {
            None => Ok(self.download().unwrap_or_default()),
            Some("allowed") => Ok(Permission::Allowed),
            Some("forbidden") => Ok(Permission::Forbidden),
            Some(other) => Err(format!("`{other}`")),
        }
    }
}

/// `[literature]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiteratureSection {
    /// CSV with the columns of [`LiteratureDocument`](scr_documents::LiteratureDocument).
    pub table: String,
    /// On which data the rows were measured.
    pub note: String,
}

impl BenchmarkFile {
    /// The file's text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("a struct of strings and lists is always valid TOML")
    }
}
