//! Tokens: credentials of programs that act for a person.
//!
//! A token is `scr_` and 32 random bytes in hexadecimal digits. It is given out once and
//! stored as its SHA-256; a fast hash suffices, since a random token cannot be guessed from it.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use scr_data::Problem;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use super::error::AccountError;
use super::roles::Scope;
use super::token_lifetime::TokenLifetime;
use super::users::{Accounts, UserRow};
use super::{letters, rules};
use crate::database::{Doing, begin_writing};
use crate::mail;
use crate::secrets::{random_id, random_secret, secret_digest};
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Prefix of every token, so that people and secret scanners recognise one.
const PREFIX: &str = "scr_";

/// Interval at which use is recorded, so that most requests only read.
const USE_RECORDED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Random identifier, not secret.
    pub id: String,
    /// Identifier of its owner.
    pub user_id: String,
    /// Scopes at creation; the owner's role may allow fewer by now.
    pub scopes: BTreeSet<Scope>,
    /// Note of its owner.
    pub note: String,
    /// Creation time, RFC 3339 in UTC.
    pub created_at: String,
    /// Time of last use, to the minute.
    pub last_used_at: Option<String>,
    /// Time of its revocation.
    pub revoked_at: Option<String>,
    /// Expiry, RFC 3339 in UTC; `None` if the token does not expire.
    pub expires_at: Option<String>,
}

impl TokenRow {
    /// True if the token is past its expiry now.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.expires_at.as_ref().is_some_and(|expiry| *expiry <= now())
    }
}

/// Owner of a token, with the scopes that are in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The owner.
    pub user: UserRow,
    /// Scopes that both the token and the owner's role allow.
    pub scopes: BTreeSet<Scope>,
}

impl Caller {
    /// True if the scope is in effect.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Handle of tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Tokens<'_> {
    /// Creates a token with the default lifetime, as [`create_for`](Self::create_for) does.
    ///
    /// # Errors
    /// As [`create_for`](Self::create_for).
    pub async fn create(
        &self,
        email: &str,
        scopes: impl IntoIterator<Item = Scope>,
        note: &str,
    ) -> Result<String, AccountError> {
        self.create_for(TokenLifetime::default(), email, scopes, note).await
    }

    /// Creates a token and notifies its owner by mail. The token is returned here and never
    /// again.
    ///
    /// # Errors
    /// [`AccountError::UnknownUser`] when the address has no account,
    /// [`AccountError::ScopeRefused`] when the role does not allow a scope,
    /// [`AccountError::Invalid`] when there is no scope or the note is too long.
    pub async fn create_for(
        &self,
        lifetime: TokenLifetime,
        email: &str,
        scopes: impl IntoIterator<Item = Scope>,
        note: &str,
    ) -> Result<String, AccountError> {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        let no_scope =
            scopes.is_empty().then(|| Problem::new("scopes", "at least one", "none", ""));
        rules::check([rules::note(note), no_scope])?;
        let user = (Accounts { pool: self.pool }).by_email(email).await?;
        let user = user.ok_or_else(|| AccountError::UnknownUser { user: email.to_owned() })?;
        if let Some(&scope) = scopes.iter().find(|&&scope| !user.role.allows(scope)) {
            return Err(AccountError::ScopeRefused { scope, role: user.role });
        }
        let token = format!("{PREFIX}{}", random_secret()?);
        let time = Timestamp::now();
        let expires_at = lifetime.expiry(time).map(time_text);
        let doing = "create a token";
        let mut transaction = begin_writing(self.pool).await?;
        // No token for an account that was removed in the meantime.
        let inserted = sqlx::query(
            "INSERT INTO tokens (id, user_id, digest, scopes, note, created_at, expires_at) \
             SELECT $1, id, $2, $3, $4, $5, $6 FROM users WHERE id = $7 AND removed_at IS NULL",
        )
        .bind(random_id()?)
        .bind(secret_digest(&token))
        .bind(write_scopes(&scopes))
        .bind(note)
        .bind(time_text(time))
        .bind(&expires_at)
        .bind(&user.id)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if inserted.rows_affected() == 0 {
            return Err(AccountError::UnknownUser { user: email.to_owned() });
        }
        // An address that is not confirmed may be a stranger's.
        if user.confirmed_at.is_some() {
            let letter = letters::token_made(
                note,
                &write_scopes(&scopes).replace(',', ", "),
                expires_at.as_deref(),
            );
            mail::queue(&mut transaction, &user.email, letter).await?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(token)
    }

    /// Owner and scopes of a token; none when it is unknown, revoked or expired, or its owner's
    /// address is unconfirmed. Records the time of use, at most once a minute.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Word`] when a row has a role
    /// or scope that this program does not know.
    #[boxed]
    pub async fn authenticate(&self, token: &str) -> Result<Option<Caller>, StorageError> {
        let doing = "look up a token";
        let row = sqlx::query(
            "SELECT users.id, email, name, role, users.created_at, confirmed_at, \
             tokens.id AS token_id, scopes, last_used_at \
             FROM tokens JOIN users ON users.id = tokens.user_id \
             WHERE digest = $1 AND revoked_at IS NULL AND removed_at IS NULL \
             AND confirmed_at IS NOT NULL AND (expires_at IS NULL OR expires_at > $2)",
        )
        .bind(secret_digest(token))
        .bind(now())
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let Some(row) = row else { return Ok(None) };
        let user = UserRow::read(&row)?;
        let scopes: String = row.try_get("scopes").doing(doing)?;
        let mut scopes = read_scopes(&scopes)?;
        scopes.retain(|&scope| user.role.allows(scope));
        let last_used_at: Option<String> = row.try_get("last_used_at").doing(doing)?;
        let time = Timestamp::now();
        let stale = time_text(time - USE_RECORDED_EVERY);
        if last_used_at.is_none_or(|used| used < stale) {
            let id: String = row.try_get("token_id").doing(doing)?;
            self.record_use(&id, time, &stale).await;
        }
        Ok(Some(Caller { user, scopes }))
    }

    /// A full disk must not keep anyone from reading, so failing here is no error.
    async fn record_use(&self, id: &str, time: Timestamp, stale: &str) {
        let recorded = sqlx::query(
            "UPDATE tokens SET last_used_at = $1 \
             WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $3)",
        )
        .bind(time_text(time))
        .bind(id)
        .bind(stale)
        .execute(self.pool)
        .await;
        if let Err(error) = recorded {
            tracing::warn!(id, %error, "cannot record the use of a token");
        }
    }

    /// All tokens of a person, revoked ones too, the first first.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    #[boxed]
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<TokenRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT id, user_id, scopes, note, created_at, last_used_at, revoked_at, \
             expires_at \
             FROM tokens WHERE user_id = $1 ORDER BY created_at, id",
        )
        .bind(user_id)
        .fetch_all(self.pool)
        .await
        .doing("list tokens")?;
        rows.iter().map(read).collect()
    }

    /// As [`revoke`](Self::revoke), for a token of this person only.
    ///
    /// # Errors
    /// [`AccountError::UnknownToken`] when they have none with this identifier.
    #[boxed]
    pub async fn revoke_own(&self, user_id: &str, id: &str) -> Result<(), AccountError> {
        let is_own = self.of_user(user_id).await?.iter().any(|token| token.id == id);
        if is_own { self.revoke(id).await } else { Err(AccountError::UnknownToken) }
    }

    /// Revokes a token for good. A revoked token stays so.
    ///
    /// # Errors
    /// [`AccountError::UnknownToken`] when there is none with this identifier.
    #[boxed]
    pub async fn revoke(&self, id: &str) -> Result<(), AccountError> {
        let updated =
            sqlx::query("UPDATE tokens SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2")
                .bind(now())
                .bind(id)
                .execute(self.pool)
                .await
                .doing("revoke a token")?;
        match updated.rows_affected() {
            // The identifier is not repeated: someone may have passed the token itself.
            0 => Err(AccountError::UnknownToken),
            _ => Ok(()),
        }
    }
}

