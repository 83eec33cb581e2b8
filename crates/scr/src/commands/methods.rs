//! `scr methods`: what methods there are, and what a trained one looks like.

mod figures;
mod image_figures;
mod shape_figures;
mod show;
mod value_figures;

use std::fmt::Write;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_methods::METHODS;

use super::print;

#[derive(Args)]
pub(crate) struct Methods {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Write figures of a trained model, and of its work on images
    Show(show::Show),
}

impl Methods {
    pub(crate) fn run(self) -> Result<()> {
        match self.action {
            Some(Action::Show(show)) => show.run(),
            None => list(),
        }
    }
}

fn list() -> Result<()> {
    let mut text = String::new();
    for method in METHODS {
        let about = method.about();
        writeln!(text, "{}  {} {}", method.id(), about.name, method.version())?;
        writeln!(text, "  {}", about.summary)?;
        writeln!(text, "  source: {}", about.source)?;
        writeln!(text, "  verified: {}", about.verified)?;
        for parameter in method.parameters() {
            writeln!(
                text,
                "  --set {}={}  {} ({parameter})",
                parameter.key, parameter.default, parameter.meaning
            )?;
        }
    }
    print(None, &text)
}
