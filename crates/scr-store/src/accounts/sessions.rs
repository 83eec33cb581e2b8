//! Sessions: who is signed in with a browser.
//!
//! Knows no cookie and no password. A session's secret is 32 random bytes in
//! hexadecimal digits, given out once and kept as its SHA-256, as a token's is.
//! A session ends when it is not used for [`SESSION_IDLE`], when it is
//! [`SESSION_AGE`] old, when it is ended, or with its account.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::{UserRow, random_secret, secret_digest};
use crate::database::{failed, time_text};
use crate::entries::now;
use crate::{StoreCore, StoreError};

/// How long a session lasts that is not used.
pub const SESSION_IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long a session lasts at most.
pub const SESSION_AGE: Duration = Duration::from_secs(90 * 24 * 3600);
/// How much of a browser's name is kept, in characters.
const MAX_AGENT_CHARS: usize = 200;
/// Use is noted once in this time, not with every request.
const USE_NOTED_EVERY: Duration = Duration::from_secs(60);

/// A session, as its owner may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of its secret: names the session, does not open it.
    pub digest: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When it began, RFC 3339 in UTC.
    pub created_at: String,
    /// When it was used last, to the minute, RFC 3339 in UTC.
    pub seen_at: String,
}

impl StoreCore {
    /// Begins a session and returns its secret, which is kept nowhere.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`] when there is no such account,
    /// [`StoreError::Database`], [`StoreError::Random`].
    pub async fn begin_session(&self, user_id: &str, agent: &str) -> Result<String, StoreError> {
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
        .execute(&self.pool)
        .await
        .map_err(failed("begin a session"))?;
        match begun.rows_affected() {
            0 => Err(StoreError::UnknownUser { user: user_id.to_owned() }),
            _ => Ok(secret),
        }
    }

    /// Whose session has this secret; none when there is no such session any more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session(&self, secret: &str) -> Result<Option<(UserRow, SessionRow)>, StoreError> {
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
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
        let Some(row) = row else { return Ok(None) };
        let session = SessionRow {
            digest: row.try_get("digest").map_err(failed(doing))?,
            agent: row.try_get("agent").map_err(failed(doing))?,
            created_at: row.try_get("begun_at").map_err(failed(doing))?,
            seen_at: row.try_get("seen_at").map_err(failed(doing))?,
        };
        if session.seen_at < time_text(time - USE_NOTED_EVERY) {
            self.note_session(&session.digest, &time_text(time)).await;
        }
        Ok(Some((UserRow::read(&row)?, session)))
    }

    /// A note that cannot be written keeps nobody out.
    async fn note_session(&self, digest: &str, time: &str) {
        let noted = sqlx::query("UPDATE sessions SET seen_at = $1 WHERE digest = $2")
            .bind(time)
            .bind(digest)
            .execute(&self.pool)
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "cannot note that a session was used");
        }
    }

    /// The sessions of a person that can still be used, the last used first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sessions(&self, user_id: &str) -> Result<Vec<SessionRow>, StoreError> {
        let time = Timestamp::now();
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT digest, agent, created_at, seen_at FROM sessions \
             WHERE user_id = $1 AND seen_at > $2 AND created_at > $3 \
             ORDER BY seen_at DESC, digest",
        )
        .bind(user_id)
        .bind(time_text(time - SESSION_IDLE))
        .bind(time_text(time - SESSION_AGE))
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list sessions"))?;
        let session = |(digest, agent, created_at, seen_at)| SessionRow {
            digest,
            agent,
            created_at,
            seen_at,
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends one session of a person, by the SHA-256 of its secret; one that is over
    /// already stays so.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_session(&self, user_id: &str, digest: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND digest = $2")
            .bind(user_id)
            .bind(digest)
            .execute(&self.pool)
            .await
            .map_err(failed("end a session"))?;
        Ok(())
    }

    /// Ends all sessions of a person: signs out everywhere.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_all_sessions(&self, user_id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1")
            .bind(user_id)
            .execute(&self.pool)
            .await
            .map_err(failed("end sessions"))?;
        Ok(())
    }

    /// Deletes the sessions that are over. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep_sessions(&self) -> Result<u64, StoreError> {
        let time = Timestamp::now();
        let swept = sqlx::query("DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2")
            .bind(time_text(time - SESSION_IDLE))
            .bind(time_text(time - SESSION_AGE))
            .execute(&self.pool)
            .await
            .map_err(failed("sweep sessions"))?;
        Ok(swept.rows_affected())
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
        let user = store.add_user("a@x.org", "A", Role::Participant, None).await.unwrap();
        let one = store.begin_session(&user.id, "Browser\u{7} one").await.unwrap();
        let two = store.begin_session(&user.id, "Browser two").await.unwrap();
        let (found, session) = store.session(&one).await.unwrap().unwrap();
        assert_eq!((found, session.agent.as_str()), (user.clone(), "Browser one"));
        assert!(store.session(&session.digest).await.unwrap().is_none(), "a digest opens nothing");
        store.end_session(&user.id, &session.digest).await.unwrap();
        assert!(store.session(&one).await.unwrap().is_none());
        assert_eq!(store.sessions(&user.id).await.unwrap().len(), 1);
        store.end_all_sessions(&user.id).await.unwrap();
        assert!(store.session(&two).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_session_that_is_not_used_or_too_old_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.add_user("a@x.org", "A", Role::Participant, None).await.unwrap();
        for column in ["seen_at", "created_at"] {
            let secret = store.begin_session(&user.id, "").await.unwrap();
            let age = if column == "seen_at" { SESSION_IDLE } else { SESSION_AGE };
            let query = format!("UPDATE sessions SET {column} = $1 WHERE digest = $2");
            sqlx::query(sqlx::AssertSqlSafe(query))
                .bind(time_text(Timestamp::now() - age))
                .bind(secret_digest(&secret))
                .execute(&store.pool)
                .await
                .unwrap();
            assert!(store.session(&secret).await.unwrap().is_none(), "{column}");
        }
        assert_eq!(store.sweep_sessions().await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_removed_account_has_no_session() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let user = store.add_user("a@x.org", "A", Role::Participant, None).await.unwrap();
        let secret = store.begin_session(&user.id, "").await.unwrap();
        store.remove_user(&user.id).await.unwrap();
        assert!(store.session(&secret).await.unwrap().is_none());
        assert!(store.begin_session(&user.id, "").await.is_err());
    }
}
