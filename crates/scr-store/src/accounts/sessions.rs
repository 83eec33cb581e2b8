//! Sessions of signed-in browsers.
//!
//! Knows no cookie and no password. The secret of a session is 32 random bytes in
//! hexadecimal digits, given out once and stored as its SHA-256. A session expires after
//! [`SESSION_IDLE`] without use and at the age of [`SESSION_AGE`]; it also ends by sign-out
//! and with its account.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AnyPool, Row};

use super::error::AccountError;
use super::users::UserRow;
use crate::database::Doing;
use crate::secrets::{random_secret, secret_digest};
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Idle timeout of a session.
pub const SESSION_IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// Maximum age of a session.
pub const SESSION_AGE: Duration = Duration::from_secs(90 * 24 * 3600);
/// Length limit of a browser's name, in characters.
const MAX_AGENT_CHARS: usize = 200;
/// Interval at which use is recorded, so that most requests only read.
const USE_RECORDED_EVERY: Duration = Duration::from_secs(60);

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of its secret: identifies the session, does not open it.
    pub digest: String,
    /// Name of the browser (`User-Agent`).
    pub agent: String,
    /// Time of sign-in, RFC 3339 in UTC.
    pub created_at: String,
    /// Time of last use, to the minute, RFC 3339 in UTC.
    pub seen_at: String,
}

