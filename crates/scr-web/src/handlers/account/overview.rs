//! Account page: profile, sessions, tokens, accepted terms.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_store::{AcceptanceRow, PublicStore, Scope, SessionRow, TokenRow, UserRow};

use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::draw::private_page;

#[derive(Template)]
#[template(path = "account/overview.html")]
struct OverviewPage {
    user: UserRow,
    scopes: Vec<ScopeChoice>,
    sessions: Vec<SessionRow>,
    own_digest: String,
    tokens: Vec<TokenRow>,
    acceptances: Vec<AcceptanceRow>,
    errors: Vec<String>,
}

/// Scope in the form of a new token.
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

/// Account page with errors of a form.
pub(super) async fn show(
    store: &PublicStore,
    member: Member,
    status: StatusCode,
    errors: Vec<String>,
) -> Result<Response, Failure> {
    let Member { user, session } = member;
    let scopes = user.role.scopes().map(|scope| ScopeChoice { scope, meaning: meaning(scope) });
    let page = OverviewPage {
        scopes: scopes.collect(),
        sessions: store.sessions().of_user(&user.id).await?,
        own_digest: session.digest,
        tokens: store.tokens().of_user(&user.id).await?,
        acceptances: store.acceptances().of_user(&user.id).await?,
        user,
        errors,
    };
    private_page(status, &page)
}

/// Account page for invalid input, status 422.
pub(super) async fn refuse(
    store: &PublicStore,
    member: Member,
    errors: Vec<String>,
) -> Result<Response, Failure> {
    show(store, member, StatusCode::UNPROCESSABLE_ENTITY, errors).await
}

const fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Submit => "submit masks, and change your submissions",
        Scope::Review => "publish and return submissions of others",
        Scope::Read => "read data that are not public",
        Scope::Account => "change your name, and revoke tokens",
    }
}
