//! Options of `scr init`.

use std::path::PathBuf;

use scr_data::{Problem, is_identifier};

use crate::doubts::Doubt;
use crate::faults::Faults;
use crate::folds::FoldsChoice;
use crate::label_names::GivenName;
use crate::objects::GivenObject;
use crate::runs::Convention;
use crate::spacing::SpacingChoice;
use crate::words::plain_name;

/// Treatment of images that lack masks of some structures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The image is left out of the benchmark.
    LeaveOut,
    /// The structure is not in the image: its mask is empty.
    Empty,
}

/// Options of an import.
#[derive(Debug, Clone, Default)]
pub struct Init {
    /// Folder of the radiographs, or of radiographs and masks.
    pub images: PathBuf,
    /// Folder of the masks, or a document with annotations; by default the folder of images.
    pub masks: Option<PathBuf>,
    /// Benchmark folder to write.
    pub out: PathBuf,
    /// Identifier of the benchmark; by default the name of the folder to write.
    pub id: Option<String>,
    /// Names of labels.
    pub labels: Vec<GivenName>,
    /// Objects; by default one of each structure and one of both sides.
    pub objects: Vec<GivenObject>,
    /// Table of folds and attributes.
    pub table: Option<PathBuf>,
    /// Folds; by default of the table, or images in turn.
    pub folds: Option<FoldsChoice>,
    /// Spacing; by default that of files that state one.
    pub spacing: Option<SpacingChoice>,
    /// Convention of run lengths in CSV tables.
    pub runs: Option<Convention>,
    /// Treatment of images that lack masks of some structures.
    pub missing: Option<Missing>,
    /// True to accept masks whose radiograph is not there.
    pub subset: bool,
    /// True to divide masks of both lungs into right and left.
    pub split_sides: bool,
    /// True to link radiographs in place of copying them.
    pub link: bool,
}

impl Missing {
    /// Treatment with this name; none for other names.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "leave-out" => Some(Self::LeaveOut),
            "empty" => Some(Self::Empty),
            _ => None,
        }
    }
}

impl Init {
    /// Answers a doubt with the value of its option.
    pub fn answer(&mut self, doubt: &Doubt, value: &str) {
        match doubt.option {
            "--missing" => self.missing = Missing::from_name(value),
            "--runs" => self.runs = Convention::from_key(value),
            other => unreachable!("no doubt is about {other}"),
        }
    }

    /// Identifier of the benchmark.
    pub(crate) fn id(&self, faults: &mut Faults) -> String {
        let name = match &self.id {
            Some(id) => id.clone(),
            None => {
                let out = std::path::absolute(&self.out).unwrap_or_else(|_| self.out.clone());
                let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let name: String =
                    plain_name(&name).to_lowercase().replace('.', "-").chars().take(64).collect();
                if name.is_empty() { "benchmark".to_owned() } else { name }
            }
        };
        if !is_identifier(&name) {
            let expected = "lower-case letters, digits, `-` and `_`, at most 64";
            faults.push("options", Problem::new("--id", expected, format!("`{name}`"), ""));
        }
        name
    }
}
