//! Validator of a file: tells whether a file has changed without reading it, as an entity tag of HTTP
//! does.
//!
//! On a disk it is the file's number with its size and its time of change (`ctime`), which no program
//! can set, unlike the time of modification: a file that is replaced, written in place or restored with
//! its old time has another one. A file that has just changed has none, since its next change may fall
//! into the same tick of the clock. Systems other than Unix have none either.

use std::path::Path;

/// Validator of the file at a path, links followed; none where a change could go unnoticed.
#[cfg(unix)]
#[must_use]
pub fn of_file(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    /// Age at which a change is past: longer than a tick of any clock, and of file systems that
    /// keep whole seconds, two at most.
    const SETTLED: Duration = Duration::from_secs(3);

    let data = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let seconds = u64::try_from(data.ctime()).ok()?;
    let nanoseconds = u32::try_from(data.ctime_nsec()).ok()?;
    let changed_at = UNIX_EPOCH + Duration::new(seconds, nanoseconds);
    // A change in the future, by a clock that was wrong, is never past.
    let age = SystemTime::now().duration_since(changed_at).ok()?;
    let (device, number, size) = (data.dev(), data.ino(), data.size());
    (age >= SETTLED).then(|| format!("{device}-{number}-{size}-{seconds}.{nanoseconds:09}"))
}

/// None: this system has no time of change.
#[cfg(not(unix))]
#[must_use]
pub fn of_file(_: &Path) -> Option<String> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::files;

    #[test]
    fn a_file_that_has_just_changed_and_a_folder_have_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        files::write_file(&path, b"1").unwrap();
        assert_eq!([of_file(&path), of_file(folder.path())], [None, None]);
        assert_eq!(of_file(&folder.path().join("absent")), None);
    }

    #[test]
    fn a_change_in_place_with_the_old_size_and_time_gives_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        files::write_file(&path, b"1").unwrap();
        let settle = || std::thread::sleep(std::time::Duration::from_millis(3100));
        settle();
        let first = of_file(&path);
        assert!(first.is_some() && first == of_file(&path));
        let modified = path.metadata().unwrap().modified().unwrap();
        files::write_file(&path, b"2").unwrap();
        std::fs::File::open(&path).unwrap().set_modified(modified).unwrap();
        settle();
        let second = of_file(&path);
        assert!(second.is_some() && second != first);
    }
}
