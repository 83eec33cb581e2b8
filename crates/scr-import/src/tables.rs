//! Tables of text: comma, semicolon or tab, with or without a byte order mark.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use scr_data::{Problem, files};

use crate::documents::without_mark;

/// Maximum size of a record in bytes: the runs of a large mask take one.
const MAX_RECORD_BYTES: u64 = 64 << 20;
/// Bytes in which the first line is looked for.
const HEAD_BYTES: usize = 64 << 10;

/// Table whose records are read one by one.
pub(crate) struct TableReader {
    place: String,
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    reader: csv::Reader<Box<dyn Read>>,
    left: Rc<Cell<u64>>,
}

impl TableReader {
    /// Opens a table of any length; records are bounded.
    ///
    /// # Errors
    /// A [`Problem`] when the file cannot be read or has no first line of names.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let place = path.display().to_string();
        if !path.is_file() {
            return Err(Problem::new(place, "a file", "none", "check the path"));
        }
        let unreadable = |error: std::io::Error| Problem::unreadable(path, &error);
        let mut head = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
        let skipped = head.len() - without_mark(&head).len();
        let mut file = File::open(path).map_err(unreadable)?;
        file.read_exact(&mut vec![0; skipped]).map_err(unreadable)?;
        Self::new(place, &head[skipped..], Box::new(BufReader::new(file)))
    }

    /// A table in memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn of_bytes(place: String, bytes: &[u8]) -> Result<Self, Problem> {
        let bytes = without_mark(bytes).to_vec();
        let head = bytes[..bytes.len().min(HEAD_BYTES)].to_vec();
        Self::new(place, &head, Box::new(std::io::Cursor::new(bytes)))
    }

    fn new(place: String, head: &[u8], source: Box<dyn Read>) -> Result<Self, Problem> {
        let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
        let delimiter = *b",;\t".iter().max_by_key(|&&delimiter| count(delimiter)).unwrap_or(&b',');
        let left = Rc::new(Cell::new(MAX_RECORD_BYTES));
        let bounded: Box<dyn Read> = Box::new(Bounded { source, left: left.clone() });
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bounded);
        let bad = |error: csv::Error| {
            let hint = "save the table as CSV in UTF-8";
            Problem::new(&place, "a table", error.to_string(), hint)
        };
        let columns: Vec<String> =
            reader.headers().map_err(bad)?.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { place, columns, reader, left })
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// A [`Problem`] of the table.
    pub(crate) fn next(&mut self) -> Option<Result<csv::StringRecord, Problem>> {
        self.left.set(MAX_RECORD_BYTES);
        let mut record = csv::StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(record)),
            Err(error) => {
                let hint = "save the table as CSV in UTF-8";
                Some(Err(Problem::new(&self.place, "a table", error.to_string(), hint)))
            }
        }
    }

    /// Column of the first of `names` that there is; case, spaces and punctuation do not count.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        let columns: Vec<String> = self.columns.iter().map(|name| plain(name)).collect();
        names.iter().find_map(|name| columns.iter().position(|column| column == name))
    }
}

/// Small table, read whole.
pub(crate) struct Table {
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// Records, a value a column.
    pub(crate) records: Vec<Vec<String>>,
    reader: TableReader,
}

impl Table {
    /// Reads a table of at most [`files::MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// A [`Problem`] when the file is no table.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let bytes = files::read_file(path)?;
        let mut reader = TableReader::of_bytes(path.display().to_string(), &bytes)?;
        let mut records = Vec::new();
        while let Some(record) = reader.next() {
            records.push(record?.iter().map(|value| value.trim().to_owned()).collect());
        }
        Ok(Self { columns: reader.columns.clone(), records, reader })
    }

    /// As [`TableReader::column`].
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        self.reader.column(names)
    }
}

/// Letters and digits of a name, in lower case.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Source that fails after a number of bytes, which each record renews.
struct Bounded {
    source: Box<dyn Read>,
    left: Rc<Cell<u64>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => return Err(std::io::Error::other("a record of more than 64 MiB")),
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_and_marks_are_found() {
        let temp = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("comma", "Image ID,Fold\n a ,1\n"),
            ("semicolon", "\u{feff}Image ID;Fold\r\na;1\r\n"),
            ("tab", "Image ID\tFold\na\t1"),
        ] {
            let path = temp.path().join(name);
            std::fs::write(&path, text).unwrap();
            let table = Table::read(&path).unwrap();
            assert_eq!(table.column(&["imageid"]), Some(0), "{name}");
            assert_eq!(table.records, [["a", "1"]], "{name}");
            let mut reader = TableReader::open(&path).unwrap();
            assert_eq!(reader.column(&["fold"]), Some(1), "{name}");
            assert!(reader.next().unwrap().is_ok() && reader.next().is_none());
        }
        std::fs::write(temp.path().join("bad"), "a,b\n1\n").unwrap();
        assert!(Table::read(&temp.path().join("bad")).is_err());
        assert!(Table::read(&temp.path().join("none")).is_err());
    }
}
