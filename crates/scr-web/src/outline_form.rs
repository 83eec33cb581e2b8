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
    const ALL: [Self; 2] = [Self::Json, Self::Packed];

    /// Name of a file without its extension, and the form that the extension names.
    pub(crate) fn of_file(file: &str) -> Option<(&str, Self)> {
        let (name, extension) = file.rsplit_once('.')?;
        let form = Self::ALL.into_iter().find(|form| form.extension() == extension)?;
        Some((name, form))
    }

    /// Extension of the address.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Packed => "bin",
        }
    }
}
