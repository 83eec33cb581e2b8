//! The `scr` command: segmentation in chest radiographs, from masks on disk to a
//! public benchmark.
//!
//! `commands` has one file a command; a command parses arguments, calls the library crates
//! and prints. `tuning` alone has logic of its own, since it needs methods and measures at
//! once. Data goes to stdout, logs and progress to stderr. Exit codes: 0 success, 1 faulty
//! input with every problem listed, 2 wrong usage.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod client;
mod commands;
mod hidden_passwords;
mod logging;
mod progress;
mod stdout;
mod telemetry;
mod tell;
mod tuning;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Cli;
use crate::tell::tell;

/// Allocator that returns free memory to the system. With the system's own allocator a
/// server that handles large blocks on many threads keeps growing.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hidden_passwords::hide();
    disable_huge_pages();
    let cli = Cli::parse();
    if let Some(mask) = cli.command.umask() {
        set_umask(mask);
    }
    let traces = logging::init(cli.command.log_options());
    match traces.and_then(|_sent_until_here| cli.command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Disables transparent huge pages for this process and its children; nothing on other systems
/// than Linux. With them a block of a few bytes keeps 2 MiB in memory, and nothing here is faster.
fn disable_huge_pages() {
    // An older kernel keeps its setting.
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true).ok();
}

/// Sets the umask of the process; nothing on systems without file modes.
fn set_umask(mask: u32) {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_bits_truncate(mask as rustix::fs::RawMode));
    #[cfg(not(unix))]
    let _ = mask;
}

/// Prints an error, the chain of its causes and a hint.
fn report(error: &anyhow::Error) {
    tell!("error: {error}");
    for cause in error.chain().skip(1) {
        tell!("  caused by: {cause}");
    }
    let hint = scr_store::StoreError::hint_of(error.as_ref());
    if !hint.is_empty() {
        tell!("hint: {hint}");
    }
}

/// An error of writing into a closed pipe, as in `scr ... | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
