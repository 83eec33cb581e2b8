//! Signing up and setting another password, by links that are mailed.
//!
//! A link's secret is 32 random bytes in hexadecimal digits, kept as its SHA-256, good
//! once and for [`LINK_AGE`]. Who signs up or asks for a link learns nothing of which
//! addresses are known: the answer is the same, and the rest is in the mail.
//!
//! **A link alone does not confirm an account**, the password of the sign-up does with
//! it: who signs up with another's address cannot have its owner confirm what only
//! the stranger knows the password of.

use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, Row};

use super::{
    OtherKeys, Role, UserRow, identities, keys, passwords, random_id, random_secret, rules,
    secret_digest,
};
use crate::database::{failed, time_text};
use crate::entries::now;
use crate::mail::{self, letters};
use crate::{StoreCore, StoreError};

/// How long a link is good.
pub const LINK_AGE: SignedDuration = SignedDuration::from_hours(24);

/// What a link is good for.
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

/// What came of confirming an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// It is this person's from now on.
    Yes(UserRow),
    /// The password is not the one of the sign-up; the link is still good.
    OtherPassword,
    /// There is no such link any more.
    NoLink,
}

impl StoreCore {
    /// Makes an account whose address is to be confirmed, and mails the link. Whether
    /// the address has an account already nobody learns but its owner, by mail; one
    /// that was never confirmed is made anew.
    ///
    /// # Errors
    /// [`StoreError::Account`] with everything that is wrong with address, name and
    /// password; [`StoreError::Database`].
    pub async fn sign_up(&self, email: &str, name: &str, password: &str) -> Result<(), StoreError> {
        let (doing, email, name) = ("sign a person up", rules::kept_email(email), name.trim());
        rules::check([rules::email(&email), rules::name(name), rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let letter = match waiting(&mut transaction, &email, name, Some(hash)).await? {
            Some(id) => letters::confirm(&link(&mut transaction, &id, Purpose::Confirm).await?),
            None => letters::address_taken(),
        };
        mail::queue(&mut transaction, &email, letter).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// Confirms an address with the secret of its link and the password of its sign-up.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Password`] when the kept hash cannot
    /// be read.
    pub async fn confirm(&self, secret: &str, password: &str) -> Result<Confirmed, StoreError> {
        let (doing, time) = ("confirm an address", now());
        let row = sqlx::query(
            "SELECT users.id, email, name, role, created_at, confirmed_at, password \
             FROM one_time_links JOIN users ON users.id = user_id \
             WHERE digest = $1 AND purpose = $2 AND ends_at > $3 AND removed_at IS NULL",
        )
        .bind(secret_digest(secret))
        .bind(Purpose::Confirm.as_str())
        .bind(&time)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
        let Some(row) = row else { return Ok(Confirmed::NoLink) };
        let mut user = UserRow::read(&row)?;
        let hash: Option<String> = row.try_get("password").map_err(failed(doing))?;
        if !passwords::verify(password, hash.clone()).await? {
            return Ok(Confirmed::OtherPassword);
        }
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let Some(id) = used(&mut transaction, secret, Purpose::Confirm).await? else {
            return Ok(Confirmed::NoLink);
        };
        // Not what another sign-up has put in place meanwhile.
        let updated = sqlx::query(
            "UPDATE users SET confirmed_at = $1 WHERE id = $2 AND password = $3 \
             AND removed_at IS NULL",
        )
        .bind(&time)
        .bind(&id)
        .bind(hash)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        if updated.rows_affected() == 0 {
            return Ok(Confirmed::NoLink);
        }
        transaction.commit().await.map_err(failed(doing))?;
        user.confirmed_at = Some(time);
        Ok(Confirmed::Yes(user))
    }

    /// Mails a link for setting another password, where the address has an account.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ask_reset(&self, email: &str) -> Result<(), StoreError> {
        let doing = "ask for another password";
        let Some(user) = self.user_by_email(email).await? else { return Ok(()) };
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let secret = link(&mut transaction, &user.id, Purpose::Reset).await?;
        mail::queue(&mut transaction, &user.email, letters::reset(&secret)).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// Sets another password with the secret of a link, ends all sessions and what else
    /// opens the account, unless it is kept, and tells the owner. The address is known to
    /// be theirs by that. False when there is no such link any more.
    ///
    /// # Errors
    /// [`StoreError::Account`] when the password is too short or too long: the link
    /// stays good; [`StoreError::Database`].
    pub async fn reset_password(
        &self,
        secret: &str,
        password: &str,
        other_keys: OtherKeys,
    ) -> Result<bool, StoreError> {
        let doing = "set another password";
        rules::check([rules::password(password)])?;
        let hash = passwords::hash(password).await?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let Some(id) = used(&mut transaction, secret, Purpose::Reset).await? else {
            return Ok(false);
        };
        // What a stranger may have signed up with opens nothing once the owner is here.
        let disconnect = "DELETE FROM identities WHERE user_id = \
             (SELECT id FROM users WHERE id = $1 AND confirmed_at IS NULL)";
        sqlx::query(disconnect)
            .bind(&id)
            .execute(&mut *transaction)
            .await
            .map_err(failed(doing))?;
        let updated: Option<(String,)> = sqlx::query_as(
            "UPDATE users SET password = $1, confirmed_at = COALESCE(confirmed_at, $2) \
             WHERE id = $3 AND removed_at IS NULL RETURNING email",
        )
        .bind(hash)
        .bind(now())
        .bind(&id)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        keys::end(&mut transaction, &id, other_keys).await?;
        if let Some((email,)) = &updated {
            mail::queue(&mut transaction, email, letters::password_changed(other_keys)).await?;
        }
        transaction.commit().await.map_err(failed(doing))?;
        Ok(updated.is_some())
    }

    /// Deletes links that are over, and accounts that nobody confirmed in their time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep_links(&self) -> Result<(), StoreError> {
        let doing = "sweep links";
        let time = now();
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        sqlx::query("DELETE FROM one_time_links WHERE ends_at <= $1")
            .bind(time)
            .execute(&mut *transaction)
            .await
            .map_err(failed(doing))?;
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
                .map_err(failed(doing))?;
        }
        transaction.commit().await.map_err(failed(doing))
    }
}

/// Makes an account that waits to be confirmed, in place of one that does with the same
/// address and of what would open that: its identifier, or none where the address has
/// a confirmed one.
pub(super) async fn waiting(
    connection: &mut AnyConnection,
    email: &str,
    name: &str,
    password_hash: Option<String>,
) -> Result<Option<String>, StoreError> {
    let waiting: Option<(String,)> = sqlx::query_as(
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
    .map_err(failed("make an account"))?;
    let Some((id,)) = waiting else { return Ok(None) };
    identities::disconnect_all(connection, &id).await?;
    Ok(Some(id))
}

/// Makes a link in place of those for the same, and returns its secret.
pub(super) async fn link(
    connection: &mut AnyConnection,
    user_id: &str,
    purpose: Purpose,
) -> Result<String, StoreError> {
    let doing = "make a link";
    let secret = random_secret()?;
    sqlx::query("DELETE FROM one_time_links WHERE user_id = $1 AND purpose = $2")
        .bind(user_id)
        .bind(purpose.as_str())
        .execute(&mut *connection)
        .await
        .map_err(failed(doing))?;
    sqlx::query(
        "INSERT INTO one_time_links (digest, user_id, purpose, ends_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(secret_digest(&secret))
    .bind(user_id)
    .bind(purpose.as_str())
    .bind(time_text(Timestamp::now() + LINK_AGE))
    .execute(connection)
    .await
    .map_err(failed(doing))?;
    Ok(secret)
}

/// Uses a link up: whose it was.
pub(super) async fn used(
    connection: &mut AnyConnection,
    secret: &str,
    purpose: Purpose,
) -> Result<Option<String>, StoreError> {
    let used: Option<(String,)> = sqlx::query_as(
        "DELETE FROM one_time_links WHERE digest = $1 AND purpose = $2 AND ends_at > $3 \
         RETURNING user_id",
    )
    .bind(secret_digest(secret))
    .bind(purpose.as_str())
    .bind(now())
    .fetch_optional(connection)
    .await
    .map_err(failed("use a link"))?;
    Ok(used.map(|(id,)| id))
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
        let mail = store.take_mail().await.unwrap().unwrap();
        store.mail_sent(&mail.id).await.unwrap();
        assert_eq!(store.take_mail().await.unwrap(), None);
        let link = mail.body.split("?link=").nth(1).unwrap_or_default();
        (mail.subject, link.chars().take_while(char::is_ascii_hexdigit).collect())
    }

    #[tokio::test]
    async fn an_account_opens_once_its_address_is_confirmed_with_link_and_password() {
        let (_folder, store) = store().await;
        store.sign_up("A@x.org", "Ann", PASSWORD).await.unwrap();
        let user = store.user_by_email("a@x.org").await.unwrap().unwrap();
        assert_eq!(user.confirmed_at, None);
        let session = store.begin_session(&user.id, "").await.unwrap();
        let token = store.create_token("a@x.org", [crate::Scope::Read], "").await.unwrap();
        assert!(store.session(&session).await.unwrap().is_none());
        assert!(store.caller(&token).await.unwrap().is_none());
        let (_, secret) = mailed(&store).await;
        assert_eq!(store.confirm(&secret, OTHER).await.unwrap(), Confirmed::OtherPassword);
        assert_eq!(store.confirm("00", PASSWORD).await.unwrap(), Confirmed::NoLink);
        assert!(
            !store.reset_password(&secret, OTHER, OtherKeys::Ended).await.unwrap(),
            "it is for confirming"
        );
        let Confirmed::Yes(user) = store.confirm(&secret, PASSWORD).await.unwrap() else {
            panic!("the link is good")
        };
        assert!(user.confirmed_at.is_some());
        assert!(store.session(&session).await.unwrap().is_some());
        assert_eq!(store.confirm(&secret, PASSWORD).await.unwrap(), Confirmed::NoLink);
    }

    #[tokio::test]
    async fn who_signs_up_with_a_known_address_changes_nothing_and_its_owner_is_told() {
        let (_folder, store) = store().await;
        store.add_user("a@x.org", "Ann", Role::Curator, Some(PASSWORD)).await.unwrap();
        store.sign_up("a@x.org", "Eve", OTHER).await.unwrap();
        let (subject, secret) = mailed(&store).await;
        assert_eq!((subject.as_str(), secret.as_str()), ("You have an account already", ""));
        let user = store.verify_password("a@x.org", PASSWORD).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.role), ("Ann", Role::Curator));
    }