fn write_scopes(scopes: &BTreeSet<Scope>) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

fn read_scopes(text: &str) -> Result<BTreeSet<Scope>, StorageError> {
    text.split(',').map(str::parse).collect()
}

fn read(row: &AnyRow) -> Result<TokenRow, StorageError> {
    let doing = "list tokens";
    let scopes: String = row.try_get("scopes").doing(doing)?;
    Ok(TokenRow {
        id: row.try_get("id").doing(doing)?,
        user_id: row.try_get("user_id").doing(doing)?,
        scopes: read_scopes(&scopes)?,
        note: row.try_get("note").doing(doing)?,
        created_at: row.try_get("created_at").doing(doing)?,
        last_used_at: row.try_get("last_used_at").doing(doing)?,
        revoked_at: row.try_get("revoked_at").doing(doing)?,
        expires_at: row.try_get("expires_at").doing(doing)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, Store};

    #[tokio::test]
    async fn an_expired_token_opens_nothing_and_one_without_expiry_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap();
        let default = store.tokens().create("a@b.org", [Scope::Read], "default").await.unwrap();
        let short = TokenLifetime::Days(1);
        let short =
            store.tokens().create_for(short, "a@b.org", [Scope::Read], "short").await.unwrap();
        let endless = TokenLifetime::Unlimited;
        let endless = store.tokens().create_for(endless, "a@b.org", [Scope::Read], "endless").await;
        let endless = endless.unwrap();
        let tokens = store.tokens().of_user(&user.id).await.unwrap();
        let expiry =
            |note: &str| tokens.iter().find(|token| token.note == note).unwrap().expires_at.clone();
        let year = Timestamp::now() + SignedDuration::from_hours(24 * 365);
        assert_eq!(expiry("default").unwrap()[..10], year.to_string()[..10]);
        assert_eq!(expiry("endless"), None);
        assert!(tokens.iter().all(|token| !token.is_expired()));

        sqlx::query("UPDATE tokens SET expires_at = $1 WHERE note = 'short'")
            .bind("2020-01-01T00:00:00.000Z")
            .execute(&store.pool)
            .await
            .unwrap();
        assert_eq!(store.tokens().authenticate(&short).await.unwrap(), None);
        for token in [default, endless] {
            assert!(store.tokens().authenticate(&token).await.unwrap().is_some());
        }
        let tokens = store.tokens().of_user(&user.id).await.unwrap();
        let expired = tokens.iter().filter(|token| token.is_expired());
        assert_eq!(expired.map(|token| token.note.as_str()).collect::<Vec<_>>(), ["short"]);
    }
}
