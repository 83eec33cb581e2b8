//! `scr verify`: verifies the record of a site.

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::Store;
use scr_verify::{NotedHead, Report, Source, VerifyError, verify};
use serde_json::json;

use super::arguments::Format;
use super::place::{UrlText, engines};
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Verify {
    /// Data folder, export, or address of a site; engines are given by --database and --blobs
    #[arg(value_name = "DATA|EXPORT|URL", required_unless_present = "database")]
    source: Option<String>,
    /// PostgreSQL database of the site, `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(long, value_name = "URL", conflicts_with = "source", requires = "blobs")]
    database: Option<UrlText>,
    /// Bucket with the site's files, `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "URL", conflicts_with = "source", requires = "database")]
    blobs: Option<UrlText>,
    /// Score again from masks and reference, for entries that have both
    #[arg(long)]
    scores: bool,
    /// Head noted earlier, the digest of line N of the record
    #[arg(long, value_name = "sha256:...", requires = "at", value_parser = parse_head)]
    head: Option<String>,
    /// Number N of the line with the digest of --head
    #[arg(long, value_name = "N", requires = "head")]
    at: Option<u64>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

fn parse_head(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").filter(|digits| {
        digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    match digits {
        Some(_) => Ok(text.to_owned()),
        None => Err("expected `sha256:` and 64 hexadecimal digits in lower case".into()),
    }
}

impl Verify {
    pub(crate) fn run(self) -> Result<()> {
        let noted = self.head.zip(self.at).map(|(digest, number)| NotedHead { digest, number });
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let engines = match &self.source {
            Some(_) => None,
            None => Some(engines(self.database.as_ref(), self.blobs.as_ref(), None)?),
        };
        let place = match (&self.source, &engines) {
            (Some(source), _) => source.clone(),
            (None, location) => location.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let report = runtime.block_on(async {
            let source = match &engines {
                Some(location) => {
                    let store = Box::new(Store::open_at(location).await?);
                    Source::Data { place: place.clone(), store }
                }
                None => Source::open(&place).await?,
            };
            anyhow::Ok(report_on(&source, self.scores, noted.as_ref()).await?)
        })?;
        match self.format {
            Format::Table => print(None, &text(&report))?,
            Format::Json => {
                print(None, &(serde_json::to_string_pretty(&as_json(&report))? + "\n"))?;
            }
        }
        for unreached in &report.unreached {
            tell!("not checked: {unreached}");
        }
        let n_problems = report.problems.list().len();
        if n_problems == 0 {
            return Ok(());
        }
        bail!("the record of {place} has {n_problems} mismatches\n{}", report.problems)
    }
}

/// Verifies a source with a progress bar.
pub(super) async fn report_on(
    source: &Source,
    scores: bool,
    noted: Option<&NotedHead>,
) -> Result<Report, VerifyError> {
    let bar = Bar::new();
    let mut show = |done, total| bar.show("verifying entries", done, total);
    verify(source, scores, noted, &mut show).await
}

fn text(report: &Report) -> String {
    let counts = report.counts;
    let verdict = if report.problems.list().is_empty() {
        "the record holds"
    } else {
        "the record does not hold"
    };
    let lines = [
        ("lines of the record", counts.lines),
        ("entries", counts.entries),
        ("results", counts.results),
        ("files", counts.files),
        ("results scored again", counts.scored),
        ("not checked", report.unreached.len()),
        ("problems", report.problems.list().len()),
    ];
    let table = lines.map(|(what, count)| format!("  {what:<20} {count:>8}\n"));
    format!("{verdict}\n{}", table.concat())
}

fn as_json(report: &Report) -> serde_json::Value {
    let counts = report.counts;
    let problems: Vec<_> = report
        .problems
        .list()
        .iter()
        .map(|problem| {
            json!({ "place": problem.place, "expected": problem.expected, "found": problem.found })
        })
        .collect();
    json!({
        "holds": problems.is_empty(),
        "checked": {
            "lines": counts.lines,
            "entries": counts.entries,
            "results": counts.results,
            "files": counts.files,
            "scored": counts.scored,
        },
        "not_checked": report.unreached,
        "problems": problems,
    })
}
