//! Site settings: public address, proxy and identity providers.

use crate::identity::ProviderSettings;
use crate::site_texts::SiteTexts;

/// Site settings, which the operator chooses when the server starts.
#[derive(Debug, Clone, Default)]
pub struct SiteSettings {
    /// Public base URL such as `https://scr.example.org`, without a path; `None` if the
    /// operator set none, as on a private machine. With `https`, cookies are sent over TLS
    /// only.
    pub public_url: Option<String>,
    /// True if a reverse proxy forwards all requests and names the client in
    /// `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Identity providers that people can sign in with. They need a public URL.
    pub providers: Vec<ProviderSettings>,
    /// Privacy notice and terms of the site.
    pub texts: SiteTexts,
}

impl SiteSettings {
    /// Absolute URL of a path of this site, if the public URL is known.
    pub(crate) fn url_of(&self, path: &str) -> Option<String> {
        self.public_url.as_ref().map(|site| format!("{site}{path}"))
    }

    /// True if people reach the site over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }
}
