//! Account of the caller: its data, name and tokens.
//!
//! **A token has fewer rights than its owner.** It creates no token, adds no identity,
//! changes no password, ends no session and deletes no account: only pages do. A new name
//! and the revocation of tokens need the scope `account`, which submitting programs do not
//! need. A stolen token must not give lasting access or lock its owner out.

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

/// Response header that keeps personal data out of caches.
const PRIVATE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// New name of the account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewName {
    /// The new name.
    #[schema(min_length = 1, pattern = r"\S")]
    name: String,
}

/// All data of the caller's account, without secrets and their hashes.
#[utoipa::path(
    get,
    path = "/api/v1/account",
    tag = "account",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The account", body = OwnData),
        refusals::Unauthenticated,
        refusals::Forbidden
    )
)]
pub(crate) async fn account(
    State(store): State<PublicStore>,
    caller: Authenticated,
) -> Result<([(HeaderName, &'static str); 1], Json<OwnData>), Failure> {
    caller.needs(Scope::Read)?;
    Ok((PRIVATE, Json(data_of(&store, caller.0.user).await?)))
}

/// Changes the caller's name.
#[utoipa::path(
    post,
    path = "/api/v1/account/name",
    tag = "account",
    request_body = NewName,
    security(("token" = ["account"])),
    responses(
        (status = 204, description = "The name is changed"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::InvalidFields,
        refusals::UnreadableBody
    )
)]
pub(crate) async fn set_name(
    State(store): State<PublicStore>,
    caller: Authenticated,
    body: UnreadBody,
) -> Result<StatusCode, Failure> {
    caller.needs(Scope::Account)?;
    let NewName { name } = body.json().await?;
    store.accounts().set_name(&caller.0.user.id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's tokens, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/account/tokens",
    tag = "account",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The tokens", body = TokenList),
        refusals::Unauthenticated,
        refusals::Forbidden
    )
)]
pub(crate) async fn tokens(
    State(store): State<PublicStore>,
    caller: Authenticated,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenList>), Failure> {
    caller.needs(Scope::Read)?;
    let tokens = tokens_of(&store, &caller.0.user).await?;
    Ok((PRIVATE, Json(TokenList { tokens })))
}

/// Revokes a token of the caller for good, also the token of this request. A repetition
/// changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/account/tokens/{token}",
    tag = "account",
    params(("token" = String, Path, description = "Identifier of the token, not its secret")),
    security(("token" = ["account"])),
    responses(
        (status = 204, description = "The token is revoked"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoToken
    )
)]
pub(crate) async fn revoke_token(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    caller.needs(Scope::Account)?;
    store.tokens().revoke_own(&caller.0.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
