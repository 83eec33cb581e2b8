//! Limits that a process sets on itself.

use serde::{Deserialize, Serialize};

use super::limits::Limits;

/// Measures in force in the process of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Memory is limited (`RLIMIT_AS`).
    pub memory: bool,
    /// Processor time is limited (`RLIMIT_CPU`).
    pub processor_time: bool,
    /// No file can be opened or written (`RLIMIT_NOFILE`, `RLIMIT_FSIZE`).
    pub files: bool,
    /// System calls other than for memory, threads and open streams fail (seccomp): no network,
    /// no file, no process.
    pub system_calls: bool,
}

impl Confinement {
    /// Words for people: what is in force, and what is not.
    #[must_use]
    pub fn text(&self) -> String {
        let parts = [
            (self.memory, "memory limit"),
            (self.processor_time, "processor time limit"),
            (self.files, "no files"),
            (self.system_calls, "no network and no processes (seccomp)"),
        ];
        let names = |wanted: bool| {
            let names = parts.iter().filter(|(is, _)| *is == wanted).map(|(_, name)| *name);
            names.collect::<Vec<_>>().join(", ")
        };
        match (names(true), names(false)) {
            (on, off) if off.is_empty() => on,
            (on, off) if on.is_empty() => format!("not in force here: {off}"),
            (on, off) => format!("{on}; not in force here: {off}"),
        }
    }

    /// Limits memory, processor time and files of this process.
    #[cfg(unix)]
    pub(super) fn limit(limits: &Limits) -> Self {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let set = |resource, value: u64| {
            setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) }).is_ok()
        };
        let threads = limits.n_threads as u64;
        let memory = address_space_bytes().is_some_and(|bytes| {
            set(Resource::As, bytes + limits.memory_bytes + threads * THREAD_BYTES)
        });
        set(Resource::Core, 0);
        Self {
            memory,
            // The parent bounds each image by the clock; this bounds what all of them may burn.
            processor_time: set(Resource::Cpu, limits.image_s.saturating_mul(threads * MAX_IMAGES)),
            files: set(Resource::Fsize, 0) && set(Resource::Nofile, 3),
            system_calls: false,
        }
    }

    #[cfg(not(unix))]
    pub(super) fn limit(_limits: &Limits) -> Self {
        Self::default()
    }

    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(super) fn filter_system_calls(&mut self) {
        self.system_calls = filter::apply().is_ok();
    }

    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    pub(super) fn filter_system_calls(&mut self) {}
}

/// Address space of a thread's stack.
#[cfg(unix)]
const THREAD_BYTES: u64 = 16 << 20;
/// Number of images at full time for which the processor time suffices.
#[cfg(unix)]
const MAX_IMAGES: u64 = 10_000;

/// Address space that the program takes by now.
#[cfg(target_os = "linux")]
fn address_space_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn address_space_bytes() -> Option<u64> {
    None
}

/// Filter of system calls.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod filter {
    use std::collections::BTreeMap;

    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter_all_threads};

    /// `EPERM` of Linux.
    const NOT_PERMITTED: u32 = 1;

    /// Lets all threads make the system calls of [`ALLOWED`] alone; others fail.
    pub(super) fn apply() -> Result<(), Box<dyn std::error::Error>> {
        let rules: BTreeMap<i64, Vec<_>> = ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
        let (denied, allowed) = (SeccompAction::Errno(NOT_PERMITTED), SeccompAction::Allow);
        let filter =
            SeccompFilter::new(rules, denied, allowed, std::env::consts::ARCH.try_into()?)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(apply_filter_all_threads(&program)?)
    }

    /// Memory, threads that run already, clocks, and streams that are open already.
    const ALLOWED: &[i64] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_getcpu,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_tgkill,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_membarrier,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
}