/// Handle of sessions.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Sessions<'_> {
    /// Begins a session and returns its secret, which is not stored.
    ///
    /// # Errors
    /// [`AccountError::UnknownUser`] when there is no such account,
    /// [`StorageError::Database`], [`StorageError::Random`].
    #[boxed]
    pub async fn begin(&self, user_id: &str, agent: &str) -> Result<String, AccountError> {
        let secret = random_secret()?;
        let agent: String =
            agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT_CHARS).collect();
        let begun = sqlx::query(
            "INSERT INTO sessions (digest, user_id, agent, created_at, seen_at) \
             SELECT $1, id, $2, $3, $3 FROM users WHERE id = $4 AND removed_at IS NULL",
        )
        .bind(secret_digest(&secret))
        .bind(agent)
        .bind(now())
        .bind(user_id)
        .execute(self.pool)
        .await
        .doing("begin a session")?;
        match begun.rows_affected() {
            0 => Err(AccountError::UnknownUser { user: user_id.to_owned() }),
            _ => Ok(secret),
        }
    }

    /// The session with this secret and its account; none when it is unknown or expired.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn get(&self, secret: &str) -> Result<Option<(UserRow, SessionRow)>, StorageError> {
        let doing = "look up a session";
        let time = Timestamp::now();
        let row = sqlx::query(
            "SELECT users.id, email, name, role, users.created_at, confirmed_at, \
             digest, agent, sessions.created_at AS begun_at, seen_at \
             FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE digest = $1 AND seen_at > $2 AND sessions.created_at > $3 \
             AND removed_at IS NULL AND confirmed_at IS NOT NULL",
        )
        .bind(secret_digest(secret))
        .bind(time_text(time - SESSION_IDLE))
        .bind(time_text(time - SESSION_AGE))
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let Some(row) = row else { return Ok(None) };
        let session = SessionRow {
            digest: row.try_get("digest").doing(doing)?,
            agent: row.try_get("agent").doing(doing)?,
            created_at: row.try_get("begun_at").doing(doing)?,
            seen_at: row.try_get("seen_at").doing(doing)?,
        };
        if session.seen_at < time_text(time - USE_RECORDED_EVERY) {
            self.record_use(&session.digest, &time_text(time)).await;
        }
        Ok(Some((UserRow::read(&row)?, session)))
    }

    /// A failure here must not keep anyone out: a full disk still lets people read.
    async fn record_use(&self, digest: &str, time: &str) {
        let recorded = sqlx::query("UPDATE sessions SET seen_at = $1 WHERE digest = $2")
            .bind(time)
            .bind(digest)
            .execute(self.pool)
            .await;
        if let Err(error) = recorded {
            tracing::warn!(%error, "cannot record the use of a session");
        }
    }

    /// The valid sessions of an account, the last used first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<SessionRow>, StorageError> {
        let time = Timestamp::now();
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT digest, agent, created_at, seen_at FROM sessions \
             WHERE user_id = $1 AND seen_at > $2 AND created_at > $3 \
             ORDER BY seen_at DESC, digest",
        )
        .bind(user_id)
        .bind(time_text(time - SESSION_IDLE))
        .bind(time_text(time - SESSION_AGE))
        .fetch_all(self.pool)
        .await
        .doing("list sessions")?;
        let session = |(digest, agent, created_at, seen_at)| SessionRow {
            digest,
            agent,
            created_at,
            seen_at,
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends one session of an account, by the SHA-256 of its secret. A session that has
    /// ended stays so.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn end(&self, user_id: &str, digest: &str) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND digest = $2")
            .bind(user_id)
            .bind(digest)
            .execute(self.pool)
            .await
            .doing("end a session")?;
        Ok(())
    }

    /// Ends all sessions of an account: signs it out everywhere.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn end_all(&self, user_id: &str) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1")
            .bind(user_id)
            .execute(self.pool)
            .await
            .doing("end sessions")?;
        Ok(())
    }

    /// Deletes expired sessions. Returns their number.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn delete_expired(&self) -> Result<u64, StorageError> {
        let time = Timestamp::now();
        let deleted = sqlx::query("DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2")
            .bind(time_text(time - SESSION_IDLE))
            .bind(time_text(time - SESSION_AGE))
            .execute(self.pool)
            .await
            .doing("delete expired sessions")?;
        Ok(deleted.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::Store;

    #[tokio::test]
    async fn a_session_opens_with_its_secret_until_it_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.accounts().add("a@x.org", "A", Role::Participant, None).await.unwrap();
        let one = store.sessions().begin(&user.id, "Browser\u{7} one").await.unwrap();
        let two = store.sessions().begin(&user.id, "Browser two").await.unwrap();
        let (found, session) = store.sessions().get(&one).await.unwrap().unwrap();
        assert_eq!((found, session.agent.as_str()), (user.clone(), "Browser one"));
        assert!(
            store.sessions().get(&session.digest).await.unwrap().is_none(),
            "a digest opens nothing"
        );
        store.sessions().end(&user.id, &session.digest).await.unwrap();
        assert!(store.sessions().get(&one).await.unwrap().is_none());
        assert_eq!(store.sessions().of_user(&user.id).await.unwrap().len(), 1);
        store.sessions().end_all(&user.id).await.unwrap();
        assert!(store.sessions().get(&two).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_session_that_is_not_used_or_too_old_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.accounts().add("a@x.org", "A", Role::Participant, None).await.unwrap();
        for column in ["seen_at", "created_at"] {
            let secret = store.sessions().begin(&user.id, "").await.unwrap();
            let age = if column == "seen_at" { SESSION_IDLE } else { SESSION_AGE };
            let query = format!("UPDATE sessions SET {column} = $1 WHERE digest = $2");
            sqlx::query(sqlx::AssertSqlSafe(query))
                .bind(time_text(Timestamp::now() - age))
                .bind(secret_digest(&secret))
                .execute(&store.pool)
                .await
                .unwrap();
            assert!(store.sessions().get(&secret).await.unwrap().is_none(), "{column}");
        }
        assert_eq!(store.sessions().delete_expired().await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_removed_account_has_no_session() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.accounts().add("a@x.org", "A", Role::Participant, None).await.unwrap();
        let secret = store.sessions().begin(&user.id, "").await.unwrap();
        store.accounts().remove(&user.id).await.unwrap();
        assert!(store.sessions().get(&secret).await.unwrap().is_none());
        assert!(store.sessions().begin(&user.id, "").await.is_err());
    }
}
