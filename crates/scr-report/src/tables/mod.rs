//! Tables of results, for papers, of comparisons, of published results and of rescored results.
//!
//! Rounds for reading and orders nothing; scripts use JSON or CSV.

mod cells;
mod comparison;
mod literature;
mod methods;
mod paper;
mod rescored;
mod result;

pub use cells::Width;
pub use comparison::comparison_tables;
pub use literature::{as_published, literature_tables};
pub use methods::methods_table;
pub use paper::paper_tables;
pub use rescored::rescored_table;
pub use result::{image_tables, result_tables};
