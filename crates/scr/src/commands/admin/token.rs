//! `scr admin token`: tokens of accounts for the API.

use anyhow::Result;
use clap::Subcommand;
use scr_store::{Scope, Store, TokenLifetime, TokenRow};
use serde_json::json;

use super::site::{Dir, find_user};
use crate::commands::arguments::Format;
use crate::commands::list::{or_dash, print_list};
use crate::stdout::print;
use crate::tell::tell;

#[derive(Subcommand)]
pub(super) enum Tokens {
    /// Create a token and print it; it is never shown again
    Create {
        /// Address of its owner
        email: String,
        /// Scopes [default: all that the owner's role allows]
        #[arg(long, value_delimiter = ',', value_name = "submit,review,read,account")]
        scope: Vec<Scope>,
        /// Note shown in lists
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// Days until it expires, or `never`
        #[arg(long, value_name = "DAYS|never", default_value_t)]
        expires: TokenLifetime,
        #[command(flatten)]
        dir: Dir,
    },
    /// List the tokens of an account, without the secrets
    List {
        /// Address of their owner
        email: String,
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Revoke a token
    Revoke {
        /// Identifier, as printed by `list`
        id: String,
        #[command(flatten)]
        dir: Dir,
    },
}

impl Tokens {
    pub(super) fn run(self) -> Result<()> {
        match self {
            Self::Create { email, scope, note, expires, dir } => dir.with_store(async |store| {
                let user = find_user(&store, &email).await?;
                let scopes = if scope.is_empty() { user.role.scopes().collect() } else { scope };
                let token = store.tokens().create_for(expires, &user.email, scopes, &note).await?;
                print(None, &(token + "\n"))
            }),
            Self::List { email, dir, format } => {
                dir.with_store(async |store| list(&store, &email, format).await)
            }
            Self::Revoke { id, dir } => dir.with_store(async |store| {
                store.tokens().revoke(&id).await?;
                tell!("token {id} revoked");
                Ok(())
            }),
        }
    }
}

async fn list(store: &Store, email: &str, format: Format) -> Result<()> {
    let user = find_user(store, email).await?;
    let tokens = store.tokens().of_user(&user.id).await?;
    let scopes = |token: &TokenRow| -> Vec<&str> {
        token.scopes.iter().map(|scope| scope.as_str()).collect()
    };
    let row = |token: &TokenRow| {
        vec![
            token.id.clone(),
            scopes(token).join(","),
            token.note.clone(),
            token.created_at.clone(),
            or_dash(token.last_used_at.as_ref()),
            or_dash(token.expires_at.as_ref()),
            or_dash(token.revoked_at.as_ref()),
        ]
    };
    let json: Vec<_> = tokens
        .iter()
        .map(|token| {
            json!({
                "id": token.id,
                "scopes": scopes(token),
                "note": token.note,
                "created_at": token.created_at,
                "last_used_at": token.last_used_at,
                "revoked_at": token.revoked_at,
                "expires_at": token.expires_at,
            })
        })
        .collect();
    let heads = ["id", "scopes", "note", "created", "last used", "expires", "revoked"];
    print_list(format, &heads, tokens.iter().map(row).collect(), &json)
}
