//! The caller's own account: what this site knows of them, their name, their tokens.
//!
//! **A token cannot do everything that its owner can.** It makes no other token, adds no
//! identity, changes no password, ends no session and deletes no account: these are
//! pages' alone. Another name, and making a token void, ask for the scope `account`, which
//! programs that hand in do not need. Whoever has a token that is not theirs must not be able to stay, or
//! to lock its owner out.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use scr_documents::{OwnData, TokenList};
use scr_store::{PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use crate::account_data::{data_of, tokens_of};
use crate::bodies::UnreadBody;
use crate::error::Failure;
use crate::extractors::Authenticated;

/// What is one person's is kept by no cache.
const PRIVATE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewName {
    /// What the caller is called from now on.
    #[schema(min_length = 1, pattern = r"\S")]
    name: String,
}

/// All that this site knows of the caller; no secret, and no hash of one.
#[utoipa::path(
    get,
    path = "/api/v1/account",
    tag = "account",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The account", body = OwnData),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn account(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<([(HeaderName, &'static str); 1], Json<OwnData>), Failure> {
    signed.needs(Scope::Read)?;
    Ok((PRIVATE, Json(data_of(&store, signed.0.user).await?)))
}

/// Changes the caller's name.
#[utoipa::path(
    post,
    path = "/api/v1/account/name",
    tag = "account",
    request_body = NewName,
    security(("token" = ["account"])),
    responses(
        (status = 204, description = "It is changed"),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::Faulty,
        refusals::BodyRefusals
    )
)]
pub(crate) async fn set_name(
    State(store): State<PublicStore>,
    signed: Authenticated,
    body: UnreadBody,
) -> Result<StatusCode, Failure> {
    signed.needs(Scope::Account)?;
    let NewName { name } = body.json().await?;
    store.accounts().set_name(&signed.0.user.id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's tokens, without the tokens themselves.
#[utoipa::path(
    get,
    path = "/api/v1/account/tokens",
    tag = "account",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The tokens", body = TokenList),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn tokens(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenList>), Failure> {
    signed.needs(Scope::Read)?;
    let tokens = tokens_of(&store, &signed.0.user).await?;
    Ok((PRIVATE, Json(TokenList { tokens })))
}

/// Makes a token of the caller's void, for good; once more changes nothing. It may be the
/// one that is shown.
#[utoipa::path(
    delete,
    path = "/api/v1/account/tokens/{token}",
    tag = "account",
    params(("token" = String, Path, description = "Identifier of the token, not the token")),
    security(("token" = ["account"])),
    responses(
        (status = 204, description = "It is void"),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoToken
    )
)]
pub(crate) async fn revoke_token(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    signed.needs(Scope::Account)?;
    store.tokens().revoke_own(&signed.0.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
