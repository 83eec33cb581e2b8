//! `scr gc`: files of a site to which no row refers.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use scr_store::{CollectedGarbage, Store, UnreferencedFile};
use serde_json::json;

use super::arguments::Format;
use super::list::print_list;
use super::place::Place;
use crate::tell::tell;

/// Seconds of an hour.
const HOUR_S: u64 = 3600;

#[derive(Args)]
pub(crate) struct GarbageCollection {
    #[command(flatten)]
    place: Place,
    /// Delete the files; without it they are only listed
    #[arg(long)]
    apply: bool,
    /// Grace period: leave files that were changed less than this number of hours ago, from 0 to
    /// 8760
    #[arg(long, value_name = "HOURS", default_value_t = 24,
        value_parser = clap::value_parser!(u64).range(..=8760))]
    grace: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl GarbageCollection {
    pub(crate) fn run(self) -> Result<()> {
        let location = self.place.existing()?;
        let grace = Duration::from_secs(self.grace * HOUR_S);
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let collected = runtime.block_on(async {
            let store = Store::open_at(&location).await?;
            let collected = if self.apply {
                store.garbage().delete(grace).await
            } else {
                store.garbage().list(grace).await
            };
            store.close().await;
            anyhow::Ok(collected?)
        })?;
        self.print(&collected)
    }

    fn print(&self, collected: &CollectedGarbage) -> Result<()> {
        let CollectedGarbage { files, n_young } = collected;
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        let age_hours = |file: &UnreferencedFile| file.age.as_secs() / HOUR_S;
        let row = |file: &UnreferencedFile| {
            vec![file.key.clone(), file.bytes.to_string(), age_hours(file).to_string()]
        };
        let listed: Vec<_> = files
            .iter()
            .map(|file| {
                json!({ "file": file.key, "bytes": file.bytes, "age_s": file.age.as_secs() })
            })
            .collect();
        let json = json!({
            "deleted": self.apply,
            "grace_s": self.grace * HOUR_S,
            "n_files": files.len(),
            "bytes": bytes,
            "n_younger": n_young,
            "files": listed,
        });
        let heads = ["file", "bytes", "age (hours)"];
        print_list(self.format, &heads, files.iter().map(row).collect(), &json)?;
        let (count, megabytes) = (files.len(), bytes as f64 / 1e6);
        let younger = format!("{n_young} younger than {} hours stay", self.grace);
        if self.apply {
            tell!("{count} unreferenced files of {megabytes:.1} MB deleted; {younger}");
        } else {
            tell!("{count} unreferenced files of {megabytes:.1} MB; {younger}; --apply deletes");
        }
        Ok(())
    }
}
