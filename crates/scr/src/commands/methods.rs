//! `scr methods`: lists the methods, and draws figures of trained models.

mod figures;
mod image_figures;
mod loss_figures;
mod shape_figures;
mod show;
mod source;
mod value_figures;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_methods::{METHODS, MethodInfo, Parameter};
use scr_report::layout::wrapped;

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
                    Format::Json => serde_json::to_string_pretty(&all_methods())? + "\n",
                };
                print(None, &text)
            }
        }
    }
}

/// Descriptions of all methods.
fn all_methods() -> Vec<&'static MethodInfo> {
    METHODS.iter().map(|method| method.info()).collect()
}

fn text() -> String {
    let mut text = String::new();
    for method in all_methods() {
        text += &format!("{}  {} {}\n", method.id, method.name, method.version);
        text += &paragraph(method.summary);
        text += &paragraph(&format!("source: {}", method.source));
        text += &paragraph(&format!("verified: {}", method.verified));
        for parameter in method.parameters {
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
