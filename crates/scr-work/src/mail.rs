//! Sender of mails: claims them from the outbox and sends them over SMTP, or writes each to a
//! file if no mail server is configured.
//!
//! Knows no text of a mail. Sending blocks no request; a failed mail is retried later.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use scr_data::durable;
use scr_store::{MailRow, Store, StoreError};

use crate::error::report;

/// Longest line of a mail without its line end, RFC 5322.
const MAX_LINE_BYTES: usize = 998;
/// Pause of the sender when the outbox is empty.
const PAUSE: Duration = Duration::from_secs(2);
/// Interval at which expired links, sessions and identities are deleted.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);
/// Placeholder of the site's address in a mail.
const SITE: &str = "{site}";

/// Destination of mails.
enum Route {
    Server(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Sender of a site's mails.
pub struct Sender {
    store: Store,
    route: Route,
    from: Mailbox,
    site: String,
}

/// Failure to send mails, or one mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address of the mail server is invalid. It holds a password and is not repeated.
    #[error("cannot use the mail server's address, expected smtp[s]://USER:PASSWORD@HOST[:PORT]")]
    Server,
    /// An invalid mail address.
    #[error("cannot write a mail with the address {address:?}")]
    Address {
        /// The address.
        address: String,
        /// Error of the library.
        source: lettre::address::AddressError,
    },
    /// A mail cannot be composed.
    #[error("cannot write a mail")]
    Message {
        /// Error of the library.
        source: lettre::error::Error,
    },
    /// The mail server refused the mail or cannot be reached.
    #[error("the mail server does not take the mail")]
    Refused {
        /// Error of the connection.
        source: lettre::transport::smtp::Error,
    },
    /// A mail cannot be written into its folder.
    #[error("cannot write a mail into {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Error of the system.
        source: std::io::Error,
    },
}

impl Sender {
    /// A sender over a mail server; `server` is `smtp[s]://USER:PASSWORD@HOST[:PORT]`.
    ///
    /// # Errors
    /// [`MailError::Server`], [`MailError::Address`].
    pub fn over_smtp(
        store: Store,
        server: &str,
        from: &str,
        site: String,
    ) -> Result<Self, MailError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server);
        let transport = builder.map_err(|_| MailError::Server)?.build();
        Ok(Self { store, route: Route::Server(transport), from: mailbox(from)?, site })
    }

    /// A sender that writes each mail as a file `ID.eml`.
    ///
    /// # Errors
    /// [`MailError::Address`].
    pub fn into_folder(
        store: Store,
        folder: PathBuf,
        from: &str,
        site: String,
    ) -> Result<Self, MailError> {
        Ok(Self { store, route: Route::Folder(folder), from: mailbox(from)?, site })
    }

    /// Sends one mail. False when there was none to send.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails. A failed mail is recorded, and no error here.
    pub async fn send_one(&self) -> Result<bool, StoreError> {
        let Some(mail) = self.store.mail().claim().await? else { return Ok(false) };
        match self.send(&mail).await {
            Ok(()) => self.store.mail().mark_sent(&mail.id).await?,
            Err(error) => {
                let error = report(&error);
                tracing::warn!(
                    mail = mail.id,
                    attempt = mail.attempts,
                    error,
                    "a mail was not sent"
                );
                self.store.mail().mark_failed(&mail, &error).await?;
            }
        }
        Ok(true)
    }

    async fn send(&self, mail: &MailRow) -> Result<(), MailError> {
        let text = mail.body.replace(SITE, &self.site);
        match &self.route {
            Route::Server(server) => {
                let message = message(mail, &self.from, Body::new(text))?;
                server.send(message).await.map_err(|source| MailError::Refused { source })?;
            }
            Route::Folder(folder) => {
                let message = message(mail, &self.from, readable(text))?;
                let path = folder.join(format!("{}.eml", mail.id));
                durable::write(&path, &message.formatted())
                    .map_err(|source| MailError::Folder { folder: folder.clone(), source })?;
            }
        }
        Ok(())
    }

    /// Deletes expired links, sessions and identities.
    async fn delete_expired(&self) -> Result<(), StoreError> {
        self.store.sessions().delete_expired().await?;
        self.store.identities().delete_expired().await?;
        self.store.accounts().delete_expired().await?;
        Ok(())
    }
}

fn mailbox(address: &str) -> Result<Mailbox, MailError> {
    address.parse().map_err(|source| MailError::Address { address: address.to_owned(), source })
}

/// Body of a mail in a file: plain text, so that a link can be copied. A text with a line
/// over 998 bytes, the limit of RFC 5322, is encoded as for a server.
fn readable(text: String) -> Body {
    let mut lines = text.lines();
    if !lines.all(|line| line.len() <= MAX_LINE_BYTES && !line.contains('\0')) {
        return Body::new(text);
    }
    let lines = text.lines().flat_map(|line| [line, "\r\n"]);
    let bytes = lines.collect::<String>().into_bytes();
    Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::EightBit)
}

