//! Accounts: people with a role, the keys that open their accounts, and accepted terms.
//!
//! Knows no page. Secrets are hashed as they come in: passwords by Argon2id, tokens and
//! secrets of sessions, which are random, by SHA-256. No secret is in an error, in a log or
//! in the output of `Debug`.
//!
//! - `users.rs`: [`Accounts`](users::Accounts), rows of people. - `links.rs`: sign-up and
//!   password reset by one-time links.
//! - `tokens.rs`: tokens of programs, with scopes and a lifetime (`token_lifetime.rs`).
//!   - `sessions.rs`: signed-in browsers.
//! - `identities.rs`: identities at providers such as ORCID.
//! - `keys.rs`: the end of all of them with a new password.
//! - `terms.rs`: acceptances of terms.
//! - `roles.rs`: roles and scopes. - `rules.rs`: rules for addresses, names, passwords and
//!   notes. - `passwords.rs`: hashes. - `letters.rs`: mails.

pub(crate) mod error;
pub(crate) mod identities;
mod keys;
mod letters;
pub(crate) mod links;
mod passwords;
pub(crate) mod roles;
mod rules;
pub(crate) mod sessions;
pub(crate) mod terms;
pub(crate) mod token_lifetime;
pub(crate) mod tokens;
pub(crate) mod users;

pub use keys::OtherKeys;
