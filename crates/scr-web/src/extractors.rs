//! What handlers take from a request: options of the address, a benchmark, an entry.
//!
//! Reads nothing but the request's head and the store. An option that makes no
//! sense is as good as none, so that a mistyped or outdated link still opens; a
//! benchmark or entry that is not there ends the request with a page that says so.

use axum::extract::{Form, FromRef, FromRequestParts, Path, Query};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum_extra::extract::CookieJar;
use scr_documents::TermsDocument;
use scr_store::{BenchmarkRow, Caller, EntryRow, PublicStore, Role, Scope, SessionRow, UserRow};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use crate::error::Failure;
use crate::limits::{Client, Limit, Limits};
use crate::routes::SiteSettings;
use crate::session;

/// The options of an address, in order, `name=value` each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options(Vec<(String, String)>);

impl Options {
    /// The fields of a text such as `a=1&b=2`.
    pub(crate) fn of_query(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The fields of a form that was sent.
    pub(crate) fn of_form(Form(fields): Form<Vec<(String, String)>>) -> Self {
        Self(fields)
    }

    /// The first value of `name`, when it is given and not empty.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of `name`, given as one list with commas or repeatedly as a
    /// form sends them; `None` when the name is not there at all, an empty list
    /// when it is there without a value.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let mut given = self.0.iter().filter(|(found, _)| found == name).peekable();
        given.peek()?;
        Some(
            given
                .flat_map(|(_, value)| value.split(','))
                .filter(|value| !value.is_empty())
                .collect(),
        )
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Options {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let pairs = Query::from_request_parts(parts, state).await;
        Ok(Self(pairs.map(|Query(pairs)| pairs).unwrap_or_default()))
    }
}

/// The benchmark that the address names in its `{benchmark}` part.
pub(crate) struct Published(pub(crate) BenchmarkRow);

impl<S> FromRequestParts<S> for Published
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let store = PublicStore::from_ref(state);
        let id = named(parts, "benchmark").await?;
        let row = store.benchmark(&id).await?;
        row.map(Self).ok_or(Failure::NoBenchmark { id })
    }
}

/// The entry that the address names in its `{entry}` part, which was not taken back.
pub(crate) struct PublishedEntry(pub(crate) EntryRow);

/// The entry that the address names, also when it was taken back.
pub(crate) struct AnyEntry(pub(crate) EntryRow);

impl<S> FromRequestParts<S> for PublishedEntry
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let AnyEntry(row) = AnyEntry::from_request_parts(parts, state).await?;
        match row.withdrawn {
            Some(withdrawn) => Err(Failure::Withdrawn { id: row.id, reason: withdrawn.reason }),
            None => Ok(Self(row)),
        }
    }
}

impl<S> FromRequestParts<S> for AnyEntry
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let store = PublicStore::from_ref(state);
        let id = named(parts, "entry").await?;
        let row = store.entry(&id).await?;
        row.map(Self).ok_or(Failure::NoEntry { id })
    }
}

/// Who sent the request, by the token that it carries, or by the session of the
/// page that it was sent from.
pub(crate) struct Signed(pub(crate) Caller);

impl Signed {
    /// Refuses what the token does not let its owner do.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), Failure> {
        if self.0.may(scope) { Ok(()) } else { Err(Failure::Forbidden { scope }) }
    }

    /// Refuses all but operators, and of their tokens those without the scope.
    pub(crate) fn operates(&self, scope: Scope) -> Result<(), Failure> {
        let role = Role::Operator;
        if self.0.user.role < role {
            return Err(Failure::NotForRole { role });
        }
        self.needs(scope)
    }
}

impl<S> FromRequestParts<S> for Signed
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let store = PublicStore::from_ref(state);
        let Some(header) = parts.headers.get(header::AUTHORIZATION) else {
            let Member { user, .. } = signed_in(parts, state).await?.ok_or(Failure::Unsigned)?;
            let scopes = user.role.scopes().collect();
            return Ok(Self(Caller { user, scopes }));
        };
        let token = header.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let caller = store.caller(token.ok_or(Failure::Unsigned)?.trim()).await?;
        let Some(caller) = caller else {
            let client = Client::of(parts, &Arc::<SiteSettings>::from_ref(state));
            Arc::<Limits>::from_ref(state).check(Limit::TokenFrom, &client.0)?;
            return Err(Failure::Unsigned);
        };
        Ok(Self(caller))
    }
}

/// None of a stranger; a token that nobody has is refused all the same.
impl<S> axum::extract::OptionalFromRequestParts<S> for Signed
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Failure> {
        match <Self as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(signed) => Ok(Some(signed)),
            Err(Failure::Unsigned) if !parts.headers.contains_key(header::AUTHORIZATION) => {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// Who looks at a page, where someone is signed in; none else.
pub(crate) struct Visitor(pub(crate) Option<Member>);

impl<S> FromRequestParts<S> for Visitor
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        signed_in(parts, state).await.map(Self)
    }
}

/// Who is signed in; a page that asks for it sends all others to sign in first.
pub(crate) struct Member {
    /// Who it is.
    pub(crate) user: UserRow,
    /// With which browser.
    pub(crate) session: SessionRow,
}

impl Member {
    /// Refuses whose role does not allow it.
    pub(crate) fn needs(&self, role: Role) -> Result<(), Failure> {
        if self.user.role >= role { Ok(()) } else { Err(Failure::NotForRole { role }) }
    }
}

impl<S> FromRequestParts<S> for Member
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let found = signed_in(parts, state).await?;
        found.ok_or_else(|| {
            let wanted = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
            // What was sent is gone after signing in: back to the page that it came from.
            let is_safe = parts.method.is_safe();
            Failure::SignIn { next: if is_safe { wanted.to_owned() } else { "/".to_owned() } }
        })
    }
}

async fn signed_in<S>(parts: &Parts, state: &S) -> Result<Option<Member>, Failure>
where
    PublicStore: FromRef<S>,
    Arc<SiteSettings>: FromRef<S>,
{
    let jar = CookieJar::from_headers(&parts.headers);
    let settings = Arc::<SiteSettings>::from_ref(state);
    let Some(cookie) = session::cookie(&jar, &settings) else { return Ok(None) };
    let found = PublicStore::from_ref(state).session(cookie.value()).await?;
    Ok(found.map(|(user, session)| Member { user, session }))
}

/// Tells one wording of terms from another: the first digits of the SHA-256 of the
/// operator's text, or of the terms in the benchmark's file where there is none.
pub(crate) fn terms_version(terms: &TermsDocument) -> String {
    let text = match terms.text.as_str() {
        "" => serde_json::to_vec(terms).unwrap_or_default(),
        text => text.as_bytes().to_vec(),
    };
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One named part of the path.
pub(crate) async fn named(parts: &mut Parts, name: &str) -> Result<String, Failure> {
    let Path(mut segments) = Path::<HashMap<String, String>>::from_request_parts(parts, &())
        .await
        .map_err(|_| Failure::NoPage)?;
    segments.remove(name).ok_or(Failure::NoPage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> Options {
        Options(pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn a_list_is_given_with_commas_or_repeatedly() {
        let given = options(&[("entries", "a,b"), ("x", "y"), ("entries", "c")]);
        assert_eq!(given.list("entries"), Some(vec!["a", "b", "c"]));
    }

    #[test]
    fn an_empty_list_is_not_an_absent_one() {
        let given = options(&[("observers", "")]);
        assert_eq!(given.list("observers"), Some(vec![]));
        assert_eq!(given.list("entries"), None);
        assert_eq!(given.first("observers"), None);
    }
}
