//! Entry points for the fuzz targets in `fuzz/`: readers of untrusted bytes. Not part of
//! the interface.

use jiff::Timestamp;

use crate::identity::{self, ProviderSettings};

/// A card's text as HTML.
#[must_use]
pub fn markdown(text: &str) -> String {
    crate::markdown::to_html(text)
}

/// Reads a provider's answer to a code.
pub fn token_answer(answer: &[u8]) {
    let _ = identity::read_token(answer, &provider(), "nonce", Timestamp::UNIX_EPOCH);
}

/// Reads the claims of an ID token.
pub fn claims(claims: &[u8]) {
    let _ = identity::read_claims(claims, &provider(), "nonce", Timestamp::UNIX_EPOCH);
}

fn provider() -> ProviderSettings {
    ProviderSettings {
        id: "orcid".to_owned(),
        name: "ORCID".to_owned(),
        issuer: "https://orcid.org".to_owned(),
        client_id: "APP-1".to_owned(),
        client_secret: String::new(),
    }
}
