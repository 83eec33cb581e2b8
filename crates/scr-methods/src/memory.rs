//! Memory of the process and of the machine, on Linux.

/// Resets the peak, where the system can.
#[expect(clippy::disallowed_methods, reason = "it writes to no file on a disk")]
pub(crate) fn reset_peak() {
    // 5 resets the peak alone; a system that refuses keeps the old one, which is
    // never too small.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// Peak resident size since the last [`reset_peak`], in bytes; `None` on other systems.
pub(crate) fn peak_bytes() -> Option<u64> {
    statistic_bytes("/proc/self/status", "VmHWM:")
}

/// Memory that the process may still take, in bytes: what the machine has available, or less where
/// the control group of a container limits it; `None` on other systems.
pub(crate) fn available_bytes() -> Option<u64> {
    let of_machine = statistic_bytes("/proc/meminfo", "MemAvailable:")?;
    Some(group_bytes().map_or(of_machine, |of_group| of_group.min(of_machine)))
}

/// Value of a line such as `VmHWM:  512 kB`, in bytes.
fn statistic_bytes(path: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Memory left within the limit of the control group (version 2), as a container sees it.
fn group_bytes() -> Option<u64> {
    let read = |name: &str| std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok();
    let limit: u64 = read("memory.max")?.trim().parse().ok()?;
    let statistics = read("memory.stat")?;
    // Cached files do not count: the system drops them.
    let anonymous = statistics.lines().find_map(|line| line.strip_prefix("anon "))?;
    Some(limit.saturating_sub(anonymous.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocated_memory_raises_the_peak() {
        reset_peak();
        let taken = std::hint::black_box(vec![1u8; 64 << 20]);
        let Some(peak) = peak_bytes() else { return };
        assert!(peak >= taken.len() as u64, "{peak}");
    }

    #[test]
    fn available_memory_is_less_than_an_absurd_amount() {
        let Some(available) = available_bytes() else { return };
        assert!((1 << 20..1 << 50).contains(&available), "{available}");
    }
}
