//! What opens an account beside its password, and ending it with the password.
//!
//! Whoever sets another password may do so because a stranger got in. A stranger's token
//! or identity must not outlive that: it ends, unless the owner says otherwise.

use sqlx::AnyConnection;

use crate::StoreError;
use crate::database::failed;
use crate::entries::now;

/// Tokens and identities of an account whose password changes. Sessions always end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherKeys {
    /// Tokens become void, identities are disconnected.
    #[default]
    Ended,
    /// They go on opening the account: its owner knows all of them.
    Kept,
}

impl OtherKeys {
    /// What a form's box says.
    #[must_use]
    pub const fn kept_if(is_ticked: bool) -> Self {
        if is_ticked { Self::Kept } else { Self::Ended }
    }
}

/// Ends sessions and links of an account, and its other keys unless they are kept.
pub(super) async fn end(
    connection: &mut AnyConnection,
    user_id: &str,
    other_keys: OtherKeys,
) -> Result<(), StoreError> {
    let doing = "end what opens an account";
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
            .map_err(failed(doing))?;
    }
    for sql in statements {
        sqlx::query(sql).bind(user_id).execute(&mut *connection).await.map_err(failed(doing))?;
    }
    Ok(())
}
