//! Written results of `scr evaluate` and `scr merge`: formats and tables.

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use scr_data::Output;
use scr_report::layout::{self, Layout, Table};
use scr_report::tables::{self, Width};
use scr_report::{NamedResult, csv, parquet};

use super::arguments::output;
use crate::stdout::{print, print_bytes};

/// Output format of results.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ResultFormat {
    /// Text for a terminal of 100 columns
    Table,
    /// JSON for scripts, every number in full precision
    Json,
    /// CSV, every number in full precision
    Csv,
    /// Parquet, a row for each image, object and measure; needs `--out`
    Parquet,
    /// Markdown with all statistics
    Markdown,
    /// LaTeX with booktabs; of `scr evaluate` a paper's table: mean ± sd, the best in bold
    Latex,
}

impl ResultFormat {
    /// Layout of tables, text of any width if `wide`; none for data.
    pub(super) const fn layout(self, wide: bool) -> Option<Layout> {
        match self {
            Self::Table if wide => Some(Layout::WideText),
            Self::Table => Some(Layout::Text),
            Self::Markdown => Some(Layout::Markdown),
            Self::Latex => Some(Layout::Latex),
            Self::Json | Self::Csv | Self::Parquet => None,
        }
    }

    /// True if the format has the values of every image, asked for or not.
    pub(super) const fn has_images(self) -> bool {
        matches!(self, Self::Parquet)
    }
}

/// Options of the output.
#[derive(Args)]
pub(super) struct Writing {
    /// Print all statistics in wide tables, for a terminal of more than 100 columns; with
    /// `--format latex` in place of a paper's table
    #[arg(long)]
    pub(super) wide: bool,
    /// Print the values of every image as well; as CSV in place of the summaries
    #[arg(long)]
    pub(super) per_image: bool,
    /// Write the result to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    pub(super) out: Option<Output>,
}

impl Writing {
    /// Requires `--out` of a format that is no text, before anything is scored.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn require_file_of(&self, format: ResultFormat) -> Result<()> {
        if format == ResultFormat::Parquet && self.out.is_none() {
            bail!("expected --out FILE with --format parquet, found none");
        }
        Ok(())
    }

    /// Writes one result in any format, or several as tables.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(
        &self,
        results: &[NamedResult],
        format: ResultFormat,
        is_paper: bool,
    ) -> Result<()> {
        let out = self.out.as_ref();
        if let Some(layout) = format.layout(self.wide) {
            return print(out, &layout::write(&self.tables(results, is_paper, layout), layout));
        }
        let result = &results[0].result;
        match format {
            ResultFormat::Csv if self.per_image => print(out, &csv::images(result)),
            ResultFormat::Csv => print(out, &csv::summaries(result)),
            ResultFormat::Parquet => {
                print_bytes(out, &parquet::images(result).context("cannot write Parquet")?)
            }
            _ => print(out, &result.to_json()),
        }
    }

    fn tables(&self, results: &[NamedResult], is_paper: bool, layout: Layout) -> Vec<Table> {
        let mut all = Vec::new();
        for NamedResult { name, result } in results {
            let width = if layout == Layout::Text { Width::Terminal } else { Width::Page };
            let mut of_result = Vec::new();
            if self.per_image {
                of_result.extend(tables::image_tables(result, width));
            }
            if !is_paper {
                of_result.extend(tables::result_tables(result, width));
            }
            for table in of_result.iter_mut().filter(|table| !table.title.is_empty()) {
                if results.len() > 1 {
                    table.title = format!("{name}: {}", table.title);
                }
            }
            all.extend(of_result);
        }
        if is_paper {
            all.extend(tables::paper_tables(results));
        }
        all
    }
}
