//! `scr methods`: what methods there are.

use anyhow::Result;
use clap::Args;
use scr_methods::METHODS;

#[derive(Args)]
pub(crate) struct Methods {}

impl Methods {
    pub(crate) fn run(self) -> Result<()> {
        for method in METHODS {
            let about = method.about();
            println!("{}  {} {}", method.id(), about.name, method.version());
            println!("  {}", about.summary);
            println!("  source: {}", about.source);
            println!("  verified: {}", about.verified);
            for parameter in method.parameters() {
                println!(
                    "  --set {}={}  {} ({parameter})",
                    parameter.key, parameter.default, parameter.meaning
                );
            }
        }
        Ok(())
    }
}
