//! ID token claims and their validation.
//!
//! The ID token comes from the provider itself over TLS, so its signature need not be
//! checked (Core, 3.1.3.7, 6). This file checks all other rules of the section.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use scr_store::Identity;
use serde::Deserialize;

use super::settings::ProviderSettings;

/// Tolerated clock difference to the provider, in seconds.
const CLOCK_SECONDS: f64 = 120.0;
/// Longest subject identifier, in bytes (Core, 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// Person at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Issuer and subject, which never change.
    pub(crate) identity: Identity,
    /// Name at the provider, or an empty text.
    pub(crate) name: String,
    /// E-mail address at the provider, or an empty text. It is not verified.
    pub(crate) email: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    nonce: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads an ID token that the provider gave for this site and `nonce`.
///
/// # Errors
/// Text with the expected and the found value.
pub(super) fn read(
    token: &str,
    provider: &ProviderSettings,
    nonce: &str,
    time: Timestamp,
) -> Result<Person, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts.as_slice() else {
        return Err(format!("expected a signed ID token of 3 parts, found {}", parts.len()));
    };
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('='));
    let bytes = bytes.map_err(|error| format!("expected base64url in the ID token: {error}"))?;
    read_claims(&bytes, provider, nonce, time)
}

/// Reads the claims of an ID token, JSON, as [`read`] does.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_claims(
    claims: &[u8],
    provider: &ProviderSettings,
    nonce: &str,
    time: Timestamp,
) -> Result<Person, String> {
    let claims: Claims = serde_json::from_slice(claims)
        .map_err(|error| format!("expected an ID token's claims: {error}"))?;
    expect("iss", &provider.issuer, &claims.iss)?;
    let client = &provider.client_id;
    let audiences = match claims.aud {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    };
    if !audiences.contains(client) {
        return Err(format!("expected aud with {client}, found {}", audiences.join(", ")));
    }
    match &claims.azp {
        Some(party) => expect("azp", client, party)?,
        None if audiences.len() > 1 => return Err("expected azp, since aud has several".into()),
        None => {}
    }
    let late = time.as_second() as f64 - claims.exp;
    if late > CLOCK_SECONDS {
        return Err(format!("expected a valid ID token, found one that expired {late} s ago"));
    }
    expect("nonce", nonce, claims.nonce.as_deref().unwrap_or("none"))?;
    if claims.sub.is_empty() || claims.sub.len() > MAX_SUBJECT_BYTES {
        let found = claims.sub.len();
        return Err(format!("expected sub of 1 to {MAX_SUBJECT_BYTES} bytes, found {found}"));
    }
    let parts = [claims.given_name, claims.family_name].into_iter().flatten();
    let joined = parts.collect::<Vec<_>>().join(" ");
    Ok(Person {
        identity: Identity { issuer: claims.iss, subject: claims.sub },
        name: claims.name.unwrap_or(joined),
        email: claims.email.unwrap_or_default(),
    })
}

fn expect(claim: &str, expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("expected {claim} {expected}, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    fn provider() -> ProviderSettings {
        ProviderSettings {
            id: "orcid".into(),
            name: "ORCID".into(),
            issuer: "https://orcid.org".into(),
            client_id: "APP-1".into(),
            client_secret: "hush".into(),
        }
    }

    /// Reads the claims of a valid token with some of them replaced.
    fn with(changed: &Value) -> Result<Person, String> {
        let mut claims = json!({
            "iss": "https://orcid.org", "sub": "0000-0002-1825-0097", "aud": "APP-1",
            "exp": NOW + 60, "nonce": "n", "given_name": "Josiah", "family_name": "Carberry",
        });
        for (name, value) in changed.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        read(&format!("e30.{payload}.x"), &provider(), "n", Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn a_person_has_their_identifier_and_name() {
        let person = with(&json!({})).unwrap();
        assert_eq!(person.identity.subject, "0000-0002-1825-0097");
        assert_eq!((person.name.as_str(), person.email.as_str()), ("Josiah Carberry", ""));
        let person =
            with(&json!({"aud": ["APP-1", "x"], "azp": "APP-1", "name": "J. C."})).unwrap();
        assert_eq!(person.name, "J. C.");
    }

    #[test]
    fn a_token_for_others_of_others_or_of_another_time_is_not_believed() {
        for (changed, told) in [
            (json!({"iss": "https://orcid.org.evil.org"}), "iss"),
            (json!({"aud": "APP-2"}), "aud"),
            (json!({"aud": ["APP-1", "APP-2"]}), "azp"),
            (json!({"azp": "APP-2"}), "azp"),
            (json!({"exp": NOW - 600}), "expired"),
            (json!({"nonce": "m"}), "nonce"),
            (json!({"nonce": null}), "nonce"),
            (json!({"sub": ""}), "sub"),
            (json!({"sub": "0".repeat(256)}), "sub"),
            (json!({"exp": "soon"}), "claims"),
        ] {
            let error = with(&changed).unwrap_err();
            assert!(error.contains(told), "{changed}: {error}");
        }
        for token in ["", "a.b", "a.b.c.d.e", "a.%.c", "a.e30.c"] {
            assert!(read(token, &provider(), "n", Timestamp::UNIX_EPOCH).is_err(), "{token}");
        }
    }
}
