//! Access to the operator's addresses: loopback clients and operators.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use scr_store::{Role, Scope};

use crate::client::IsLocal;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::state::SiteState;

/// Layer that refuses everyone but loopback clients and operators.
pub(super) async fn refuse_strangers(
    IsLocal(is_local): IsLocal,
    signed: Option<Authenticated>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match signed {
        _ if is_local => {}
        Some(signed) => signed.operates(Scope::Read)?,
        None => return Err(Failure::RoleRequired { role: Role::Operator }),
    }
    Ok(next.run(request).await)
}

/// True for a request of a loopback client or an operator.
pub(super) struct Insider(pub(super) bool);

impl FromRequestParts<SiteState> for Insider {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Infallible> {
        let IsLocal(is_local) = IsLocal::from_request_parts(parts, state).await?;
        if is_local {
            return Ok(Self(true));
        }
        // An invalid token makes a stranger, who still gets the overall state.
        let signed = <Authenticated as FromRequestParts<_>>::from_request_parts(parts, state).await;
        Ok(Self(signed.is_ok_and(|signed| signed.operates(Scope::Read).is_ok())))
    }
}
