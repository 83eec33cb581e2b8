//! Privacy notice and terms of the site: the operator's Markdown, or default texts.

use std::io;
use std::path::{Path, PathBuf};

/// Privacy notice and terms of the site, as Markdown.
#[derive(Debug, Clone)]
pub struct SiteTexts {
    /// Privacy notice, shown at `/privacy`.
    pub privacy: String,
    /// Terms of the site, shown at `/terms`.
    pub terms: String,
}

impl Default for SiteTexts {
    /// Default texts, which describe the data that the software itself stores.
    fn default() -> Self {
        Self {
            privacy: include_str!("../texts/privacy.md").to_owned(),
            terms: include_str!("../texts/terms.md").to_owned(),
        }
    }
}

/// Error of a text that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the text {}, expected Markdown in UTF-8", path.display())]
pub struct SiteTextError {
    /// Path of the file.
    pub path: PathBuf,
    /// Error of the system.
    pub source: io::Error,
}

impl SiteTexts {
    /// Reads `privacy.md` and `terms.md` in the data folder `dir`. A missing file leaves
    /// the default text.
    ///
    /// # Errors
    /// [`SiteTextError`] if a file exists and cannot be read.
    pub fn read(dir: &Path) -> Result<Self, SiteTextError> {
        let default = Self::default();
        Ok(Self {
            privacy: read(dir.join("privacy.md"))?.unwrap_or(default.privacy),
            terms: read(dir.join("terms.md"))?.unwrap_or(default.terms),
        })
    }
}

fn read(path: PathBuf) -> Result<Option<String>, SiteTextError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SiteTextError { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_the_data_folder_replaces_the_default_and_one_that_is_no_text_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("terms.md"), "# Ours").unwrap();
        let texts = SiteTexts::read(folder.path()).unwrap();
        assert_eq!(texts.terms, "# Ours");
        assert_eq!(texts.privacy, SiteTexts::default().privacy);
        std::fs::write(folder.path().join("privacy.md"), [0xff, 0xfe]).unwrap();
        let error = SiteTexts::read(folder.path()).unwrap_err();
        assert!(error.path.ends_with("privacy.md"), "{error}");
    }
}