    #[tokio::test]
    async fn a_stranger_cannot_have_the_owner_of_an_address_confirm_the_strangers_password() {
        let (_folder, store) = store().await;
        store.sign_up("a@x.org", "Ann", PASSWORD).await.unwrap();
        let (_, first) = mailed(&store).await;
        store.sign_up("a@x.org", "Eve", OTHER).await.unwrap();
        let (_, second) = mailed(&store).await;
        assert_eq!(store.confirm(&first, PASSWORD).await.unwrap(), Confirmed::NoLink);
        assert_eq!(store.confirm(&second, PASSWORD).await.unwrap(), Confirmed::OtherPassword);
        // Who reads the mail gets in all the same.
        store.ask_reset("a@x.org").await.unwrap();
        let (_, reset) = mailed(&store).await;
        assert!(store.reset_password(&reset, PASSWORD, OtherKeys::Ended).await.unwrap());
        let user = store.verify_password("a@x.org", PASSWORD).await.unwrap().unwrap();
        assert!(user.confirmed_at.is_some());
        assert_eq!(store.confirm(&second, OTHER).await.unwrap(), Confirmed::NoLink);
    }

    #[tokio::test]
    async fn another_password_ends_all_sessions_and_its_link_is_good_once() {
        let (_folder, store) = store().await;
        let user = store.add_user("a@x.org", "Ann", Role::Participant, None).await.unwrap();
        let session = store.begin_session(&user.id, "").await.unwrap();
        store.ask_reset("b@x.org").await.unwrap();
        assert_eq!(store.mail_counts().await.unwrap(), (0, 0));
        store.ask_reset("a@x.org").await.unwrap();
        let (_, secret) = mailed(&store).await;
        assert!(store.reset_password(&secret, "short", OtherKeys::Ended).await.is_err());
        assert!(store.reset_password(&secret, PASSWORD, OtherKeys::Ended).await.unwrap());
        assert!(!store.reset_password(&secret, OTHER, OtherKeys::Ended).await.unwrap());
        assert!(store.session(&session).await.unwrap().is_none());
        assert!(store.verify_password("a@x.org", PASSWORD).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_new_password_ends_tokens_and_identities_unless_they_are_kept_and_is_mailed() {
        let (_folder, store) = store().await;
        let user = store.add_user("a@x.org", "Ann", Role::Participant, None).await.unwrap();
        let identity = crate::Identity { issuer: "https://x.org".into(), subject: "1".into() };
        for (keys, by_link) in [
            (OtherKeys::Kept, true),
            (OtherKeys::Kept, false),
            (OtherKeys::Ended, true),
            (OtherKeys::Ended, false),
        ] {
            let token = store.create_token("a@x.org", [crate::Scope::Read], "laptop").await;
            let token = token.unwrap();
            assert_eq!(mailed(&store).await.0, "A new token for your account");
            assert!(store.connect(&user.id, &identity).await.unwrap());
            assert_eq!(mailed(&store).await.0, "A new identity opens your account");
            let session = store.begin_session(&user.id, "").await.unwrap();
            if by_link {
                store.ask_reset("a@x.org").await.unwrap();
                let (_, secret) = mailed(&store).await;
                assert!(store.reset_password(&secret, PASSWORD, keys).await.unwrap());
            } else {
                store.set_password(&user.id, OTHER, keys).await.unwrap();
            }
            assert_eq!(mailed(&store).await.0, "Your password was changed");
            assert!(store.session(&session).await.unwrap().is_none());
            let open = (
                store.caller(&token).await.unwrap().is_some(),
                store.user_of_identity(&identity).await.unwrap().is_some(),
            );
            let is_kept = keys == OtherKeys::Kept;
            assert_eq!(open, (is_kept, is_kept), "{keys:?}");
        }
    }

    #[tokio::test]
    async fn a_link_is_over_after_its_time_and_takes_the_account_with_it() {
        let (_folder, store) = store().await;
        store.sign_up("a@x.org", "Ann", PASSWORD).await.unwrap();
        let (_, secret) = mailed(&store).await;
        let before = time_text(Timestamp::now() - LINK_AGE);
        for sql in ["UPDATE one_time_links SET ends_at = $1", "UPDATE users SET created_at = $1"] {
            sqlx::query(sql).bind(&before).execute(&store.pool).await.unwrap();
        }
        assert_eq!(store.confirm(&secret, PASSWORD).await.unwrap(), Confirmed::NoLink);
        store.sweep_links().await.unwrap();
        assert_eq!(store.user_by_email("a@x.org").await.unwrap(), None);
    }
}
