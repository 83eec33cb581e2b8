//! Who may copy a benchmark's files: one rule, for every address that gives copies.
//!
//! Looking at radiographs and outlines on pages is another right, which the terms' word on
//! display decides: who may not have copies is shown display copies ([`Copies`]).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use scr_documents::BenchmarkDocument;
use scr_store::{Caller, Copies, PublicStore, UserRow};
use std::sync::Arc;

use crate::address;
use crate::error::Failure;
use crate::extractors::{Signed, terms_version};
use crate::limits::Limits;
use crate::routes::SiteSettings;

/// The header that names the version of the terms that whoever asks accepts.
pub(crate) const ACCEPT_TERMS: &str = "accept-terms";

/// Who asks for a copy, and what they accept.
pub(crate) struct Asker {
    /// Whose token came along; none of a stranger.
    caller: Option<Caller>,
    /// The version of the terms that came along.
    accepted: Option<String>,
}

impl<S> FromRequestParts<S> for Asker
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let signed = Option::<Signed>::from_request_parts(parts, state).await?;
        let caller = signed.map(|Signed(caller)| caller);
        // An address accepts nothing: any page can have a browser ask for one.
        let header = parts.headers.get(ACCEPT_TERMS).and_then(|value| value.to_str().ok());
        let accepted = header.map(|version| version.trim().to_owned());
        Ok(Self { caller, accepted })
    }
}

/// Refuses, with what to do instead, where nobody may have copies: where the terms let
/// nobody pass them on, and where the reference is hidden, without which a copy is none.
pub(crate) fn may_offer(benchmark: &BenchmarkDocument) -> Result<(), Failure> {
    let why = if benchmark.reference_hidden {
        "Its reference is hidden: masks can be scored here alone.".to_owned()
    } else if !benchmark.terms.download.is_allowed() {
        format!("Its terms do not allow them to be passed on. {}", benchmark.terms.obtain)
    } else {
        return Ok(());
    };
    Err(Failure::NotOffered { why })
}

/// Refuses a copy to who may have none: where nobody may, and to who has not accepted
/// the terms as they are now.
pub(crate) async fn may_download(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    asker: &Asker,
) -> Result<(), Failure> {
    may_offer(benchmark)?;
    asker.needs_terms(store, benchmark).await
}

/// Refuses single radiographs of full size, exact outlines and masks of observers to who
/// may have no copies: where the terms do not allow them, and where the operator has
/// written terms that they have not accepted.
pub(crate) async fn may_have_exact(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    asker: &Asker,
) -> Result<(), Failure> {
    if !benchmark.terms.download.is_allowed() {
        return Err(Failure::NoFile);
    }
    if benchmark.terms.text.is_empty() { Ok(()) } else { asker.needs_terms(store, benchmark).await }
}

/// What a page shows its visitor, by the same rule.
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

/// Whether a person has accepted the terms as they are now.
pub(crate) async fn has_accepted_terms(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
) -> Result<bool, Failure> {
    Ok(terms_accepted_at(store, benchmark, user).await?.is_some())
}

/// When a person accepted the terms as they are now, RFC 3339; none where they have not.
pub(crate) async fn terms_accepted_at(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
) -> Result<Option<String>, Failure> {
    let version = terms_version(&benchmark.terms);
    Ok(store.terms_accepted_at(&user.id, &benchmark.id, &version).await?)
}

/// Notes that a person accepts the terms, where `version` is that of the present ones.
pub(crate) async fn accept_terms(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    user: &UserRow,
    version: &str,
) -> Result<bool, Failure> {
    let is_present = version == terms_version(&benchmark.terms);
    if is_present {
        store.accept_terms(&user.id, &benchmark.id, version).await?;
    }
    Ok(is_present)
}

impl Asker {
    /// Of people who are known it is kept that they accepted, and they need not say so
    /// again.
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
                store.accept_terms(&user.id, &benchmark.id, &version).await?;
            }
        }
        if accepts_now || has_accepted {
            return Ok(());
        }
        let href = address::benchmark(&benchmark.id, "terms");
        Err(Failure::TermsNotAccepted { href, version })
    }
}
