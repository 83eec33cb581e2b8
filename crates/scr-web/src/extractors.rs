//! Extractors: benchmarks, entries, callers and members of a request.
//!
//! Read the request's head and the store. A missing benchmark or entry ends the request
//! with an error page.

use axum::extract::{FromRef, FromRequestParts, Path};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum_extra::extract::CookieJar;
use scr_documents::BenchmarkDocument;
use scr_store::{BenchmarkRow, Caller, EntryRow, PublicStore, Role, Scope, SessionRow, UserRow};
use std::collections::HashMap;
use std::sync::Arc;

use crate::client::Client;
use crate::error::Failure;
use crate::limits::{Limit, Limits};
use crate::nearest::nearest;
use crate::session;
use crate::settings::SiteSettings;

/// Identifiers on either side of a mistyped one among which the nearest is looked for.
const N_NEAR: u32 = 200;

/// Benchmark in the path part `{benchmark}`.
pub(crate) struct PublishedBenchmark(pub(crate) BenchmarkRow);

impl<S> FromRequestParts<S> for PublishedBenchmark
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let store = PublicStore::from_ref(state);
        let id = named(parts, "benchmark").await?;
        if let Some(row) = store.benchmarks().get(&id).await? {
            return Ok(Self(row));
        }
        let known = store.benchmarks().list().await?;
        let nearest = nearest(&id, known.iter().map(|row| row.document.id.as_str()));
        Err(Failure::NoBenchmark { id, nearest })
    }
}

/// Entry in the path part `{entry}` that is not withdrawn.
pub(crate) struct PublishedEntry(pub(crate) EntryRow);

/// As [`PublishedEntry`], without the values of its images: far quicker for many images.
pub(crate) struct EntryHead(pub(crate) EntryRow);

impl<S> FromRequestParts<S> for EntryHead
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let store = PublicStore::from_ref(state);
        let id = named(parts, "entry").await?;
        match store.entries().summary(&id).await? {
            Some(row) => standing(row).map(Self),
            None => Err(no_entry(&store, id).await),
        }
    }
}

/// Entry in the path part `{entry}`, withdrawn or not.
pub(crate) struct AnyEntry(pub(crate) EntryRow);

impl<S> FromRequestParts<S> for PublishedEntry
where
    PublicStore: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let AnyEntry(row) = AnyEntry::from_request_parts(parts, state).await?;
        standing(row).map(Self)
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
        match store.entries().get(&id).await? {
            Some(row) => Ok(Self(row)),
            None => Err(no_entry(&store, id).await),
        }
    }
}

/// The entry, unless it is withdrawn.
fn standing(row: EntryRow) -> Result<EntryRow, Failure> {
    match row.withdrawn {
        Some(withdrawn) => Err(Failure::Withdrawn { id: row.id, reason: withdrawn.reason }),
        None => Ok(row),
    }
}

/// Failure of an entry that is not published, with the identifiers that it may mean.
async fn no_entry(store: &PublicStore, id: String) -> Failure {
    match store.entries().ids_near(&id, N_NEAR).await {
        Ok(known) => {
            let nearest = nearest(&id, known.iter().map(String::as_str));
            Failure::NoEntry { id, nearest }
        }
        Err(error) => error.into(),
    }
}

/// Authenticated caller, by token or by session.
pub(crate) struct Authenticated(pub(crate) Caller);

impl Authenticated {
    /// Refuses a token without the scope.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), Failure> {
        if self.0.may(scope) { Ok(()) } else { Err(Failure::ScopeRequired { scope }) }
    }

    /// Refuses everyone but operators, and their tokens without the scope.
    pub(crate) fn operates(&self, scope: Scope) -> Result<(), Failure> {
        let role = Role::Operator;
        if self.0.user.role < role {
            return Err(Failure::RoleRequired { role });
        }
        self.needs(scope)
    }
}

impl<S> FromRequestParts<S> for Authenticated
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
            let Member { user, .. } =
                signed_in(parts, state).await?.ok_or(Failure::Unauthenticated)?;
            let scopes = user.role.scopes().collect();
            return Ok(Self(Caller { user, scopes }));
        };
        let token = header.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let caller =
            store.tokens().authenticate(token.ok_or(Failure::Unauthenticated)?.trim()).await?;
        let Some(caller) = caller else {
            let client = Client::of(parts, &Arc::<SiteSettings>::from_ref(state));
            Arc::<Limits>::from_ref(state).check(Limit::TokenFrom, &client.0).await?;
            return Err(Failure::Unauthenticated);
        };
        Ok(Self(caller))
    }
}

/// `None` without a token or session; an invalid token is refused.
impl<S> axum::extract::OptionalFromRequestParts<S> for Authenticated
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
            Err(Failure::Unauthenticated) if !parts.headers.contains_key(header::AUTHORIZATION) => {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// Visitor of a page, signed in or not.
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

/// Signed-in member; others are redirected to the sign-in page.
pub(crate) struct Member {
    /// Account.
    pub(crate) user: UserRow,
    /// Session.
    pub(crate) session: SessionRow,
}

impl Member {
    /// Refuses accounts of a lower role.
    pub(crate) fn needs(&self, role: Role) -> Result<(), Failure> {
        if self.user.role >= role { Ok(()) } else { Err(Failure::RoleRequired { role }) }
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
            // A submitted form is lost after sign-in: go to the front page.
            let is_safe = parts.method.is_safe();
            Failure::SignInRequired {
                next: if is_safe { wanted.to_owned() } else { "/".to_owned() },
            }
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
    let found = PublicStore::from_ref(state).sessions().get(cookie.value()).await?;
    Ok(found.map(|(user, session)| Member { user, session }))
}

/// Named part of the path.
pub(crate) async fn named(parts: &mut Parts, name: &str) -> Result<String, Failure> {
    let Path(mut segments) = Path::<HashMap<String, String>>::from_request_parts(parts, &())
        .await
        .map_err(|_| Failure::NoPage)?;
    segments.remove(name).ok_or(Failure::NoPage)
}

/// Benchmark of an entry or a submission. The store always has it.
pub(crate) async fn benchmark_of(
    store: &PublicStore,
    id: &str,
) -> Result<BenchmarkDocument, Failure> {
    let row = store.benchmarks().get(id).await?;
    row.map(|row| row.document).ok_or_else(|| {
        tracing::error!(benchmark = id, "the benchmark of something is not in the store");
        Failure::Internal
    })
}
