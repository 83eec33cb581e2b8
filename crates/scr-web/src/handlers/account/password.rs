//! Password confirmation of a signed-in member.

use scr_store::PublicStore;

use crate::error::Failure;
use crate::extractors::Member;
use crate::limits::{Limit, Limits};

/// Message for a wrong password.
pub(super) const NOT_THE_PASSWORD: &str = "The password is not right.";

/// True if this is the password of the signed-in account. Counts towards its rate limit.
pub(super) async fn is_password(
    store: &PublicStore,
    limits: &Limits,
    member: &Member,
    password: &str,
) -> Result<bool, Failure> {
    limits.check(Limit::PasswordOfAccount, &member.user.email).await?;
    Ok(store.accounts().verify_password(&member.user.email, password).await?.is_some())
}
