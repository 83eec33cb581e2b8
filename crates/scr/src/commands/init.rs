//! `scr init`: makes a benchmark folder of radiographs and masks in any layout.
//!
//! Prints what was recognised and assumed on stdout. At a terminal every doubt is a question
//! with a default; elsewhere doubts are problems that name the option that answers them.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use scr_data::{BENCHMARK_EXAMPLE, Problems};
use scr_import::{Doubt, FoldsChoice, GivenObject, Missing, Plan, SpacingChoice};

use super::arguments::{Format, MaskLayout};
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Init {
    /// Folder with radiographs and masks
    #[arg(required_unless_present_any = ["images", "example"], conflicts_with = "images")]
    folder: Option<PathBuf>,
    /// Folder with the radiographs
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// Folder with the masks, or a document with annotations [default: the radiographs' folder]
    #[arg(long, value_name = "DIR|FILE")]
    masks: Option<PathBuf>,
    /// Benchmark folder to write
    #[arg(long, value_name = "DIR", required_unless_present = "example")]
    out: Option<PathBuf>,
    /// Identifier of the benchmark [default: the name of the folder to write]
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    layout: MaskLayout,
    /// Objects to score: lungs=right_lung+left_lung,heart [default: each structure, and both
    /// sides together]
    #[arg(long, value_name = "OBJECT=STRUCTURE+...,...", value_parser = parse_objects)]
    objects: Option<Objects>,
    /// Table with image_id, and fold, patient or any attributes
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Folds: two-fold, k=N, test=FILE (a list of test images), folders (train and test folders)
    /// or evaluation-only [default: the table's, else two-fold, images in turn]
    #[arg(long, value_name = "FOLDS", value_parser = FoldsChoice::parse)]
    folds: Option<FoldsChoice>,
    /// Spacing: a number of mm, from-files or unknown [default: that of the files, where they
    /// state one]
    #[arg(long, value_name = "MM", value_parser = SpacingChoice::parse)]
    spacing: Option<SpacingChoice>,
    /// Images that have masks of some structures only
    #[arg(long, value_enum)]
    missing: Option<MissingChoice>,
    /// Leave out masks whose radiograph is not there
    #[arg(long)]
    subset: bool,
    /// Link radiographs in place of copying them
    #[arg(long)]
    link: bool,
    /// Print the plan and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print a benchmark.toml with every key, explained
    #[arg(long)]
    example: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum MissingChoice {
    /// Leave these images out
    LeaveOut,
    /// The structures are not in these images: their masks are empty
    Empty,
}

/// Objects as one argument.
#[derive(Clone)]
struct Objects(Vec<GivenObject>);

fn parse_objects(text: &str) -> Result<Objects, String> {
    GivenObject::parse_list(text).map(Objects)
}

impl Init {
    pub(crate) fn run(self) -> Result<()> {
        if self.example {
            return print(None, BENCHMARK_EXAMPLE);
        }
        let (dry_run, format) = (self.dry_run, self.format);
        let mut init = self.options();
        let bar = Bar::new();
        let progress = |what: &str, done, total| bar.show(what, done, total);
        let plan = loop {
            let plan = init.plan(&progress)?;
            let Some(doubt) = plan.doubts().first() else { break plan };
            if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
                return Err(as_problems(&plan));
            }
            let answer = ask(doubt)?;
            init.answer(&doubt.clone(), &answer);
        };
        let report = plan.report();
        let text = match format {
            Format::Table => report.to_string(),
            Format::Json => serde_json::to_string_pretty(&report)? + "\n",
        };
        print(None, &text)?;
        if dry_run {
            tell!("nothing written: --dry-run");
            return Ok(());
        }
        plan.write(&progress)?;
        tell!("{} images written to {}", report.n_images, report.out);
        tell!("next: scr check {0}; scr view {0}; scr evaluate MASKS --benchmark {0}", report.out);
        Ok(())
    }

    fn options(self) -> scr_import::Init {
        scr_import::Init {
            images: self.images.or(self.folder).unwrap_or_default(),
            masks: self.masks,
            out: self.out.unwrap_or_default(),
            id: self.id,
            labels: self.layout.labels(),
            objects: self.objects.map_or(Vec::new(), |objects| objects.0),
            table: self.table,
            folds: self.folds,
            spacing: self.spacing,
            runs: self.layout.runs(),
            missing: self.missing.map(|choice| match choice {
                MissingChoice::LeaveOut => Missing::LeaveOut,
                MissingChoice::Empty => Missing::Empty,
            }),
            subset: self.subset,
            split_sides: self.layout.split_sides,
            link: self.link,
        }
    }
}

/// All doubts as an error.
fn as_problems(plan: &Plan) -> anyhow::Error {
    let mut problems = Problems::default();
    problems.extend(plan.doubts().iter().map(Doubt::problem));
    problems.or(()).expect_err("there are doubts").into()
}

/// Asks a question at the terminal; an empty line is the default.
fn ask(doubt: &Doubt) -> Result<String> {
    tell!("{}", doubt.question);
    for (at, answer) in doubt.answers.iter().enumerate() {
        let default = if at == 0 { " [default]" } else { "" };
        tell!("  {} {}: {}{default}", at + 1, answer.value, answer.meaning);
    }
    loop {
        tell!("number or word (option {}):", doubt.option);
        let mut line = String::new();
        let count =
            std::io::stdin().lock().read_line(&mut line).context("cannot read an answer")?;
        let line = line.trim();
        let chosen = doubt.answers.iter().enumerate().find(|(at, answer)| {
            line == (at + 1).to_string() || line == answer.value || (line.is_empty() && *at == 0)
        });
        match chosen {
            Some((_, answer)) => return Ok(answer.value.clone()),
            None if count == 0 => anyhow::bail!("no answer about {}", doubt.option),
            None => tell!("expected one of the answers above"),
        }
    }
}
