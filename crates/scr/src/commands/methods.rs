//! `scr methods`: what methods there are.

use std::fmt::Write;

use anyhow::Result;
use clap::Args;
use scr_methods::METHODS;

use super::print;

#[derive(Args)]
pub(crate) struct Methods {}

impl Methods {
    pub(crate) fn run(self) -> Result<()> {
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
}
