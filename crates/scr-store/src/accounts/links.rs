//! Sign-up and password reset by one-time links in mails.
//!
//! The secret of a link is 32 random bytes in hexadecimal digits, stored as its SHA-256. A
//! link works once, within [`LINK_AGE`]. Sign-up and reset do not reveal which addresses are
//! known: the response is always the same, and the rest is in the mail.
//!
//! **A link alone does not confirm an account**: the password of the sign-up is needed too.
//! Otherwise a stranger who signs up with another's address could have its owner confirm an
//! account whose password only the stranger knows.

use async_recursion::async_recursion as boxed;
use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, Row};

use super::error::AccountError;
use super::keys::{self, OtherKeys};
use super::roles::Role;
use super::users::{Accounts, UserRow};
use super::{letters, passwords, rules};
use crate::database::{Doing, begin_writing};
use crate::mail;
use crate::secrets::{random_id, random_secret, secret_digest};
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Validity of a one-time link.
pub const LINK_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Purpose of a one-time link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Confirm,
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
        }
    }
}

/// Outcome of the confirmation of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The address of this account is confirmed.
    Yes(UserRow),
    /// The password is not that of the sign-up; the link stays valid.
    OtherPassword,
    /// The link is unknown, used or expired.
    NoLink,
}

impl Accounts<'_> {
    /// Creates an unconfirmed account and mails the link that confirms it. Only the owner of
    /// an address learns, by mail, that it already has an account. An account that was never
    /// confirmed is replaced.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] with all problems of address, name and password; [`StorageError::Database`].
    #[boxed]
    pub async fn sign_up(
        &self,
        email: &str,
        name: &str,
        password: &str,
    ) -> Result<(), AccountError> {
        let (doing, email, name) = ("sign a person up", rules::stored_email(email), name.trim());
        rules::check([rules::email(&email), rules::name(name), rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = begin_writing(self.pool).await?;
        let letter = match create_unconfirmed(&mut transaction, &email, name, Some(hash)).await? {
            Some(id) => letters::confirm(
                &create_link(&mut transaction, &id, Purpose::Confirm).await?,
                LINK_AGE,
            ),
            None => letters::address_taken(),
        };
        mail::queue(&mut transaction, &email, letter).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Confirms an address with the secret of its link and the password of its sign-up.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Password`] when the stored hash cannot
    /// be read.
    #[boxed]
    pub async fn confirm(
        &self,
        secret: &str,
        password: &str,
    ) -> Result<Confirmation, StorageError> {
        let (doing, time) = ("confirm an address", now());
        let row = sqlx::query(
            "SELECT users.id, email, name, role, created_at, confirmed_at, password \
             FROM one_time_links JOIN users ON users.id = user_id \
             WHERE digest = $1 AND purpose = $2 AND ends_at > $3 AND removed_at IS NULL",
        )
        .bind(secret_digest(secret))
        .bind(Purpose::Confirm.as_str())
        .bind(&time)
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let Some(row) = row else { return Ok(Confirmation::NoLink) };
        let mut user = UserRow::read(&row)?;
        let hash: Option<String> = row.try_get("password").doing(doing)?;
        if !passwords::verify(password, hash.clone()).await? {
            return Ok(Confirmation::OtherPassword);
        }
        let mut transaction = begin_writing(self.pool).await?;
        let Some(id) = consume_link(&mut transaction, secret, Purpose::Confirm).await? else {
            return Ok(Confirmation::NoLink);
        };
        // Not the password of another sign-up meanwhile.
        let updated = sqlx::query(
            "UPDATE users SET confirmed_at = $1 WHERE id = $2 AND password = $3 \
             AND removed_at IS NULL",
        )
        .bind(&time)
        .bind(&id)
        .bind(hash)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if updated.rows_affected() == 0 {
            return Ok(Confirmation::NoLink);
        }
        transaction.commit().await.doing(doing)?;
        user.confirmed_at = Some(time);
        Ok(Confirmation::Yes(user))
    }

    /// Mails a link to set a new password, if the address has an account.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn request_reset(&self, email: &str) -> Result<(), StorageError> {
        let doing = "request a password reset";
        let Some(user) = self.by_email(email).await? else { return Ok(()) };
        let mut transaction = begin_writing(self.pool).await?;
        let secret = create_link(&mut transaction, &user.id, Purpose::Reset).await?;
        mail::queue(&mut transaction, &user.email, letters::reset(&secret, LINK_AGE)).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Sets a new password with the secret of a link, ends all sessions and, unless kept, all
    /// other keys, and notifies the owner. This also confirms the address. False when the
    /// link is unknown, used or expired.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] when the password is too short or too long: the link
    /// stays valid; [`StorageError::Database`].
    #[boxed]
    pub async fn reset_password(
        &self,
        secret: &str,
        password: &str,
        other_keys: OtherKeys,
    ) -> Result<bool, AccountError> {
        let doing = "set another password";
        rules::check([rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = begin_writing(self.pool).await?;
        let Some(id) = consume_link(&mut transaction, secret, Purpose::Reset).await? else {
            return Ok(false);
        };
        // Identities of a stranger's sign-up must not open the owner's account.
        let disconnect = "DELETE FROM identities WHERE user_id = \
             (SELECT id FROM users WHERE id = $1 AND confirmed_at IS NULL)";
        sqlx::query(disconnect).bind(&id).execute(&mut *transaction).await.doing(doing)?;
        let updated: Option<(String,)> = sqlx::query_as(
            "UPDATE users SET password = $1, confirmed_at = COALESCE(confirmed_at, $2) \
             WHERE id = $3 AND removed_at IS NULL RETURNING email",
        )
        .bind(hash)
        .bind(now())
        .bind(&id)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        keys::end(&mut transaction, &id, other_keys).await?;
        if let Some((email,)) = &updated {
            mail::queue(&mut transaction, email, letters::password_changed(other_keys)).await?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(updated.is_some())
    }

    /// Deletes expired links, and accounts that were not confirmed in time.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn delete_expired(&self) -> Result<(), StorageError> {
        let doing = "delete expired links";
        let time = now();
        let mut transaction = begin_writing(self.pool).await?;
        sqlx::query("DELETE FROM one_time_links WHERE ends_at <= $1")
            .bind(time)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        let never_confirmed = "confirmed_at IS NULL AND removed_at IS NULL \
             AND created_at <= $1 AND NOT EXISTS \
             (SELECT 1 FROM one_time_links WHERE one_time_links.user_id = users.id)";
        let before = time_text(Timestamp::now() - LINK_AGE);
        for sql in [
            format!(
                "DELETE FROM identities WHERE user_id IN \
                 (SELECT id FROM users WHERE {never_confirmed})"
            ),
            format!("DELETE FROM users WHERE {never_confirmed}"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(&before)
                .execute(&mut *transaction)
                .await
                .doing(doing)?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(())
    }
}

/// Creates an unconfirmed account, or replaces the unconfirmed one of the same address and
/// its identities. Returns its identifier; none where the address has a confirmed account.
#[boxed]
pub(super) async fn create_unconfirmed(
    connection: &mut AnyConnection,
    email: &str,
    name: &str,
    password_hash: Option<String>,
) -> Result<Option<String>, StorageError> {
    let created: Option<(String,)> = sqlx::query_as(
        "INSERT INTO users (id, email, name, role, password, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO UPDATE \
         SET name = excluded.name, password = excluded.password, \
         created_at = excluded.created_at WHERE users.confirmed_at IS NULL \
         RETURNING id",
    )
    .bind(random_id()?)
    .bind(email)
    .bind(name)
    .bind(Role::Participant.as_str())
    .bind(password_hash)
    .bind(now())
    .fetch_optional(&mut *connection)
    .await
    .doing("make an account")?;
    let Some((id,)) = created else { return Ok(None) };
    keys::disconnect_identities(connection, &id).await?;
    Ok(Some(id))
}

/// Creates a link, which replaces earlier ones for the same purpose. Returns its secret.
#[boxed]
pub(super) async fn create_link(
    connection: &mut AnyConnection,
    user_id: &str,
    purpose: Purpose,
) -> Result<String, StorageError> {
    let doing = "make a link";
    let secret = random_secret()?;
    sqlx::query("DELETE FROM one_time_links WHERE user_id = $1 AND purpose = $2")
        .bind(user_id)
        .bind(purpose.as_str())
        .execute(&mut *connection)
        .await
        .doing(doing)?;
    sqlx::query(
        "INSERT INTO one_time_links (digest, user_id, purpose, ends_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(secret_digest(&secret))
    .bind(user_id)
    .bind(purpose.as_str())
    .bind(time_text(Timestamp::now() + LINK_AGE))
    .execute(connection)
    .await
    .doing(doing)?;
    Ok(secret)
}

/// Consumes a link. Returns the identifier of its account; none where it is unknown, used
/// or expired.
#[boxed]
pub(super) async fn consume_link(
    connection: &mut AnyConnection,
    secret: &str,
    purpose: Purpose,
) -> Result<Option<String>, StorageError> {
    let consumed: Option<(String,)> = sqlx::query_as(
        "DELETE FROM one_time_links WHERE digest = $1 AND purpose = $2 AND ends_at > $3 \
         RETURNING user_id",
    )
    .bind(secret_digest(secret))
    .bind(purpose.as_str())
    .bind(now())
    .fetch_optional(connection)
    .await
    .doing("use a link")?;
    Ok(consumed.map(|(id,)| id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    const PASSWORD: &str = "correct horse battery";
    const OTHER: &str = "another long password";

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        (folder, store)
    }

    /// The subject of the only mail, and the secret of the link in it.
    async fn mailed(store: &Store) -> (String, String) {
        let mail = store.mail().claim().await.unwrap().unwrap();
        store.mail().mark_sent(&mail.id).await.unwrap();
        assert_eq!(store.mail().claim().await.unwrap(), None);
        let link = mail.body.split("?link=").nth(1).unwrap_or_default();
        (mail.subject, link.chars().take_while(char::is_ascii_hexdigit).collect())
    }

    #[tokio::test]
    async fn an_account_opens_once_its_address_is_confirmed_with_link_and_password() {
        let (_folder, store) = store().await;
        store.accounts().sign_up("A@x.org", "Ann", PASSWORD).await.unwrap();
        let user = store.accounts().by_email("a@x.org").await.unwrap().unwrap();
        assert_eq!(user.confirmed_at, None);
        let session = store.sessions().begin(&user.id, "").await.unwrap();
        let token = store.tokens().create("a@x.org", [crate::Scope::Read], "").await.unwrap();
        assert!(store.sessions().get(&session).await.unwrap().is_none());
        assert!(store.tokens().authenticate(&token).await.unwrap().is_none());
        let (_, secret) = mailed(&store).await;
        assert_eq!(
            store.accounts().confirm(&secret, OTHER).await.unwrap(),
            Confirmation::OtherPassword
        );
        assert_eq!(store.accounts().confirm("00", PASSWORD).await.unwrap(), Confirmation::NoLink);
        assert!(
            !store.accounts().reset_password(&secret, OTHER, OtherKeys::Ended).await.unwrap(),
            "it is for confirming"
        );
        let Confirmation::Yes(user) = store.accounts().confirm(&secret, PASSWORD).await.unwrap()
        else {
            panic!("the link is good")
        };
        assert!(user.confirmed_at.is_some());
        assert!(store.sessions().get(&session).await.unwrap().is_some());
        assert_eq!(
            store.accounts().confirm(&secret, PASSWORD).await.unwrap(),
            Confirmation::NoLink
        );
    }

    #[tokio::test]
    async fn who_signs_up_with_a_known_address_changes_nothing_and_its_owner_is_told() {
        let (_folder, store) = store().await;
        store.accounts().add("a@x.org", "Ann", Role::Curator, Some(PASSWORD)).await.unwrap();
        store.accounts().sign_up("a@x.org", "Eve", OTHER).await.unwrap();
        let (subject, secret) = mailed(&store).await;
        assert_eq!((subject.as_str(), secret.as_str()), ("You have an account already", ""));
        let user = store.accounts().verify_password("a@x.org", PASSWORD).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.role), ("Ann", Role::Curator));
    }

    #[tokio::test]
    async fn a_stranger_cannot_have_the_owner_of_an_address_confirm_the_strangers_password() {
        let (_folder, store) = store().await;
        store.accounts().sign_up("a@x.org", "Ann", PASSWORD).await.unwrap();
        let (_, first) = mailed(&store).await;
        store.accounts().sign_up("a@x.org", "Eve", OTHER).await.unwrap();
        let (_, second) = mailed(&store).await;
        assert_eq!(store.accounts().confirm(&first, PASSWORD).await.unwrap(), Confirmation::NoLink);
        assert_eq!(
            store.accounts().confirm(&second, PASSWORD).await.unwrap(),
            Confirmation::OtherPassword
        );
        // A reset by mail still works.
        store.accounts().request_reset("a@x.org").await.unwrap();
        let (_, reset) = mailed(&store).await;
        assert!(store.accounts().reset_password(&reset, PASSWORD, OtherKeys::Ended).await.unwrap());
        let user = store.accounts().verify_password("a@x.org", PASSWORD).await.unwrap().unwrap();
        assert!(user.confirmed_at.is_some());
        assert_eq!(store.accounts().confirm(&second, OTHER).await.unwrap(), Confirmation::NoLink);
    }

    #[tokio::test]
    async fn another_password_ends_all_sessions_and_its_link_is_good_once() {
        let (_folder, store) = store().await;
        let user = store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
        let session = store.sessions().begin(&user.id, "").await.unwrap();
        store.accounts().request_reset("b@x.org").await.unwrap();
        assert_eq!(store.mail().counts().await.unwrap(), (0, 0));
        store.accounts().request_reset("a@x.org").await.unwrap();
        let (_, secret) = mailed(&store).await;
        assert!(store.accounts().reset_password(&secret, "short", OtherKeys::Ended).await.is_err());
        assert!(
            store.accounts().reset_password(&secret, PASSWORD, OtherKeys::Ended).await.unwrap()
        );
        assert!(!store.accounts().reset_password(&secret, OTHER, OtherKeys::Ended).await.unwrap());
        assert!(store.sessions().get(&session).await.unwrap().is_none());
        assert!(store.accounts().verify_password("a@x.org", PASSWORD).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_new_password_ends_tokens_and_identities_unless_they_are_kept_and_is_mailed() {
        let (_folder, store) = store().await;
        let user = store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
        let identity = crate::Identity { issuer: "https://x.org".into(), subject: "1".into() };
        for (keys, by_link) in [
            (OtherKeys::Kept, true),
            (OtherKeys::Kept, false),
            (OtherKeys::Ended, true),
            (OtherKeys::Ended, false),
        ] {
            let token = store.tokens().create("a@x.org", [crate::Scope::Read], "laptop").await;
            let token = token.unwrap();
            assert_eq!(mailed(&store).await.0, "A new token for your account");
            assert!(store.identities().connect(&user.id, &identity).await.unwrap());
            assert_eq!(mailed(&store).await.0, "A new identity opens your account");
            let session = store.sessions().begin(&user.id, "").await.unwrap();
            if by_link {
                store.accounts().request_reset("a@x.org").await.unwrap();
                let (_, secret) = mailed(&store).await;
                assert!(store.accounts().reset_password(&secret, PASSWORD, keys).await.unwrap());
            } else {
                store.accounts().set_password(&user.id, OTHER, keys).await.unwrap();
            }
            assert_eq!(mailed(&store).await.0, "Your password was changed");
            assert!(store.sessions().get(&session).await.unwrap().is_none());
            let open = (
                store.tokens().authenticate(&token).await.unwrap().is_some(),
                store.identities().account(&identity).await.unwrap().is_some(),
            );
            let is_kept = keys == OtherKeys::Kept;
            assert_eq!(open, (is_kept, is_kept), "{keys:?}");
        }
    }

    #[tokio::test]
    async fn a_link_is_over_after_its_time_and_takes_the_account_with_it() {
        let (_folder, store) = store().await;
        store.accounts().sign_up("a@x.org", "Ann", PASSWORD).await.unwrap();
        let (_, secret) = mailed(&store).await;
        let before = time_text(Timestamp::now() - LINK_AGE);
        for sql in ["UPDATE one_time_links SET ends_at = $1", "UPDATE users SET created_at = $1"] {
            sqlx::query(sql).bind(&before).execute(&store.pool).await.unwrap();
        }
        assert_eq!(
            store.accounts().confirm(&secret, PASSWORD).await.unwrap(),
            Confirmation::NoLink
        );
        store.accounts().delete_expired().await.unwrap();
        assert_eq!(store.accounts().by_email("a@x.org").await.unwrap(), None);
    }
}
