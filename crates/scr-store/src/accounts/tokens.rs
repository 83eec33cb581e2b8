//! Tokens: what a program shows in a person's place.
//!
//! A token is `scr_` and 32 random bytes in hexadecimal digits. It is given
//! out once and kept as its SHA-256, which is enough: what is random cannot be
//! guessed from its hash, however quickly that is computed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use scr_data::Problem;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::token_lifetime::TokenLifetime;
use super::{Scope, UserRow, random_id, random_secret, rules, secret_digest};
use crate::database::{failed, time_text};
use crate::mail::{self, letters};
use crate::{StoreCore, StoreError};

/// How every token begins, so that people and scanners know what they found.
const PREFIX: &str = "scr_";

/// The time of last use is noted no more often; reading stays reading.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A token that was given out, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Identifier, random and no secret.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What it was given for; the person's role may allow less by now.
    pub scopes: BTreeSet<Scope>,
    /// What its owner calls it.
    pub note: String,
    /// When it was given out, RFC 3339 in UTC.
    pub created_at: String,
    /// When it was last used, to the minute.
    pub last_used_at: Option<String>,
    /// Since when it is void.
    pub revoked_at: Option<String>,
    /// Expiry, RFC 3339 in UTC; `None` if the token does not expire.
    pub expires_at: Option<String>,
}

impl TokenRow {
    /// True if the token is past its expiry now.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.expires_at.as_ref().is_some_and(|expiry| *expiry <= time_text(Timestamp::now()))
    }
}

/// Whose token was shown, and what it lets them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserRow,
    /// What both the token and the person's role allow.
    pub scopes: BTreeSet<Scope>,
}

impl Caller {
    /// Whether this may be done.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl StoreCore {
    /// Creates a token with the default lifetime, as
    /// [`create_token_for`](Self::create_token_for) does.
    ///
    /// # Errors
    /// As [`create_token_for`](Self::create_token_for).
    pub async fn create_token(
        &self,
        email: &str,
        scopes: impl IntoIterator<Item = Scope>,
        note: &str,
    ) -> Result<String, StoreError> {
        self.create_token_for(TokenLifetime::default(), email, scopes, note).await
    }

