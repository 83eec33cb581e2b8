//! Writer of zip files: uploads, and the masks of a run.
//!
//! Files are stored without compression, for PNGs are compressed already. The same files in the
//! same order give the same bytes.

use std::fs::{DirEntry, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Zip file that is being written.
#[derive(Debug)]
pub struct NewZip<W: Write + Seek> {
    writer: ZipWriter<W>,
}

impl<W: Write + Seek> NewZip<W> {
    /// An empty zip file.
    pub fn new(file: W) -> Self {
        Self { writer: ZipWriter::new(file) }
    }

    /// Adds a file; `name` has `/` between folders.
    ///
    /// # Errors
    /// Those of reading and writing, and [`io::ErrorKind::Other`] for a name that is there already.
    pub fn add(&mut self, name: &str, content: &mut impl Read) -> io::Result<()> {
        let stored = CompressionMethod::Stored;
        let options = SimpleFileOptions::default().compression_method(stored).large_file(true);
        self.writer.start_file(name, options)?;
        io::copy(content, &mut self.writer)?;
        Ok(())
    }

    /// Adds all files of a folder and of the folders in it, in the order of their names; `prefix`
    /// stands before each, and is empty or ends with `/`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_folder(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        let mut entries: Vec<DirEntry> = folder.read_dir()?.collect::<io::Result<_>>()?;
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if path.is_dir() {
                self.add_folder(&path, &format!("{name}/"))?;
            } else {
                self.add(&name, &mut File::open(&path)?)?;
            }
        }
        Ok(())
    }

    /// Writes the directory, and returns the file.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(self) -> io::Result<W> {
        let mut file = self.writer.finish()?;
        file.flush()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::NewZip;
    use crate::ZipFiles;

    #[test]
    fn a_folder_comes_back_from_its_zip_file_and_a_name_is_added_once() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("masks");
        std::fs::create_dir_all(folder.join("heart/deep")).unwrap();
        for (name, content) in [("heart/b.png", "b"), ("heart/deep/a.png", "a"), ("c", "c")] {
            std::fs::write(folder.join(name), content).unwrap();
        }
        let write = || {
            let mut zip = NewZip::new(Cursor::new(Vec::new()));
            zip.add("first", &mut &b"1"[..]).unwrap();
            zip.add_folder(&folder, "x/").unwrap();
            assert!(zip.add("first", &mut &b"2"[..]).is_err());
            zip
        };
        let bytes = write().finish().unwrap().into_inner();
        assert_eq!(bytes, write().finish().unwrap().into_inner());
        let path = temp.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let zip = ZipFiles::open(&path).unwrap();
        assert_eq!(zip.names(), ["first", "x/c", "x/heart/b.png", "x/heart/deep/a.png"]);
        assert_eq!(zip.read("x/heart/deep/a.png").unwrap(), b"a");
    }
}
