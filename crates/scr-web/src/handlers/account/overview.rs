//! What a person has on this site: who they are, browsers, tokens, accepted terms.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{AcceptanceRow, PublicStore, Scope, SessionRow, TokenRow, UserRow};

use super::private_page;
use crate::error::Failure;
use crate::extractors::Member;

#[derive(Template)]
#[template(path = "account/overview.html")]
struct OverviewPage {
    user: UserRow,
    scopes: Vec<ScopeChoice>,
    sessions: Vec<SessionRow>,
    own_digest: String,
    tokens: Vec<TokenRow>,
    acceptances: Vec<AcceptanceRow>,
    wrong: Vec<String>,
}

/// What a token may be for.
struct ScopeChoice {
    scope: Scope,
    meaning: &'static str,
}

/// Answers `/account`.
pub(crate) async fn overview(
    State(store): State<PublicStore>,
    member: Member,
) -> Result<Response, Failure> {
    show(&store, member, StatusCode::OK, Vec::new()).await
}

/// The page, with what is wrong with something that was sent from it.
pub(super) async fn show(
    store: &PublicStore,
    member: Member,
    status: StatusCode,
    wrong: Vec<String>,
) -> Result<Response, Failure> {
    let Member { user, session } = member;
    let scopes = user.role.scopes().map(|scope| ScopeChoice { scope, meaning: meaning(scope) });
    let page = OverviewPage {
        scopes: scopes.collect(),
        sessions: store.sessions(&user.id).await?,
        own_digest: session.digest,
        tokens: store.tokens(&user.id).await?,
        acceptances: store.acceptances(&user.id).await?,
        user,
        wrong,
    };
    private_page(status, &page)
}

/// As [`show`] for what cannot be done as it was sent.
pub(super) async fn refuse(
    store: &PublicStore,
    member: Member,
    wrong: Vec<String>,
) -> Result<Response, Failure> {
    show(store, member, StatusCode::UNPROCESSABLE_ENTITY, wrong).await
}

const fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Submit => "hand in masks, and change what you handed in",
        Scope::Review => "publish and return what others handed in",
        Scope::Read => "read what is not public",
        Scope::Account => "change your name, and make tokens void",
    }
}
