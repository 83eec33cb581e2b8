//! Forms of a file of outlines, and their extensions.

/// Form of a file of outlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutlineForm {
    /// JSON, for programs.
    Json,
    /// Packed, for the viewer; see `packed_outlines.rs`.
    Packed,
}

impl OutlineForm {
    /// Both forms.
    pub(crate) const ALL: [Self; 2] = [Self::Json, Self::Packed];

    /// Extension of the address.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Packed => "bin",
        }
    }
}
