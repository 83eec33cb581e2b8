//! Tables of results, of comparisons, of published results and of rescored results.
//!
//! Rounds for reading and orders nothing; scripts use JSON or CSV.

mod cells;
mod comparison;
mod literature;
mod methods;
mod rescored;
mod result;

pub use cells::Width;
pub use comparison::comparison_tables;
pub use literature::{as_published, literature_tables};
pub use methods::methods_table;
pub use rescored::rescored_table;
pub use result::{image_table, result_tables};
