//! `scr submit`, `scr status`, `scr review`: handing in masks, and deciding on them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::terminal::{TerminalLines, TerminalText};
use scr_data::{Problem, files};
use serde_json::{Value, json};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::client::Client;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// States that pass by themselves after a file is whole.
const PASSING: [&str; 2] = ["received", "scoring"];

/// Which server, and who asks.
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
    /// Folder or zip of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    #[command(flatten)]
    server: Server,
    /// Identifier of the benchmark
    #[arg(long)]
    benchmark: String,
    /// Card of the method, TOML: name, authors, description, reference, code, training,
    /// `two_fold_declaration` = true
    #[arg(long)]
    card: PathBuf,
    /// Accept the benchmark's terms
    #[arg(long)]
    accept_terms: bool,
    /// Identifier of a published entry of your own that this corrects
    #[arg(long, value_name = "ENTRY")]
    corrects: Option<String>,
    /// Have it checked only; scored it is when you confirm on its page
    #[arg(long)]
    check_first: bool,
    /// Wait until it is checked and scored
    #[arg(long)]
    wait: bool,
}

#[derive(Args)]
pub(crate) struct Status {
    /// Identifier of the submission
    submission: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Review {
    /// Identifier of the submission
    submission: String,
    #[command(flatten)]
    server: Server,
    /// Publish it
    #[arg(long, required_unless_present = "return_with", conflicts_with = "return_with")]
    publish: bool,
    /// Answer to flags that cast doubt on whose work it is: why it is published; public
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        requires = "publish"
    )]
    answer: String,
    /// Return it with a message
    #[arg(long = "return", value_name = "MESSAGE")]
    return_with: Option<String>,
}

impl Server {
    fn client(&self) -> Client {
        Client::new(&self.server, &self.token)
    }
}

impl Submit {
    pub(crate) fn run(self) -> Result<()> {
        let card = read_card(&self.card)?;
        let (mut file, size) = self.zipped()?;
        let client = self.server.client();
        let beginning = json!({
            "card": card,
            "size_bytes": size,
            "accept_terms": self.accept_terms,
            "confirm": !self.check_first,
            "corrects": self.corrects,
        });
        let begun =
            client.post(&format!("benchmarks/{}/submissions", self.benchmark), &beginning)?;
        let id = begun["submission"].as_str().context("the server gave no identifier")?;
        let bar = Bar::new();
        client.send_file(id, &mut file, size, &|bytes| {
            bar.show("sending kB", (bytes >> 10) as usize, (size >> 10) as usize);
        })?;
        drop(bar);
        let mut found = client.post(&format!("submissions/{id}/complete"), &Value::Null)?;
        if self.wait {
            found = client.wait(id, &PASSING, &|_| ())?;
        }
        tell_suspicions(&found);
        print_outline(&client.outline(&found))?;
        refuse_returned(&found)
    }

    /// The zip file to send: the one given, or one made of the folder.
    fn zipped(&self) -> Result<(File, u64)> {
        let place = self.masks.display();
        let mut file = if self.masks.is_dir() {
            zip_of(&self.masks)?
        } else {
            File::open(&self.masks).with_context(|| format!("cannot read {place}"))?
        };
        let size = file.metadata().with_context(|| format!("cannot read {place}"))?.len();
        if size == 0 {
            bail!("{place} is empty, expected masks, STRUCTURE/IMAGE.png");
        }
        file.flush().context("cannot write the zip file")?;
        Ok((file, size))
    }
}

impl Status {
    pub(crate) fn run(self) -> Result<()> {
        let client = self.server.client();
        let mut found = client.submission(&self.submission)?;
        found["url"] = client.outline(&found)["url"].clone();
        print_outline(&found)
    }
}

impl Review {
    pub(crate) fn run(self) -> Result<()> {
        let client = self.server.client();
        let review = match &self.return_with {
            None => json!({ "decision": "publish", "answer": self.answer }),
            Some(message) => json!({ "decision": "return", "message": message }),
        };
        client.post(&format!("submissions/{}/review", self.submission), &review)?;
        let found = client.wait(&self.submission, &["publishing"], &|_| ())?;
        print_outline(&client.outline(&found))?;
        if !self.publish {
            return Ok(());
        }
        if found["state"] == "awaiting_review" {
            bail!(
                "it is not published: entries were published meanwhile, and there are new flags\n  \
                   hint: look at them, then `scr review {} --publish --answer TEXT`",
                self.submission
            );
        }
        refuse_returned(&found)
    }
}

fn print_outline(value: &Value) -> Result<()> {
    print(None, &(serde_json::to_string_pretty(value)? + "\n"))
}

/// What the check found odd, for people.
fn tell_suspicions(found: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for suspicion in found["suspicions"]["suspicions"].as_array().into_iter().flatten() {
        let of = |key: &str| text(&suspicion[key]);
        let (rule, message, hint) = (of("rule"), of("message"), of("hint"));
        let (rule, message) = (TerminalText(&rule), TerminalLines(&message));
        tell!("suspicious: {rule}: {message}\n    hint: {}", TerminalLines(&hint));
    }
}

/// An error with every problem, where the check found some.
fn refuse_returned(found: &Value) -> Result<()> {
    if found["state"] != "rejected" {
        return Ok(());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems: Vec<String> = found["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|problem| {
            let of = |key: &str| text(&problem[key]);
            Problem::new(of("place"), of("expected"), of("found"), of("hint")).to_string()
        })
        .collect();
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

/// A folder's files in a zip file that is gone with the process. PNGs are packed
/// already, so they are only put together.
fn zip_of(folder: &Path) -> Result<File> {
    let failed = || format!("cannot pack {}", folder.display());
    let file = tempfile::tempfile().with_context(failed)?;
    let mut zip = ZipWriter::new(file);
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((here, prefix)) = open.pop() {
        let mut entries: Vec<_> =
            here.read_dir().and_then(Iterator::collect).with_context(failed)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let name = format!("{prefix}{}", name.to_string_lossy());
            if path.is_dir() {
                open.push((path, name + "/"));
            } else {
                zip.start_file(name, options).with_context(failed)?;
                let mut mask = File::open(&path).with_context(failed)?;
                std::io::copy(&mut mask, &mut zip).with_context(failed)?;
            }
        }
    }
    zip.finish().with_context(failed)
}