    /// Creates a token of the account with this address, and mails the owner that it exists.
    /// The token itself is returned here and never again.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`] when the address has no account,
    /// [`StoreError::ScopeRefused`] when the role does not allow a scope,
    /// [`StoreError::Account`] when there is no scope or the note is too long.
    pub async fn create_token_for(
        &self,
        lifetime: TokenLifetime,
        email: &str,
        scopes: impl IntoIterator<Item = Scope>,
        note: &str,
    ) -> Result<String, StoreError> {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        let no_scope =
            scopes.is_empty().then(|| Problem::new("scopes", "at least one", "none", ""));
        rules::check([rules::note(note), no_scope])?;
        let user = self.user_by_email(email).await?;
        let user = user.ok_or_else(|| StoreError::UnknownUser { user: email.to_owned() })?;
        if let Some(&scope) = scopes.iter().find(|&&scope| !user.role.allows(scope)) {
            return Err(StoreError::ScopeRefused { scope, role: user.role });
        }
        let token = format!("{PREFIX}{}", random_secret()?);
        let now = Timestamp::now();
        let expires_at = lifetime.expiry(now).map(time_text);
        let doing = "create a token";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        // Who was removed in the meantime gets none.
        let inserted = sqlx::query(
            "INSERT INTO tokens (id, user_id, digest, scopes, note, created_at, expires_at) \
             SELECT $1, id, $2, $3, $4, $5, $6 FROM users WHERE id = $7 AND removed_at IS NULL",
        )
        .bind(random_id()?)
        .bind(secret_digest(&token))
        .bind(write_scopes(&scopes))
        .bind(note)
        .bind(time_text(now))
        .bind(&expires_at)
        .bind(&user.id)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::UnknownUser { user: email.to_owned() });
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
        transaction.commit().await.map_err(failed(doing))?;
        Ok(token)
    }

    /// Owner of a token; `None` if it is unknown, revoked or expired, or if its owner's
    /// address is not confirmed. That it was used is noted at most once a minute.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Word`] when a row has a role
    /// or scope that this program does not know.
    pub async fn caller(&self, token: &str) -> Result<Option<Caller>, StoreError> {
        let doing = "look up a token";
        let row = sqlx::query(
            "SELECT users.id, email, name, role, users.created_at, confirmed_at, \
             tokens.id AS token_id, scopes, last_used_at \
             FROM tokens JOIN users ON users.id = tokens.user_id \
             WHERE digest = $1 AND revoked_at IS NULL AND removed_at IS NULL \
             AND confirmed_at IS NOT NULL AND (expires_at IS NULL OR expires_at > $2)",
        )
        .bind(secret_digest(token))
        .bind(time_text(Timestamp::now()))
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
        let Some(row) = row else { return Ok(None) };
        let user = UserRow::read(&row)?;
        let scopes: String = row.try_get("scopes").map_err(failed(doing))?;
        let mut scopes = read_scopes(&scopes)?;
        scopes.retain(|&scope| user.role.allows(scope));
        let last_used_at: Option<String> = row.try_get("last_used_at").map_err(failed(doing))?;
        let (now, stale) = (Timestamp::now(), time_text(Timestamp::now() - USE_NOTED_EVERY));
        if last_used_at.is_none_or(|time| time < stale) {
            let id: String = row.try_get("token_id").map_err(failed(doing))?;
            self.note_use(&id, now, &stale).await;
        }
        Ok(Some(Caller { user, scopes }))
    }

    /// A full disk must not keep anyone from reading, so failing here is no error.
    async fn note_use(&self, id: &str, now: Timestamp, stale: &str) {
        let noted = sqlx::query(
            "UPDATE tokens SET last_used_at = $1 \
             WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $3)",
        )
        .bind(time_text(now))
        .bind(id)
        .bind(stale)
        .execute(&self.pool)
        .await;
        if let Err(error) = noted {
            tracing::warn!(id, %error, "cannot note that a token was used");
        }
    }

    /// All tokens of a person, the first first, with those that are revoked.
    ///
    /// # Errors
    /// As [`caller`](Self::caller).
    pub async fn tokens(&self, user_id: &str) -> Result<Vec<TokenRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, user_id, scopes, note, created_at, last_used_at, revoked_at, \
             expires_at \
             FROM tokens WHERE user_id = $1 ORDER BY created_at, id",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list tokens"))?;
        rows.iter().map(read).collect()
    }

    /// As [`revoke_token`](Self::revoke_token), for a token of this person's alone.
    ///
    /// # Errors
    /// [`StoreError::UnknownToken`] when they have none with this identifier.
    pub async fn revoke_own_token(&self, user_id: &str, id: &str) -> Result<(), StoreError> {
        let is_own = self.tokens(user_id).await?.iter().any(|token| token.id == id);
        if is_own { self.revoke_token(id).await } else { Err(StoreError::UnknownToken) }
    }

    /// Makes a token void, for good. Once more changes nothing.
    ///
    /// # Errors
    /// [`StoreError::UnknownToken`] when there is none with this identifier.
    pub async fn revoke_token(&self, id: &str) -> Result<(), StoreError> {
        let updated =
            sqlx::query("UPDATE tokens SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2")
                .bind(time_text(Timestamp::now()))
                .bind(id)
                .execute(&self.pool)
                .await
                .map_err(failed("revoke a token"))?;
        match updated.rows_affected() {
            // Not repeated: someone may have given the token itself.
            0 => Err(StoreError::UnknownToken),
            _ => Ok(()),
        }
    }
}

fn write_scopes(scopes: &BTreeSet<Scope>) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

fn read_scopes(text: &str) -> Result<BTreeSet<Scope>, StoreError> {
    text.split(',').map(str::parse).collect()
}

fn read(row: &AnyRow) -> Result<TokenRow, StoreError> {
    let doing = "list tokens";
    let scopes: String = row.try_get("scopes").map_err(failed(doing))?;
    Ok(TokenRow {
        id: row.try_get("id").map_err(failed(doing))?,
        user_id: row.try_get("user_id").map_err(failed(doing))?,
        scopes: read_scopes(&scopes)?,
        note: row.try_get("note").map_err(failed(doing))?,
        created_at: row.try_get("created_at").map_err(failed(doing))?,
        last_used_at: row.try_get("last_used_at").map_err(failed(doing))?,
        revoked_at: row.try_get("revoked_at").map_err(failed(doing))?,
        expires_at: row.try_get("expires_at").map_err(failed(doing))?,
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
        let user = store.add_user("a@b.org", "A", Role::Participant, None).await.unwrap();
        let default = store.create_token("a@b.org", [Scope::Read], "default").await.unwrap();
        let short = TokenLifetime::Days(1);
        let short = store.create_token_for(short, "a@b.org", [Scope::Read], "short").await.unwrap();
        let endless = TokenLifetime::Unlimited;
        let endless = store.create_token_for(endless, "a@b.org", [Scope::Read], "endless").await;
        let endless = endless.unwrap();
        let tokens = store.tokens(&user.id).await.unwrap();
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
        assert_eq!(store.caller(&short).await.unwrap(), None);
        for token in [default, endless] {
            assert!(store.caller(&token).await.unwrap().is_some());
        }
        let tokens = store.tokens(&user.id).await.unwrap();
        let expired = tokens.iter().filter(|token| token.is_expired());
        assert_eq!(expired.map(|token| token.note.as_str()).collect::<Vec<_>>(), ["short"]);
    }
}
