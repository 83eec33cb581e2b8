//! URL with a password that no text shows.

use std::fmt;

use url::Url;

/// Text in place of a password.
const HIDDEN: &str = "***";

/// URL of a database. Neither `Debug` nor `Display` shows its password.
///
/// ```
/// use scr_store::SecretUrl;
/// let url = SecretUrl::parse("postgres://scr:secret@db.example.org/site")?;
/// assert_eq!(url.to_string(), "postgres://scr:***@db.example.org/site");
/// # Ok::<(), scr_store::SecretUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Url);

/// Refusal of the URL of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{shown}: expected postgres://USER:PASSWORD@HOST/DATABASE, found {found}")]
pub struct SecretUrlError {
    /// The URL without its password; a description of one that cannot be read.
    shown: String,
    /// Fault of the URL.
    found: &'static str,
}

impl SecretUrl {
    /// Reads the URL of a PostgreSQL database.
    ///
    /// # Errors
    /// [`SecretUrlError`], without the password.
    pub fn parse(text: &str) -> Result<Self, SecretUrlError> {
        // Text that is no such URL may hold a password anywhere.
        let unreadable = |found| SecretUrlError { shown: "the database".into(), found };
        let url = Self(Url::parse(text).map_err(|_| unreadable("no URL"))?);
        if !matches!(url.0.scheme(), "postgres" | "postgresql") {
            return Err(unreadable("another scheme"));
        }
        let wrong = |found| SecretUrlError { shown: url.to_string(), found };
        if !url.0.has_host() {
            return Err(wrong("no host"));
        }
        if url.0.path().trim_matches('/').is_empty() {
            return Err(wrong("no name of a database"));
        }
        Ok(url)
    }

    /// The URL with its password.
    #[must_use]
    pub const fn reveal(&self) -> &Url {
        &self.0
    }

    /// The same server and account, with another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(name);
        Self(url)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        // Both fail only for URLs without a host, which have no password.
        if url.password().is_some() {
            let _ = url.set_password(Some(HIDDEN));
        }
        // Options of the connection may hold a password, too.
        url.set_query(None);
        url.set_fragment(None);
        write!(formatter, "{url}")
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_shows_a_password() {
        let text = "postgres://scr:hid%40den@host:5433/site?password=hidden2&sslmode=require";
        let url = SecretUrl::parse(text).unwrap();
        for shown in [url.to_string(), format!("{url:?}"), format!("{:#?}", Some(&url))] {
            assert!(!shown.contains("hid"), "{shown}");
            assert!(shown.contains("host:5433/site"), "{shown}");
        }
        assert_eq!(url.reveal().as_str(), text);
        for faulty in [
            "postgres://scr:hidden@",
            "mysql://scr:hidden@host/site",
            "postgres://scr:hidden@host",
            "scr:hidden@host/site",
            "hidden",
            "postgres:///site?password=hidden",
        ] {
            let error = SecretUrl::parse(faulty).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
        }
    }
}
