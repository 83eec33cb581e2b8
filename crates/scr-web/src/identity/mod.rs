//! Sign-in with an identity provider such as ORCID: the provider sends the browser back
//! with a code, and this server exchanges the code for an ID token.
//!
//! OpenID Connect Core 1.0, authorization code flow, with PKCE (RFC 7636) and discovery.
//! Knows no account: the store maps identities to accounts.
//!
//! - [`ProviderSettings`]: the operator's settings of a provider (`settings.rs`).
//! - [`SignInAttempt`]: a sign-in under way, in a cookie of the browser's (`attempt.rs`).
//! - [`Providers`]: the providers of a site, by name; sends requests to them (`provider.rs`).
//! - `claims.rs`: validation of the claims in an ID token.

mod attempt;
mod claims;
mod provider;
mod settings;

pub(crate) use attempt::SignInAttempt;
pub(crate) use claims::read_claims;
pub(crate) use provider::{Provider, ProviderError, Providers, read_token};
pub use settings::{ProviderSettings, ProvidersError, read_providers};
