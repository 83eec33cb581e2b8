//! `scr admin entry`: published and withdrawn entries.

use anyhow::{Result, bail};
use clap::Subcommand;
use scr_store::{EntryHead, Store};
use serde_json::json;

use super::site::Dir;
use crate::commands::arguments::Format;
use crate::commands::list::{or_dash, print_list};
use crate::tell::tell;

/// Name shown to readers of the person who withdraws an entry here.
const WITHDRAWN_BY: &str = "the operator of the site";

#[derive(Subcommand)]
pub(super) enum Entries {
    /// List the entries of all benchmarks, with the withdrawn ones
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Withdraw an entry for good; the page at its address gives the reason
    Withdraw {
        /// Identifier, as printed by `list`
        entry: String,
        /// Reason, shown to readers
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        dir: Dir,
    },
}

impl Entries {
    pub(super) fn run(self) -> Result<()> {
        match self {
            Self::List { dir, format } => dir.with_store(async |store| list(&store, format).await),
            Self::Withdraw { entry, reason, dir } => {
                if reason.trim().is_empty() {
                    bail!("--reason: expected a reason for readers, found an empty text");
                }
                dir.with_store(async |store| {
                    store.entries().withdraw(&entry, WITHDRAWN_BY, reason.trim()).await?;
                    tell!("entry {entry} is withdrawn; the page at its address gives the reason");
                    Ok(())
                })
            }
        }
    }
}

async fn list(store: &Store, format: Format) -> Result<()> {
    let entries = store.entries().heads().await?;
    let row = |entry: &EntryHead| {
        let withdrawn = or_dash(entry.withdrawn.as_ref().map(|withdrawn| &withdrawn.at));
        let (id, name) = (entry.id.clone(), entry.name.clone());
        vec![id, entry.benchmark_id.clone(), name, entry.published_at.clone(), withdrawn]
    };
    let json: Vec<_> = entries
        .iter()
        .map(|entry| {
            json!({
                "id": entry.id,
                "benchmark": entry.benchmark_id,
                "name": entry.name,
                "role": entry.role,
                "corrects": entry.corrects,
                "published_at": entry.published_at,
                "withdrawn": entry.withdrawn,
            })
        })
        .collect();
    let heads = ["id", "benchmark", "name", "published", "withdrawn"];
    print_list(format, &heads, entries.iter().map(row).collect(), &json)
}
