//! Keys of an account other than its password (sessions, tokens, identities), and their end
//! with a new password.
//!
//! A new password locks an intruder out, so tokens and identities of the intruder must not
//! survive it: they end, unless the owner keeps them.

use async_recursion::async_recursion as boxed;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::storage_error::StorageError;
use crate::time::now;

/// Fate of tokens and identities when the password changes. Sessions always end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherKeys {
    /// Tokens are revoked, identities are disconnected.
    #[default]
    Ended,
    /// They stay valid: the owner knows all of them.
    Kept,
}

impl OtherKeys {
    /// Choice of a form's checkbox.
    #[must_use]
    pub const fn kept_if(is_ticked: bool) -> Self {
        if is_ticked { Self::Kept } else { Self::Ended }
    }
}

/// Ends sessions and one-time links of an account, and its other keys unless kept.
#[boxed]
pub(super) async fn end(
    connection: &mut AnyConnection,
    user_id: &str,
    other_keys: OtherKeys,
) -> Result<(), StorageError> {
    let doing = "end the keys of an account";
    let mut statements = vec![
        "DELETE FROM sessions WHERE user_id = $1",
        "DELETE FROM one_time_links WHERE user_id = $1",
    ];
    if other_keys == OtherKeys::Ended {
        statements.push("DELETE FROM identities WHERE user_id = $1");
        sqlx::query("UPDATE tokens SET revoked_at = COALESCE(revoked_at, $1) WHERE user_id = $2")
            .bind(now())
            .bind(user_id)
            .execute(&mut *connection)
            .await
            .doing(doing)?;
    }
    for sql in statements {
        sqlx::query(sql).bind(user_id).execute(&mut *connection).await.doing(doing)?;
    }
    Ok(())
}

/// Disconnects all identities from an account.
#[boxed]
pub(super) async fn disconnect_identities(
    connection: &mut AnyConnection,
    user_id: &str,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1")
        .bind(user_id)
        .execute(connection)
        .await
        .doing("disconnect identities")?;
    Ok(())
}
