//! `benchmark.toml`: the serialised definition of a benchmark.
//!
//! Only the text and its keys; [`Benchmark`](crate::Benchmark) interprets them. Unknown
//! keys are refused, so that a misspelt key is never ignored. docs/reference/benchmark-file.md
//! describes every key.

use scr_documents::{Permission, UndefinedDocument};
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
    /// Description of the images.
    #[serde(default)]
    pub description: String,
    /// Definition of the structures.
    #[serde(default)]
    pub definition: String,
    /// True when the images are phantoms, not of patients.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub phantom: bool,
    /// Images.
    pub images: ImagesSection,
    /// Structures.
    pub structures: Vec<StructureSection>,
    /// Objects.
    pub objects: Vec<ObjectSection>,
    /// Observers; the first is the reference.
    pub observers: Vec<ObserverSection>,
    /// The folds.
    pub folds: FoldsSection,
    /// Choices of scoring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<ScoringSection>,
    /// Terms of use of the data.
    #[serde(default)]
    pub terms: TermsSection,
    /// Published results of others on these or comparable images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub literature: Option<LiteratureSection>,
}

/// `[scoring]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringSection {
    /// Undefined distances in means: `counted` or `diagonal`.
    pub undefined: String,
}

impl ScoringSection {
    /// Value of undefined distances in means; none where they are counted beside.
    ///
    /// # Errors
    /// Any other word.
    pub fn undefined_as(&self) -> Result<Option<UndefinedDocument>, String> {
        match self.undefined.as_str() {
            "counted" => Ok(None),
            "diagonal" => Ok(Some(UndefinedDocument::ImageDiagonal)),
            other => Err(format!("`{other}`")),
        }
    }
}

/// `[images]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagesSection {
    /// CSV with the columns `image_id`, those that this file names, and any attributes.
    pub table: String,
    /// Folder of the radiographs; may be absent: scoring needs none.
    pub folder: String,
    /// File name with `{image_id}`.
    pub pattern: String,
    /// Distance between pixels of masks and images.
    pub spacing_mm: SpacingValue,
}

/// A number of mm, two numbers of mm, a column of the table of images, or the word `unknown`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of mm, two of them as [x, y], or \"unknown\", or { column = \"NAME\" }"
)]
pub enum SpacingValue {
    /// Distance between pixels in mm, the same in both directions.
    Mm(f64),
    /// Distance between columns (x) and between rows (y), in mm.
    XyMm([f64; 2]),
    /// The word `unknown`; any other is refused.
    Word(String),
    /// Column of the table of images with the spacing of each.
    Column(SpacingColumn),
}

/// Column of the table of images that holds a number of mm, or two as `x y`, or nothing where
/// the spacing is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpacingColumn {
    /// Name of the column.
    pub column: String,
}

/// Source of the spacing of images.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SpacingSource<'a> {
    /// One spacing of all images; none when unknown.
    Common(Option<Spacing>),
    /// Column of the table of images.
    Column(&'a str),
}

impl SpacingValue {
    /// The source of the spacing.
    ///
    /// # Errors
    /// The value in words, when it is no spacing: a number that is not finite and above
    /// zero, or another word.
    pub(crate) fn source(&self) -> Result<SpacingSource<'_>, String> {
        let common = |spacing| SpacingSource::Common(Some(spacing));
        match self {
            Self::Mm(mm) => Spacing::isotropic(*mm).map(common).map_err(|_| mm.to_string()),
            Self::XyMm([x, y]) => {
                Spacing::new(*x, *y).map(common).map_err(|_| format!("[{x}, {y}]"))
            }
            Self::Word(word) if word == "unknown" => Ok(SpacingSource::Common(None)),
            Self::Word(word) => Err(format!("`{word}`")),
            Self::Column(SpacingColumn { column }) => Ok(SpacingSource::Column(column)),
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
    /// Structures whose union is the object.
    pub structures: Vec<String>,
}

/// `[[observers]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObserverSection {
    /// Identifier; the first observer is the reference, whatever its identifier.
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
    /// Column of the table that holds the fold; none when all images are for evaluation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Name of a [`Protocol`](scr_documents::Protocol); two-fold when it is left out.
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
    /// Redistribution of copies; begins with `allowed` or `forbidden`.
    #[serde(default)]
    pub redistribution: String,
    /// Display of the radiographs on pages: `allowed` or `forbidden`; defaults to
    /// redistribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Source of the data when redistribution is forbidden.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub obtain: String,
    /// Citations.
    #[serde(default)]
    pub cite: Vec<String>,
}

impl TermsSection {
    /// Permission to redistribute copies; forbidden by default.
    ///
    /// # Errors
    /// The words, when they begin with no permission.
    pub(crate) fn download(&self) -> Result<Permission, String> {
        if self.redistribution.is_empty() {
            return Ok(Permission::Forbidden);
        }
        let unknown = || format!("`{}`", self.redistribution);
        Permission::of_words(&self.redistribution).ok_or_else(unknown)
    }

    /// Permission to show the data on pages; defaults to [`download`](Self::download).
    ///
    /// # Errors
    /// The word, when it is no permission.
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
    /// Data on which the rows were measured.
    pub note: String,
}

impl BenchmarkFile {
    /// The file's text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("a struct of strings and lists is always valid TOML")
    }
}
