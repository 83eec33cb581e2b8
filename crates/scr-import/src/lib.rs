//! Importers: other people's radiographs and masks into benchmark folders.
//!
//! An importer lists all problems before it writes anything, reports every decision, and
//! writes through [`Staging`](scr_data::Staging), so that an interrupted import resumes where
//! it stopped.
//!
//! - [`Init`]: radiographs and masks in any layout.
//! - [`Conversion`]: masks in any layout, for a benchmark that exists.
//! - [`scr`]: the original files of JSRT and SCR.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

pub mod scr;

mod annotations;
mod conversion;
mod division;
mod documents;
mod doubts;
mod drawing;
mod drawn;
mod faults;
mod folds;
mod gathering;
mod hints;
mod image_table;
mod images;
mod init;
mod inspection;
mod label_names;
mod layouts;
mod listing;
mod matching;
mod missing;
mod objects;
mod options;
mod plan;
mod progress;
mod report;
mod roles;
mod runs;
mod sides;
mod sources;
mod spacing;
mod structures;
mod tables;
mod words;
mod writer;

pub use conversion::{Conversion, ConversionPlan, ConversionReport};
pub use doubts::{Answer, Doubt};
pub use folds::FoldsChoice;
pub use label_names::GivenName;
pub use objects::GivenObject;
pub use options::{Init, Missing};
pub use plan::Plan;
pub use progress::Progress;
pub use report::{Report, StructureReport};
pub use runs::Convention;
pub use spacing::SpacingChoice;
