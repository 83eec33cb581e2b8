//! Address of a bucket: `s3://BUCKET/PREFIX`, its endpoint, and credentials.

use std::fmt;

use url::Url;

use crate::error::BucketError;

/// Region where none is given, as in S3's own clients.
const DEFAULT_REGION: &str = "us-east-1";

/// Place of objects: endpoint, bucket and prefix, with credentials.
///
/// Neither `Debug` nor `Display` shows credentials.
///
/// ```
/// use scr_bucket::BucketAddress;
/// let variables = |name: &str| match name {
///     "AWS_ACCESS_KEY_ID" => Some("key".to_owned()),
///     "AWS_SECRET_ACCESS_KEY" => Some("secret".to_owned()),
///     _ => None,
/// };
/// let address = BucketAddress::parse("s3://radiographs/site?region=eu-central-1", variables)?;
/// assert_eq!(address.to_string(), "s3://radiographs/site");
/// assert_eq!(address.endpoint(), "https://s3.eu-central-1.amazonaws.com");
/// # Ok::<(), scr_bucket::BucketError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BucketAddress {
    pub(crate) endpoint: Url,
    pub(crate) bucket: String,
    /// Empty, or with a slash at its end.
    pub(crate) prefix: String,
    pub(crate) region: String,
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
}

impl BucketAddress {
    /// Reads `s3://BUCKET/PREFIX`, with `?endpoint=URL` and `?region=NAME` where the environment
    /// has no `AWS_ENDPOINT_URL` and `AWS_REGION`. `variable` reads a variable of the
    /// environment, which alone has credentials.
    ///
    /// # Errors
    /// [`BucketError::Address`], [`BucketError::NoCredentials`].
    pub fn parse(
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BucketError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let wrong = |address: &str, found| BucketError::Address { address: address.into(), found };
        // Text that is no URL may hold a secret anywhere, and is not shown.
        let url = Url::parse(text).map_err(|_| wrong("the address of the bucket", "no URL"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let shown = format!("s3://{host}{}", url.path());
        if url.scheme() != "s3" {
            return Err(wrong(&shown, "another scheme"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(&shown, "credentials in it"));
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        let path = url.path().trim_matches('/');
        if !(3..=63).contains(&host.len()) || !host.bytes().all(is_allowed) {
            return Err(wrong(&shown, "a name of a bucket that is none"));
        }
        let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        if !path.bytes().all(is_allowed) || !(path.is_empty() || path.split('/').all(is_plain)) {
            return Err(wrong(&shown, "a prefix of other signs than letters, digits, `_-./`"));
        }
        let (mut endpoint, mut region) = (None, None);
        for (name, value) in url.query_pairs() {
            match &*name {
                "endpoint" => endpoint = Some(value.into_owned()),
                "region" => region = Some(value.into_owned()),
                _ => return Err(wrong(&shown, "an option that is neither endpoint nor region")),
            }
        }
        let region = region
            .or_else(|| set("AWS_REGION"))
            .or_else(|| set("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| DEFAULT_REGION.to_owned());
        let endpoint = endpoint
            .or_else(|| set("AWS_ENDPOINT_URL_S3"))
            .or_else(|| set("AWS_ENDPOINT_URL"))
            .unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let endpoint = Url::parse(&endpoint)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .filter(|url| url.username().is_empty() && url.password().is_none())
            .ok_or_else(|| wrong(&shown, "an endpoint that is no http or https address"))?;
        let needed = |name| {
            set(name).ok_or_else(|| BucketError::NoCredentials { name, bucket: shown.clone() })
        };
        Ok(Self {
            endpoint,
            bucket: host,
            prefix: if path.is_empty() { String::new() } else { format!("{path}/") },
            region,
            key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: set("AWS_SESSION_TOKEN"),
        })
    }

    /// The endpoint, without a slash at its end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str().trim_end_matches('/')
    }

    /// The same bucket with other credentials.
    #[must_use]
    pub fn with_credentials(self, key_id: &str, secret: &str) -> Self {
        Self { key_id: key_id.to_owned(), secret: secret.to_owned(), session_token: None, ..self }
    }

    /// The same bucket with another prefix.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Self { prefix, ..self }
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.prefix.trim_end_matches('/');
        let slash = if prefix.is_empty() { "" } else { "/" };
        write!(formatter, "s3://{}{slash}{prefix}", self.bucket)
    }
}

impl fmt::Debug for BucketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self} at {}", self.endpoint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "the-key",
            "AWS_SECRET_ACCESS_KEY" => "the-secret",
            "AWS_SESSION_TOKEN" => "the-token",
            "AWS_ENDPOINT_URL" => "http://127.0.0.1:9000",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn credentials_are_in_no_text() {
        let address = BucketAddress::parse("s3://images/a/b/", variables).unwrap();
        assert_eq!((address.prefix.as_str(), address.key_id.as_str()), ("a/b/", "the-key"));
        for text in [format!("{address}"), format!("{address:?}"), format!("{address:#?}")] {
            assert!(!text.contains("the-"), "{text}");
        }
    }

    #[test]
    fn a_faulty_address_is_refused_and_no_secret_of_it_is_shown() {
        for faulty in [
            "images",
            "http://images",
            "s3://",
            "s3://ab",
            "s3://images/a//b",
            "s3://images/ä",
            "s3://the-key:the-secret@images/a",
            "s3://images?password=the-secret",
            "s3://images?endpoint=ftp://host",
            "s3://images?endpoint=http://a:the-secret@host",
            "not a url with the-secret",
        ] {
            let error = BucketAddress::parse(faulty, variables).unwrap_err();
            assert!(matches!(error, BucketError::Address { .. }), "{faulty}: {error}");
            assert!(!error.to_string().contains("the-secret"), "{error}");
        }
        let error = BucketAddress::parse("s3://images", |_| None).unwrap_err();
        assert!(error.to_string().contains("AWS_ACCESS_KEY_ID"), "{error}");
    }
}
