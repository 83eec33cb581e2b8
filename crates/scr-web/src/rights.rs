//! Access to copies of a benchmark's files: one rule for all addresses that serve them.
//!
//! Display on pages is a separate right, which the terms decide: a visitor without access
//! to copies sees display copies ([`Copies`]).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use scr_documents::{BenchmarkDocument, TermsDocument};
use scr_store::{Caller, Copies, PublicStore, UserRow};
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::address;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::limits::Limits;
use crate::settings::SiteSettings;

/// Version of terms: the first digits of the SHA-256 of the operator's text, or of the
/// terms in the benchmark's file without such a text.
pub(crate) fn terms_version(terms: &TermsDocument) -> String {
    let text = match terms.text.as_str() {
        "" => serde_json::to_vec(terms).unwrap_or_default(),
        text => text.as_bytes().to_vec(),
    };
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Header with the version of the terms that the requester accepts.
pub(crate) const ACCEPT_TERMS: &str = "accept-terms";

/// Requester of a copy, with the accepted version of the terms.
pub(crate) struct Requester {
    /// Caller of the request; `None` without a token or session.
    caller: Option<Caller>,
    /// Version in the `Accept-Terms` header.
    accepted: Option<String>,
}

impl<S> FromRequestParts<S> for Requester
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let caller = Option::<Authenticated>::from_request_parts(parts, state).await?;
        let caller = caller.map(|Authenticated(caller)| caller);
        // A query option cannot accept terms: any page can make a browser request an address.
        let header = parts.headers.get(ACCEPT_TERMS).and_then(|value| value.to_str().ok());
        let accepted = header.map(|version| version.trim().to_owned());
        Ok(Self { caller, accepted })
    }
}

/// Refuses copies of a benchmark whose terms forbid redistribution, or whose reference is
/// hidden.
pub(crate) fn may_offer(benchmark: &BenchmarkDocument) -> Result<(), Failure> {
    let reason = if benchmark.reference_hidden {
        "Its reference is hidden: only this site can score masks.".to_owned()
    } else if !benchmark.terms.download.is_allowed() {
        format!("Its terms do not allow redistribution. {}", benchmark.terms.obtain)
    } else {
        return Ok(());
    };
    Err(Failure::CopiesNotOffered { reason })
}

/// Refuses copies as [`may_offer`] does, and requesters who have not accepted the current terms.
pub(crate) async fn may_download(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    requester: &Requester,
) -> Result<(), Failure> {
    may_offer(benchmark)?;
    requester.needs_terms(store, benchmark).await
}

/// Refuses full-size radiographs, exact outlines and observers' masks if the terms forbid
/// copies, or if the requester has not accepted the operator's terms.
pub(crate) async fn may_have_exact(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    requester: &Requester,
) -> Result<(), Failure> {
    if !benchmark.terms.download.is_allowed() {
        return Err(Failure::NoFile);
    }
    if benchmark.terms.text.is_empty() {
        Ok(())
    } else {
        requester.needs_terms(store, benchmark).await
    }
}

/// Exact or display copies for a page's visitor, by the same rule.
pub(crate) async fn copies_for(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    visitor: Option<&UserRow>,
) -> Result<Copies, Failure> {
    let has_accepted = match visitor {
        _ if benchmark.terms.text.is_empty() => true,
        Some(user) => has_accepted_terms(store, benchmark, user).await?,
        None => false,
    };
    let is_exact = benchmark.terms.download.is_allowed() && has_accepted;
    Ok(if is_exact { Copies::Exact } else { Copies::Display })
}

/// True if the account has accepted the current terms.
pub(crate) async fn has_accepted_terms(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
) -> Result<bool, Failure> {
    Ok(terms_accepted_at(store, benchmark, user).await?.is_some())
}

/// Time at which the account accepted the current terms, RFC 3339.
pub(crate) async fn terms_accepted_at(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
) -> Result<Option<String>, Failure> {
    let version = terms_version(&benchmark.terms);
    Ok(store.acceptances().accepted_at(&user.id, &benchmark.id, &version).await?)
}

/// Records the acceptance if `version` is the current version of the terms.
pub(crate) async fn accept_terms(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
    version: &str,
) -> Result<bool, Failure> {
    let is_present = version == terms_version(&benchmark.terms);
    if is_present {
        store.acceptances().accept(&user.id, &benchmark.id, version).await?;
    }
    Ok(is_present)
}

impl Requester {
    /// Refuses without acceptance. The store records it for accounts, which need not repeat
    /// it.
    async fn needs_terms(
        &self,
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
    ) -> Result<(), Failure> {
        let version = terms_version(&benchmark.terms);
        let accepts_now = self.accepted.as_ref() == Some(&version);
        let mut has_accepted = false;
        if let Some(Caller { user, .. }) = &self.caller {
            has_accepted = has_accepted_terms(store, benchmark, user).await?;
            if accepts_now && !has_accepted {
                store.acceptances().accept(&user.id, &benchmark.id, &version).await?;
            }
        }
        if accepts_now || has_accepted {
            return Ok(());
        }
        let href = address::benchmark(&benchmark.id, "terms");
        Err(Failure::TermsNotAccepted { href, version })
    }
}
