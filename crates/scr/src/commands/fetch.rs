//! `scr fetch`: downloads a benchmark from a site.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::digest::{file_digest, hex};
use scr_data::files::MAX_FILE_BYTES;
use scr_data::terminal::{TerminalLines, TerminalText};
use scr_data::{Benchmark, Staging};
use scr_documents::{BenchmarkAnswer, DownloadManifest, OfferedFile, TermsDocument};
use url::Url;

use crate::client::Client;
use crate::progress::Bar;
use crate::tell::tell;

/// Concurrent downloads: most files are small, so latency dominates.
const CONCURRENT: usize = 4;

#[derive(Args)]
pub(crate) struct Fetch {
    /// Identifier of the benchmark
    benchmark: String,
    /// Address of the site, http://... or https://...
    #[arg(long)]
    server: String,
    /// Folder to write, new or empty; an interrupted download resumes
    #[arg(long)]
    out: PathBuf,
    /// Accept the terms of the benchmark; without it, they are printed
    #[arg(long)]
    accept_terms: bool,
    /// Token of `scr admin token create`, if the site needs one
    #[arg(
        long,
        env = "SCR_TOKEN",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true
    )]
    token: String,
}

impl Fetch {
    pub(crate) fn run(self) -> Result<()> {
        let client = Client::new(&self.server, &self.token);
        let about = format!("benchmarks/{}", self.benchmark);
        let manifest: DownloadManifest = client.get(&format!("{about}/download/manifest.json"))?;
        if !self.accept_terms {
            let benchmark: BenchmarkAnswer = client.get(&about)?;
            bail!(
                "--accept-terms: expected, once you have read these terms:\n{}",
                in_words(&benchmark.document.terms)
            );
        }
        let plan = serde_json::to_string(&manifest)?;
        manifest.files.iter().try_for_each(check)?;
        let staging = Staging::begin(&self.out, &plan)?;
        fetch_all(&client, &about, &manifest, &staging)?;
        let copy = Benchmark::open(staging.folder())?;
        let found = copy.digest(copy.reference())?;
        if found != manifest.digest {
            bail!("the copy has the digest {found}, expected {}", TerminalText(&manifest.digest));
        }
        staging.finish()?;
        let (n_files, out) = (manifest.files.len(), self.out.display());
        tell!("{out} is the benchmark {}, {n_files} files, {found}", self.benchmark);
        Ok(())
    }
}

/// Refuses paths out of the folder and files too large for a benchmark.
fn check(file: &OfferedFile) -> Result<()> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let is_within = !file.path.is_empty() && Path::new(&file.path).components().all(is_plain);
    if !is_within || file.path.contains('\\') {
        let path = TerminalText(&file.path);
        bail!("the site offers `{path}`, expected a path within the benchmark's folder");
    }
    if file.size_bytes > MAX_FILE_BYTES {
        let (path, size) = (TerminalText(&file.path), file.size_bytes);
        bail!("the site offers `{path}` of {size} bytes, expected at most {MAX_FILE_BYTES}");
    }
    Ok(())
}

fn is_same(file: &OfferedFile, bytes: &[u8]) -> bool {
    hex(&file_digest(bytes)) == file.sha256
}

/// Downloads the file unless an earlier run did.
fn fetch(
    file: &OfferedFile,
    client: &Client,
    about: &str,
    version: &str,
    staging: &Staging,
) -> Result<()> {
    let there = staging.folder().join(&file.path);
    if staging.has(&file.path) && std::fs::read(&there).is_ok_and(|bytes| is_same(file, &bytes)) {
        return Ok(());
    }
    let bytes = client.file(&address(about, &file.path)?, version, file.size_bytes)?;
    if !is_same(file, &bytes) {
        bail!(
            "{} came with another SHA-256 than {}",
            TerminalText(&file.path),
            TerminalText(&file.sha256)
        );
    }
    Ok(staging.write(&file.path, &bytes)?)
}

/// Downloads all files; the first failure ends all downloads.
fn fetch_all(
    client: &Client,
    about: &str,
    manifest: &DownloadManifest,
    staging: &Staging,
) -> Result<()> {
    let bar = Bar::new();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let files = &manifest.files;
    let work = || -> Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let fetched = fetch(file, client, about, &manifest.terms_version, staging);
            if fetched.is_err() {
                next.store(files.len(), Ordering::Relaxed);
            }
            fetched.with_context(|| format!("cannot fetch {}", TerminalText(&file.path)))?;
            let n_done = done.fetch_add(1, Ordering::Relaxed) + 1;
            bar.show("fetching files", n_done, files.len());
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONCURRENT).map(|_| scope.spawn(work)).collect();
        let mut ended = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended.try_for_each(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// API path of a file, with its name percent-encoded.
fn address(about: &str, path: &str) -> Result<String> {
    let mut url = Url::parse("http://site.invalid")?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend(path.split('/'));
    }
    Ok(format!("{about}/download/files{}", url.path()))
}

fn in_words(terms: &TermsDocument) -> String {
    fn stated(text: &str) -> TerminalLines<'_> {
        TerminalLines(if text.is_empty() { "not stated" } else { text })
    }
    let cite =
        terms.cite.iter().map(|reference| format!("\n  to cite: {}", TerminalLines(reference)));
    let (licence, passing_on) = (stated(&terms.licence), stated(&terms.redistribution));
    format!("  licence: {licence}\n  passing copies on: {passing_on}{}", cite.collect::<String>())
}
