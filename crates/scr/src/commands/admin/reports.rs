//! `scr admin publication` and `scr admin feedback`: reports and messages of readers.

use anyhow::Result;
use clap::Subcommand;
use scr_documents::PublicationState;
use scr_store::{FeedbackRow, PublicationRow, Store};

use super::site::Dir;
use crate::commands::arguments::Format;
use crate::commands::list::print_list;
use crate::tell::tell;

#[derive(Subcommand)]
pub(super) enum Publications {
    /// List the reported publications, the newest first
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show a publication to readers
    Show {
        /// Identifier, as printed by `list`
        id: String,
        #[command(flatten)]
        dir: Dir,
    },
    /// Hide a publication from readers
    Hide {
        /// Identifier, as printed by `list`
        id: String,
        #[command(flatten)]
        dir: Dir,
    },
}

#[derive(Subcommand)]
pub(super) enum Feedback {
    /// List the messages of readers, the newest first
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

impl Publications {
    pub(super) fn run(self) -> Result<()> {
        match self {
            Self::List { dir, format } => {
                dir.with_store(async |store| list_publications(&store, format).await)
            }
            Self::Show { id, dir } => set_state(&dir, &id, PublicationState::Shown),
            Self::Hide { id, dir } => set_state(&dir, &id, PublicationState::Hidden),
        }
    }
}

impl Feedback {
    pub(super) fn run(self) -> Result<()> {
        let Self::List { dir, format } = self;
        dir.with_store(async |store| list_feedback(&store, format).await)
    }
}

fn set_state(dir: &Dir, id: &str, state: PublicationState) -> Result<()> {
    dir.with_store(async |store| {
        store.publications().set_state(id, state).await?;
        tell!("publication {id} is {}", state.as_str());
        Ok(())
    })
}

async fn list_publications(store: &Store, format: Format) -> Result<()> {
    let rows = store.publications().list(None, u32::MAX).await?;
    let row = |one: &PublicationRow| {
        let (id, benchmark) = (one.id.clone(), one.benchmark_id.clone());
        let said = &one.document;
        let state = one.state.as_str().to_owned();
        vec![id, state, benchmark, said.doi.clone(), said.year.to_string(), said.title.clone()]
    };
    let json = rows.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
    let heads = ["id", "state", "benchmark", "doi", "year", "title"];
    print_list(format, &heads, rows.iter().map(row).collect(), &json)
}

async fn list_feedback(store: &Store, format: Format) -> Result<()> {
    let rows = store.feedback().list(None, u32::MAX).await?;
    let row = |one: &FeedbackRow| {
        let about = if one.benchmark_id.is_empty() { "the site" } else { &one.benchmark_id };
        vec![one.sent_at.clone(), about.to_owned(), one.reply_to.clone(), one.message.clone()]
    };
    let json = rows.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
    let heads = ["sent", "about", "reply to", "message"];
    print_list(format, &heads, rows.iter().map(row).collect(), &json)
}
