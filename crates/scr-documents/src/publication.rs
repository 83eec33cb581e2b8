//! Publications that use a benchmark.

use serde::{Deserialize, Serialize};

/// Visibility of a publication to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PublicationState {
    /// Reported, and not seen by a curator yet.
    Proposed,
    /// Put up.
    Shown,
    /// Turned down, or taken down.
    Hidden,
}

impl PublicationState {
    const ALL: [Self; 3] = [Self::Proposed, Self::Shown, Self::Hidden];

    /// The word in the database, in JSON and in the shell.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Shown => "shown",
            Self::Hidden => "hidden",
        }
    }

    /// The state that a word names.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Citation of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PublicationDocument {
    /// DOI, from `10.` on.
    pub doi: String,
    /// Title.
    pub title: String,
    /// Authors, in the publication's order.
    pub authors: Vec<String>,
    /// Year of publication.
    pub year: u16,
    /// Journal, conference or archive; may be empty.
    pub venue: String,
    /// Identifiers of the entries that it describes.
    pub entry_ids: Vec<String>,
}

/// The publications on a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicationList {
    /// The latest year first, then by title.
    pub publications: Vec<Publication>,
    /// Address of the publications that follow; none at the end.
    pub next: Option<String>,
}

/// A publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publication {
    /// Identifier.
    pub id: String,
    /// DOI, from `10.` on.
    pub doi: String,
    /// Title.
    pub title: String,
    /// Authors, in the publication's order.
    pub authors: Vec<String>,
    /// Year of publication.
    pub year: u16,
    /// Journal, conference or archive; may be empty.
    pub venue: String,
    /// Identifiers of the entries that it describes.
    pub entries: Vec<String>,
    /// Visibility to readers.
    pub state: PublicationState,
    /// Time of the report, RFC 3339.
    pub proposed_at: String,
}
