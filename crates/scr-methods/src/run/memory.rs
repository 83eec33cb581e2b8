//! Peak memory of the process, on Linux.

/// Resets the peak, where the system can.
#[expect(clippy::disallowed_methods, reason = "it writes to no file on a disk")]
pub(crate) fn reset_peak() {
    // 5 resets the peak alone; a system that refuses keeps the old one, which is
    // never too small.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// Peak resident size since the last [`reset_peak`], in bytes; `None` on other systems.
pub(crate) fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
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
}