/// A mail in the form of the library. The library encodes address and subject, so that no text
/// can add a header line.
fn message(mail: &MailRow, from: &Mailbox, body: Body) -> Result<Message, MailError> {
    let address = mail.to.parse();
    let address =
        address.map_err(|source| MailError::Address { address: mail.to.clone(), source })?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address))
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|source| MailError::Message { source })
}

/// Sends mails until `shutdown` completes, and deletes expired links and sessions.
pub async fn run_sender(sender: Sender, shutdown: impl Future<Output = ()> + Send) {
    let sending = async {
        loop {
            match sender.send_one().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::error!(error = report(&error), "mails wait: the store failed");
                    tokio::time::sleep(10 * PAUSE).await;
                }
            }
        }
    };
    let expiring = async {
        loop {
            if let Err(error) = sender.delete_expired().await {
                tracing::warn!(
                    error = report(&error),
                    "expired links and sessions were not deleted"
                );
            }
            tokio::time::sleep(EXPIRE_EVERY).await;
        }
    };
    tokio::select! {
        () = sending => {}
        () = expiring => {}
        () = shutdown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> MailRow {
        let body = "Open {site}/account/confirm?link=00\n.\nBcc: c@x.org\n".to_owned();
        MailRow { id: "0".into(), to: to.into(), subject: subject.into(), body, attempts: 1 }
    }

    fn text(mail: &MailRow) -> String {
        let from = mailbox("SCR <scr@x.org>").unwrap();
        let message = message(mail, &from, Body::new(mail.body.clone())).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_body_in_a_file_is_its_text_unless_mail_cannot_carry_it() {
        let link = format!("https://y.org/account/confirm?link={}", "0".repeat(64));
        let body = readable(format!("Grüße\n{link}\n"));
        assert_eq!(body.encoding(), ContentTransferEncoding::EightBit);
        assert_eq!(String::from_utf8(body.into_vec()).unwrap(), format!("Grüße\r\n{link}\r\n"));
        let encoded = readable("0".repeat(1200)).encoding();
        assert_eq!(encoded, ContentTransferEncoding::QuotedPrintable);
    }

    #[test]
    fn a_subject_with_line_ends_adds_no_line_to_the_head() {
        let text = text(&mail("a@x.org", "x\r\nBcc: b@x.org\r\n\r\nbody"));
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert_eq!(head.lines().filter(|line| line.starts_with("To:")).count(), 1, "{head}");
    }

    #[test]
    fn an_address_with_line_ends_or_a_list_is_refused() {
        let from = mailbox("scr@x.org").unwrap();
        for to in ["a@x.org\r\nBcc: b@x.org", "a@x.org, b@x.org", "a@x.org\n", "A <a@x.org>"] {
            let error = message(&mail(to, "x"), &from, Body::new(String::new())).unwrap_err();
            assert!(matches!(error, MailError::Address { .. }), "{to:?}: {error}");
        }
    }

    #[test]
    fn the_mail_servers_password_is_in_no_error() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).await.unwrap();
            let server = "smtq://user:hunter2@x.org";
            let error = Sender::over_smtp(store, server, "scr@x.org", String::new());
            let error = error.err().unwrap();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        });
    }

    #[tokio::test]
    async fn a_mail_that_cannot_be_written_stays_and_one_that_can_goes_into_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.accounts().sign_up("a@x.org", "Ann", "correct horse battery").await.unwrap();
        let blocked = folder.path().join("blocked");
        std::fs::write(&blocked, "").unwrap();
        let site = || "https://y.org".to_owned();
        let sender = Sender::into_folder(store.clone(), blocked, "scr@x.org", site()).unwrap();
        assert!(sender.send_one().await.unwrap());
        assert_eq!(store.mail().counts().await.unwrap(), (1, 0), "it waits for its next time");
        store.accounts().sign_up("b@x.org", "Ben", "correct horse battery").await.unwrap();
        let mails = folder.path().join("mail");
        let sender = Sender::into_folder(store.clone(), mails.clone(), "scr@x.org", site());
        assert!(sender.unwrap().send_one().await.unwrap());
        let files: Vec<_> = std::fs::read_dir(mails).unwrap().collect();
        let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
        assert!(files.len() == 1 && text.contains("To: b@x.org"), "{text}");
        let is_link = |line: &str| line.starts_with("https://y.org/account/confirm?link=");
        assert!(text.lines().any(is_link), "a link is a line of its own: {text}");
        assert_eq!(store.mail().counts().await.unwrap(), (1, 0));
    }
}
