//! Identity provider settings, from a TOML file of the operator.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use scr_data::{Problem, Problems};
use serde::Deserialize;
use url::{Host, Url};

/// Identity provider.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Identifier in addresses of this site, also in the redirect URI
    /// `SITE/account/with/ID/arrived`.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Issuer such as `https://orcid.org`, exactly as the provider states it.
    pub issuer: String,
    /// OAuth client identifier of this site.
    pub client_id: String,
    /// OAuth client secret of this site.
    pub client_secret: String,
}

/// Leaves the secret out.
impl fmt::Debug for ProviderSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, issuer, client_id, .. } = self;
        write!(formatter, "ProviderSettings({id}, {issuer}, {client_id})")
    }
}

/// Error of the provider file.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    /// The file cannot be read.
    #[error("cannot read the identity providers in {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Error of the system.
        source: std::io::Error,
    },
    /// The file is not TOML of providers.
    #[error("cannot read the identity providers in {}, line {line}: {why}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// Reason, without the line itself, which may hold a secret.
        why: String,
    },
    /// A provider has invalid settings.
    #[error("cannot use the identity providers in {}: {problems}", path.display())]
    Provider {
        /// The file.
        path: PathBuf,
        /// All problems.
        problems: Problems,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvidersFile {
    #[serde(default)]
    provider: Vec<ProviderSettings>,
}

/// Reads a file with a table `[[provider]]` for each.
///
/// # Errors
/// [`ProvidersError`], with all problems of the providers.
pub fn read_providers(path: &Path) -> Result<Vec<ProviderSettings>, ProvidersError> {
    let file = |source| ProvidersError::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    let read: ProvidersFile = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let why = error.message().to_owned();
        ProvidersError::Form { path: path.to_owned(), line, why }
    })?;
    let mut problems = Problems::default();
    let mut ids = BTreeSet::new();
    for (provider, number) in read.provider.iter().zip(1..) {
        let mut push = |field: &str, expected: &str, found: &str| {
            let place = format!("provider {number}, {field}");
            problems.push(Problem::new(place, expected, found, ""));
        };
        let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if provider.id.is_empty() || !provider.id.chars().all(is_good) {
            push("id", "lower case letters, digits and `-`", &provider.id);
        }
        if !ids.insert(&provider.id) {
            push("id", "another for each provider", &provider.id);
        }
        if !Url::parse(&provider.issuer).is_ok_and(|url| is_confidential(&url)) {
            push("issuer", "an address with https", &provider.issuer);
        }
        for (field, text) in [
            ("name", &provider.name),
            ("client_id", &provider.client_id),
            ("client_secret", &provider.client_secret),
        ] {
            if text.trim().is_empty() {
                push(field, "some text", "none");
            }
        }
    }
    if problems.list().is_empty() {
        return Ok(read.provider);
    }
    Err(ProvidersError::Provider { path: path.to_owned(), problems })
}

/// True if the network cannot read or change the traffic: TLS or the loopback interface.
pub(super) fn is_confidential(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORCID: &str = r#"
        [[provider]]
        id = "orcid"
        name = "ORCID"
        issuer = "https://orcid.org"
        client_id = "APP-1"
        client_secret = "hush"
    "#;

    fn read(text: &str) -> Result<Vec<ProviderSettings>, ProvidersError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_providers(file.path())
    }

    #[test]
    fn a_provider_is_read_and_its_secret_is_in_no_log() {
        let read = read(ORCID).unwrap();
        assert_eq!(read[0].client_secret, "hush");
        assert!(!format!("{read:?}").contains("hush"));
    }

    #[test]
    fn everything_that_is_wrong_with_providers_is_told_at_once_and_no_secret() {
        let other = ORCID.replace("https://", "http://").replace("\"APP-1\"", "\" \"");
        let error = read(&format!("{ORCID}{other}")).unwrap_err().to_string();
        for part in ["provider 2, id", "provider 2, issuer", "provider 2, client_id"] {
            assert!(error.contains(part), "{error}");
        }
        let error = read(&ORCID.replace("\"hush\"", "\"hush")).unwrap_err().to_string();
        assert!(error.contains("line 7") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn what_others_on_the_way_could_read_is_not_private() {
        for (address, expected) in [
            ("https://orcid.org", true),
            ("http://orcid.org", false),
            ("http://localhost:80/x", true),
            ("http://[::1]/", true),
            ("http://localhost.evil.org", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_confidential(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
