//! `scr methods`: lists the methods, and draws figures of trained models.

mod figures;
mod image_figures;
mod shape_figures;
mod show;
mod source;
mod value_figures;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_methods::{About, METHODS, Method, Parameter};
use scr_report::layout::wrapped;
use serde::Serialize;

use super::arguments::Format;
use crate::stdout::print;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Methods {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Write figures of a trained model and of its search on images
    Show(show::Show),
}

impl Methods {
    pub(crate) fn run(self) -> Result<()> {
        match self.action {
            Some(Action::Show(show)) => show.run(),
            None => {
                let text = match self.format {
                    Format::Table => text(),
                    Format::Json => serde_json::to_string_pretty(&listed())? + "\n",
                };
                print(None, &text)
            }
        }
    }
}

/// A method in the JSON list.
#[derive(Serialize)]
struct Listed {
    id: &'static str,
    version: &'static str,
    #[serde(flatten)]
    about: About,
    is_quick: bool,
    has_posterior: bool,
    parameters: &'static [Parameter],
}

fn listed() -> Vec<Listed> {
    let listed = |method: &&'static dyn Method| Listed {
        id: method.id(),
        version: method.version(),
        about: method.about(),
        is_quick: method.is_quick(),
        has_posterior: method.has_posterior(),
        parameters: method.parameters(),
    };
    METHODS.iter().map(listed).collect()
}

fn text() -> String {
    let mut text = String::new();
    for method in METHODS {
        let about = method.about();
        text += &format!("{}  {} {}\n", method.id(), about.name, method.version());
        text += &paragraph(about.summary);
        text += &paragraph(&format!("source: {}", about.source));
        text += &paragraph(&format!("verified: {}", about.verified));
        for parameter in method.parameters() {
            let Parameter { key, default, meaning, .. } = parameter;
            text += &paragraph(&format!("--set {key}={default}  {meaning} ({parameter})"));
        }
    }
    text
}

/// An indented paragraph of at most 100 columns, its further lines indented more.
fn paragraph(text: &str) -> String {
    format!("  {}\n", wrapped(text, 96).replace('\n', "\n    "))
}
