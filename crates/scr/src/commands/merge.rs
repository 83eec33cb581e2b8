//! `scr merge`: one result of the shards that `scr evaluate --shard` wrote.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use scr_data::{Problem, Problems, files};
use scr_documents::ShardDocument;
use scr_eval::EvaluationPart;
use scr_report::read_shard;

use super::scoring::Format;
use super::written::{ResultFormat, Writing};

#[derive(Args)]
pub(crate) struct Merge {
    /// Shards of one evaluation, all of them, in any order
    #[arg(required = true, value_name = "SHARD.json")]
    shards: Vec<PathBuf>,
    /// Output format; JSON has the values of every image
    #[arg(long, value_enum, default_value_t = ResultFormat::Text(Format::Json))]
    format: ResultFormat,
    #[command(flatten)]
    writing: Writing,
}

impl Merge {
    pub(crate) fn run(self) -> Result<()> {
        self.writing.require_file_of(self.format)?;
        let mut problems = Problems::default();
        let read = |path: &PathBuf| Some((path.display().to_string(), problems.keep(read(path))?));
        let parts: Vec<(String, EvaluationPart)> = self.shards.iter().filter_map(read).collect();
        problems.or(())?;
        let evaluation = scr_eval::merge(parts)?;
        self.writing.write_evaluation(&evaluation, String::new(), self.format, (false, true))
    }
}

fn read(path: &Path) -> Result<EvaluationPart, Problem> {
    let place = path.display().to_string();
    let bytes = files::read_file(path)?;
    let document = ShardDocument::from_json(&bytes).map_err(|error| {
        let expected = "a shard as `scr evaluate --shard` writes it";
        Problem::new(&place, expected, error.to_string(), "")
    })?;
    read_shard(&place, document)
}
