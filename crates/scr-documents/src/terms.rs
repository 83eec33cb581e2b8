//! Terms of use of a benchmark, and the permissions that they give.

use serde::{Deserialize, Serialize};

/// Terms of use.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TermsDocument {
    /// Licence of images and masks, in words.
    pub licence: String,
    /// Redistribution of copies, in words.
    pub redistribution: String,
    /// Permission to offer copies for download.
    #[serde(rename = "may_download")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool))]
    pub download: Permission,
    /// Permission to show the radiographs and the observers' drawings on pages.
    #[serde(rename = "may_display")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool))]
    pub display: Permission,
    /// Source of the data when redistribution is forbidden.
    pub obtain: String,
    /// Citations.
    pub cite: Vec<String>,
    /// Further terms to accept, set by the operator.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Permission to show data on pages, or to redistribute copies. In JSON true when given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Permission {
    /// Not given, or not stated.
    #[default]
    Forbidden,
    /// Given.
    Allowed,
}

impl Permission {
    /// Parses the first word: `allowed with attribution` is [`Allowed`](Self::Allowed). None
    /// when it is neither `allowed` nor `forbidden`.
    ///
    /// ```
    /// use scr_documents::Permission;
    /// assert_eq!(Permission::of_words("allowed, with attribution"), Some(Permission::Allowed));
    /// assert_eq!(Permission::of_words("allowedly"), None);
    /// ```
    #[must_use]
    pub fn of_words(words: &str) -> Option<Self> {
        let end = words.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(words.len());
        match &words[..end] {
            "allowed" => Some(Self::Allowed),
            "forbidden" => Some(Self::Forbidden),
            _ => None,
        }
    }

    /// True when given.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

impl From<bool> for Permission {
    fn from(is_allowed: bool) -> Self {
        if is_allowed { Self::Allowed } else { Self::Forbidden }
    }
}

impl From<Permission> for bool {
    fn from(permission: Permission) -> Self {
        permission.is_allowed()
    }
}

/// Terms, and whether the caller has accepted them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TermsAnswer {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Version of the wording.
    pub version: String,
    /// The terms.
    pub terms: TermsDocument,
    /// Time at which the caller accepted this wording, RFC 3339; null before, and for a
    /// stranger.
    pub accepted_at: Option<String>,
}
