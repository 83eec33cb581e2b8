//! The chain: each line holds the digest of the one before.

use std::collections::BTreeMap;

use scr_store::{BEFORE_FIRST, EntryCommitment, RecordEvent, RecordHead, RecordLine, text_digest};

use crate::report::{NotedHead, Report};

/// Contents of the record, by entry and benchmark.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Entries by identifier.
    pub(crate) entries: BTreeMap<String, RecordedEntry>,
    /// Benchmarks by identifier, as their last lines state them.
    pub(crate) benchmarks: BTreeMap<String, RecordedBenchmark>,
}

/// Lines of the record about an entry.
#[derive(Debug)]
pub(crate) struct RecordedEntry {
    pub(crate) commitment: EntryCommitment,
    /// Digests of the results, version by version.
    pub(crate) results: Vec<String>,
    /// Digest of the statement of withdrawal.
    pub(crate) withdrawn: Option<String>,
}

/// Lines of the record about a benchmark.
#[derive(Debug, Default)]
pub(crate) struct RecordedBenchmark {
    pub(crate) digest: String,
    pub(crate) document_digest: String,
    pub(crate) files_digest: String,
    pub(crate) settings: Option<serde_json::Value>,
}

impl Record {
    /// Checks the chain and collects its contents.
    pub(crate) fn read(
        lines: &[String],
        head: &RecordHead,
        noted: Option<&NotedHead>,
        report: &mut Report,
    ) -> Self {
        let mut record = Self::default();
        let mut previous = BEFORE_FIRST.to_owned();
        let mut is_head_there = head.length == 0 && head.head == BEFORE_FIRST;
        let mut is_noted_there = false;
        for (number, text) in (1..).zip(lines) {
            let place = format!("line {number} of the record");
            match serde_json::from_str::<RecordLine>(text) {
                Ok(line) => {
                    report.compare(&place, &number.to_string(), &line.number.to_string());
                    report.compare(
                        &place,
                        &format!("previous {previous}"),
                        &format!("previous {}", line.previous),
                    );
                    record.add(line.event, &place, report);
                }
                Err(error) => report.problem(&place, "a line of JSON", error.to_string()),
            }
            previous = text_digest(text);
            is_head_there |= number == head.length && previous == head.head;
            is_noted_there |=
                noted.is_some_and(|noted| noted.number == number && noted.digest == previous);
        }
        report.counts.lines = lines.len();
        if !is_head_there {
            let expected = format!("{} as line {}", head.head, head.length);
            report.problem("head of the record", expected, "lines without it");
        }
        if let Some(noted) = noted.filter(|_| !is_noted_there) {
            let expected = format!("{} as line {}", noted.digest, noted.number);
            report.problem("the noted head", expected, "a record without it");
        }
        record
    }

    fn add(&mut self, event: RecordEvent, place: &str, report: &mut Report) {
        match event {
            RecordEvent::BenchmarkPublished {
                benchmark,
                digest,
                document_digest,
                files_digest,
            } => {
                let known = self.benchmarks.entry(benchmark).or_default();
                if !known.digest.is_empty() {
                    report.compare(place, &known.digest, &digest);
                }
                *known = RecordedBenchmark {
                    digest,
                    document_digest,
                    files_digest,
                    settings: known.settings.take(),
                };
            }
            RecordEvent::SettingsChanged { benchmark, settings } => {
                self.benchmarks.entry(benchmark).or_default().settings = Some(settings);
            }
            RecordEvent::EntryPublished(commitment) => {
                let id = commitment.entry.clone();
                let results = vec![commitment.result_digest.clone()];
                let entry = RecordedEntry { commitment: *commitment, results, withdrawn: None };
                if self.entries.insert(id.clone(), entry).is_some() {
                    report.problem(place, format!("`{id}` published once"), "published again");
                }
            }
            RecordEvent::EntryRescored { entry, version, result_digest, .. } => {
                match self.entries.get_mut(&entry) {
                    Some(known) if version == known.results.len() as u64 + 1 => {
                        known.results.push(result_digest);
                    }
                    _ => report.problem(place, "the next result of a published entry", entry),
                }
            }
            RecordEvent::EntryWithdrawn { entry, statement_digest } => {
                match self.entries.get_mut(&entry) {
                    Some(known) if known.withdrawn.is_none() => {
                        known.withdrawn = Some(statement_digest);
                    }
                    _ => report.problem(place, "one withdrawal of a published entry", entry),
                }
            }
            RecordEvent::RecordBegun { .. } => {}
            RecordEvent::Unknown => report
                .unreached
                .push(format!("{place}: its kind is of a later version of this program")),
        }
    }
}
