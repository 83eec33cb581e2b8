//! The `scr` command: segmentation in chest radiographs, from masks on disk to a
//! public benchmark.
//!
//! One file a command in `commands`; everything of substance is in the library
//! crates, but `tuning`, which needs methods and measures at once. Data goes to stdout, logs and progress to stderr. Exit code 0: done;
//! 1: the input is at fault, every problem is listed; 2: wrong usage.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod client;
mod commands;
mod logging;
mod progress;
mod tell;
mod tuning;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::tell::tell;

/// Memory goes back to the system when it is free: with the system's own allocator a server
/// keeps what large blocks on many threads have left behind.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Segmentation in chest radiographs: evaluate, compare and host a benchmark.
#[derive(Parser)]
#[command(name = "scr", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(mask) = cli.command.umask() {
        set_umask(mask);
    }
    logging::begin(cli.command.log_format());
    match cli.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Sets which rights no new file and folder has; nothing where files have no modes.
fn set_umask(mask: u32) {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_bits_truncate(mask as rustix::fs::RawMode));
    #[cfg(not(unix))]
    let _ = mask;
}

/// What failed, then what caused it, down to the root, and what to do about it.
fn report(error: &anyhow::Error) {
    tell!("error: {error}");
    for cause in error.chain().skip(1) {
        tell!("  caused by: {cause}");
    }
    let hint = error.downcast_ref().map_or("", scr_store::StoreError::hint);
    if !hint.is_empty() {
        tell!("hint: {hint}");
    }
}

/// `scr ... | head` closes the pipe: nobody is left to tell.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
