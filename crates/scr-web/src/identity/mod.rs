//! Signing in with who a person is elsewhere, such as at ORCID: the browser goes there,
//! comes back with a code, and this server asks the provider whose code it is.
//!
//! OpenID Connect Core 1.0, authorization code flow, with PKCE (RFC 7636) and discovery.
//! Knows no account: what an identity opens is the store's business.
//!
//! - [`ProviderSettings`]: a provider as the operator names it (`settings.rs`).
//! - [`Attempt`]: a sign-in under way, in a cookie of the browser's (`attempt.rs`).
//! - [`Providers`]: all of a site, found by name; asks them (`provider.rs`).
//! - `claims.rs`: what the provider says of the person, and whether to believe it.

mod attempt;
mod claims;
mod provider;
mod settings;

pub(crate) use attempt::Attempt;
pub(crate) use claims::{Person, read_claims};
pub(crate) use provider::{Provider, ProviderError, Providers, read_token};
pub use settings::{ProviderSettings, ProvidersError, read_providers};
