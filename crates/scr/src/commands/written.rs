//! Written results of `scr evaluate` and `scr merge`: formats and tables.

use anyhow::{Result, bail};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use scr_data::Output;
use scr_eval::Evaluation;
use scr_report::layout::{self, Layout, Table};
use scr_report::tables::{self, Width};
use scr_report::{NamedResult, csv, image_documents, parquet, result_document, write_json};

use super::arguments::output;
use super::scoring::Format;
use crate::stdout::{print, print_with};

/// Output format of an evaluation: those of all results, and Parquet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultFormat {
    /// A format of text
    Text(Format),
    /// Parquet
    Parquet,
}

impl ResultFormat {
    /// Layout of tables, text of any width if `wide`; none for data.
    pub(super) const fn layout(self, wide: bool) -> Option<Layout> {
        match self {
            Self::Text(format) => format.layout(wide),
            Self::Parquet => None,
        }
    }

    /// True if the format has the values of every image, asked for or not.
    pub(super) const fn has_images(self) -> bool {
        matches!(self, Self::Parquet)
    }
}

impl ValueEnum for ResultFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Text(Format::Table),
            Self::Text(Format::Json),
            Self::Text(Format::Csv),
            Self::Parquet,
            Self::Text(Format::Markdown),
            Self::Text(Format::Latex),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Text(format) => format.to_possible_value(),
            Self::Parquet => {
                let help = "Parquet, a row for each image, object and measure; needs `--out`";
                Some(PossibleValue::new("parquet").help(help))
            }
        }
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
            ResultFormat::Text(Format::Csv) if self.per_image => print(out, &csv::images(result)),
            ResultFormat::Text(Format::Csv) => print(out, &csv::summaries(result)),
            ResultFormat::Parquet => {
                let images = result.images.iter().flatten().cloned();
                print_with(out, |file| parquet::write(file, result, images))
            }
            ResultFormat::Text(_) => print(out, &result.to_json()),
        }
    }

    /// Writes an evaluation in any format; JSON and Parquet image by image, so that memory does not
    /// grow with the length of the file. `has_images` says whether JSON has the values of every image.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn write_evaluation(
        &self,
        evaluation: &Evaluation,
        name: String,
        format: ResultFormat,
        (is_paper, has_images): (bool, bool),
    ) -> Result<()> {
        let out = self.out.as_ref();
        match format {
            ResultFormat::Parquet => {
                let result = result_document(evaluation, false);
                print_with(out, |file| parquet::write(file, &result, image_documents(evaluation)))
            }
            ResultFormat::Text(Format::Json) if has_images => {
                print_with(out, |file| write_json(file, evaluation))
            }
            _ => {
                let result = result_document(evaluation, self.per_image);
                self.write(&[NamedResult { name, result }], format, is_paper)
            }
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
