//! `scr submit`, `scr status`, `scr review`: submissions over the API of a site.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::{ArgGroup, Args};
use scr_data::terminal::{TerminalLines, TerminalText};
use scr_data::{Problem, files};
use scr_documents::{
    ListedSubmission, ReviewQueue, SubmissionAnswer, SubmissionList, SubmissionProblem,
    SubmissionState, WaitingSubmission,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::Format;
use super::list::print_list;
use super::submission_zip::zipped;
use super::submit_model::ModelToSubmit;
use crate::client::Client;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// States of a complete upload that the site leaves on its own.
const PASSING: [SubmissionState; 2] = [SubmissionState::Received, SubmissionState::Scoring];

/// Output of `scr submit` and `scr review`.
#[derive(Serialize)]
struct Outline<'a> {
    submission: &'a str,
    state: SubmissionState,
    url: &'a str,
}

/// Options of the site and the token.
#[derive(Args)]
pub(crate) struct Server {
    /// Address of the site, http://... or https://...
    #[arg(long)]
    server: String,
    /// Token of `scr admin token create`
    #[arg(long, env = "SCR_TOKEN", hide_env_values = true)]
    token: String,
}

#[derive(Args)]
pub(crate) struct Submit {
    /// Folder or zip of masks, STRUCTURE/IMAGE.png; beside --model they are compared with the
    /// masks that the site makes with the model
    #[arg(required_unless_present = "model")]
    masks: Option<PathBuf>,
    #[command(flatten)]
    model: ModelToSubmit,
    #[command(flatten)]
    server: Server,
    /// Identifier of the benchmark
    #[arg(long)]
    benchmark: String,
    /// Card of the method, TOML: name, authors, description, reference, code, training,
    /// `two_fold_declaration` = true (or `protocol_declaration`): the protocol was kept
    #[arg(long)]
    card: PathBuf,
    /// Accept the terms of the benchmark
    #[arg(long)]
    accept_terms: bool,
    /// Identifier of an entry of yours that this corrects
    #[arg(long, value_name = "ENTRY")]
    corrects: Option<String>,
    /// Check only; score after `scr status SUBMISSION --confirm`
    #[arg(long)]
    check_first: bool,
    /// Wait until the submission is checked and scored
    #[arg(long)]
    wait: bool,
}

#[derive(Args)]
pub(crate) struct Status {
    /// Identifier of a submission; without it, all your submissions are listed
    submission: Option<String>,
    #[command(flatten)]
    server: Server,
    /// Confirm the submission after --check-first, so that it is scored
    #[arg(long, requires = "submission")]
    confirm: bool,
    /// Wait until the submission is checked and scored
    #[arg(long, requires = "submission")]
    wait: bool,
    /// Output format of the list; one submission is always JSON
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Args)]
#[command(group = ArgGroup::new("decision").args(["publish", "return_with"]).requires("submission"))]
pub(crate) struct Review {
    /// Identifier of the submission; without it, the queue is listed
    #[arg(requires = "decision")]
    submission: Option<String>,
    #[command(flatten)]
    server: Server,
    /// Publish the submission
    #[arg(long)]
    publish: bool,
    /// Public answer to flags on authorship: the reason to publish nevertheless
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        requires = "publish"
    )]
    answer: String,
    /// Return the submission with a message to its submitter
    #[arg(long = "return", value_name = "MESSAGE")]
    return_with: Option<String>,
    /// Output format of the queue
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Server {
    fn client(&self) -> Client {
        Client::new(&self.server, &self.token)
    }
}

impl Submit {
    pub(crate) fn run(self) -> Result<()> {
        let card = read_card(&self.card)?;
        let (mut file, size) = zipped(self.masks.as_deref(), &self.model.files()?)?;
        let client = self.server.client();
        let beginning = json!({
            "card": card,
            "size_bytes": size,
            "accept_terms": self.accept_terms,
            "confirm": !self.check_first,
            "corrects": self.corrects,
            "model": self.model.access(),
        });
        let begun = client
            .post(&format!("benchmarks/{}/submissions", self.benchmark), &beginning)
            .map_err(|error| self.with_terms_hint(error))?;
        let id = &begun.submission;
        let bar = Bar::new();
        client.send_file(id, &mut file, size, &|bytes| {
            bar.show("sending kB", (bytes >> 10) as usize, (size >> 10) as usize);
        })?;
        drop(bar);
        let mut found = client.post(&format!("submissions/{id}/complete"), &Value::Null)?;
        if self.wait {
            found = client.wait(id, &PASSING)?;
        }
        print_suspicions(&found);
        print_outline(&found)?;
        if found.state == SubmissionState::Checked && self.check_first {
            tell!("checked and not scored: `scr status {id} --confirm` has it scored");
        }
        refuse_returned(&found)
    }

