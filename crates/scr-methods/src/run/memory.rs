//! How much memory the process has taken at most.
//!
//! Asked of the system, where it is Linux; nowhere else.

/// Forgets the peak so far, where the system can.
#[expect(clippy::disallowed_methods, reason = "what it writes to is no file on a disk")]
pub(crate) fn forget_peak() {
    // 5 resets the peak alone; a system that refuses keeps the old one, which is
    // never too small.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// The largest resident size since the last [`forget_peak`], in bytes.
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
    fn what_is_taken_is_seen() {
        forget_peak();
        let taken = std::hint::black_box(vec![1u8; 64 << 20]);
        let Some(peak) = peak_bytes() else { return };
        assert!(peak >= taken.len() as u64, "{peak}");
    }
}