    /// Adds a hint to an error about terms that are not accepted.
    fn with_terms_hint(&self, error: anyhow::Error) -> anyhow::Error {
        if self.accept_terms || !error.to_string().contains("accept_terms") {
            return error;
        }
        let (site, id) = (self.server.server.trim_end_matches('/'), &self.benchmark);
        anyhow!("{error}\n  hint: read them at {site}/benchmarks/{id}, then add --accept-terms")
    }
}

impl Status {
    pub(crate) fn run(self) -> Result<()> {
        let client = self.server.client();
        let Some(id) = &self.submission else {
            let submissions = client
                .pages("submissions", |page: SubmissionList| (page.submissions, page.next))?;
            let heads = ["submission", "benchmark", "name", "state", "updated"];
            let rows = submissions.iter().map(submission_row).collect();
            return print_list(self.format, &heads, rows, &submissions);
        };
        if self.confirm {
            client.post(&format!("submissions/{id}/confirm"), &Value::Null)?;
        }
        print_json(&if self.wait { client.wait(id, &PASSING)? } else { client.submission(id)? })
    }
}

impl Review {
    pub(crate) fn run(self) -> Result<()> {
        let client = self.server.client();
        let Some(id) = &self.submission else {
            let submissions =
                client.pages("review", |page: ReviewQueue| (page.submissions, page.next))?;
            let heads = ["submission", "benchmark", "name", "submitter", "since"];
            let rows = submissions.iter().map(waiting_row).collect();
            return print_list(self.format, &heads, rows, &submissions);
        };
        let review = match &self.return_with {
            None => json!({ "decision": "publish", "answer": self.answer }),
            Some(message) => json!({ "decision": "return", "message": message }),
        };
        client.post(&format!("submissions/{id}/review"), &review)?;
        let found = client.wait(id, &[SubmissionState::Publishing])?;
        print_outline(&found)?;
        if !self.publish {
            return Ok(());
        }
        if found.state == SubmissionState::AwaitingReview {
            bail!(
                "not published: entries published meanwhile raise new flags\n  \
                   hint: read them on its page, then `scr review {id} --publish --answer TEXT`"
            );
        }
        refuse_returned(&found)
    }
}

fn print_outline(found: &SubmissionAnswer) -> Result<()> {
    let SubmissionAnswer { submission, state, url, .. } = found;
    print_json(&Outline { submission, state: *state, url })
}

fn print_json(document: &impl Serialize) -> Result<()> {
    print(None, &(serde_json::to_string_pretty(document)? + "\n"))
}

fn submission_row(found: &ListedSubmission) -> Vec<String> {
    let ListedSubmission { submission, benchmark, name, state, updated_at, .. } = found;
    vec![submission.clone(), benchmark.clone(), name.clone(), state.name(), updated_at.clone()]
}

fn waiting_row(found: &WaitingSubmission) -> Vec<String> {
    let WaitingSubmission { submission, benchmark, name, submitter, since, .. } = found;
    [submission, benchmark, name, submitter, since].map(String::clone).to_vec()
}

/// Prints the suspicions of the check.
fn print_suspicions(found: &SubmissionAnswer) {
    for suspicion in found.suspicions.iter().flat_map(|document| &document.suspicions) {
        let (rule, message) = (TerminalText(&suspicion.rule), TerminalLines(&suspicion.message));
        tell!("suspicious: {rule}: {message}\n    hint: {}", TerminalLines(&suspicion.hint));
    }
}

/// Fails for a returned submission, with all problems found by the check.
fn refuse_returned(found: &SubmissionAnswer) -> Result<()> {
    if found.state != SubmissionState::Rejected {
        return Ok(());
    }
    if found.is_site_fault {
        bail!(
            "the site failed to score the submission: no fault of the masks\n  hint: the upload is \
             kept and the operator may try again; `scr status {}` shows the state",
            found.submission
        );
    }
    let text = |problem: &SubmissionProblem| {
        let SubmissionProblem { place, expected, found, hint } = problem;
        Problem::new(place, expected, found, hint).to_string()
    };
    let problems: Vec<String> = found.problems.iter().map(text).collect();
    bail!("the submission was returned\n{}", problems.join("\n"))
}

fn read_card(path: &Path) -> Result<Value> {
    let bytes = files::read_file(path).map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let text =
        String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
    let card: toml::Table =
        toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::to_value(card)?)
}
