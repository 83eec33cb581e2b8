//! `scr demo`: everything at once, from nothing to a site to look at.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::{Benchmark, MaskSet};
use scr_documents::{CardDocument, EntryRole};
use scr_eval::Settings;
use scr_methods::{Job, METHODS, Method, Parameters, RunRecord, TwoFold};
use scr_phantom::{Population, write_benchmark};
use scr_report::tables;
use scr_store::{EntryToPublish, Store, claim_folder};

use super::evaluate::score;
use super::run::cost;
use super::serve::{Options, serve};
use crate::progress::Bar;
use crate::tell::tell;

const SEED: u64 = 1;

#[derive(Args)]
pub(crate) struct Demo {
    /// Data folder; the same again goes on from what is there
    #[arg(long, default_value = "scr-demo")]
    dir: PathBuf,
    /// Benchmark folder to take instead of drawing phantoms
    #[arg(long, conflicts_with = "images")]
    benchmark: Option<PathBuf>,
    /// How many phantoms to draw
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=1998))]
    images: Option<u32>,
    /// Run the slow methods as well
    #[arg(long)]
    all_methods: bool,
    /// Stop when everything is published
    #[arg(long)]
    no_serve: bool,
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Phantoms drawn when nothing is said.
const DEFAULT_IMAGES: u32 = 40;
/// Their width and height in pixels.
const SIDE: usize = 1024;

impl Demo {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = self.open_benchmark()?;
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        runtime.block_on(async {
            let store = Store::open(&self.dir).await?;
            let bar = Bar::new();
            store
                .publish_benchmark(&benchmark, &mut |p| {
                    bar.show("publishing radiographs", p.images_done, p.images_total);
                })
                .await?;
            drop(bar);
            let jobs = self.jobs(&benchmark)?;
            let runs = TwoFold { benchmark: &benchmark, seed: SEED, models: None };
            let bar = Bar::new();
            let records = runs.run(&jobs, &|what, done, total| bar.show(what, done, total))?;
            drop(bar);
            for (job, record) in jobs.iter().zip(&records) {
                let masks = MaskSet::open(&job.masks, &benchmark)?;
                let card = method_card(job.method, record);
                let made = (&masks, job.posteriors.as_deref());
                publish(&store, &benchmark, EntryRole::Baseline, card, made).await?;
            }
            for observer in &benchmark.observers[1..] {
                let masks = MaskSet::open(&benchmark.masks_folder(observer), &benchmark)?;
                let card = CardDocument {
                    name: observer.name.clone(),
                    description: "A human observer's drawings of the same images.".into(),
                    training: "none".into(),
                    ..CardDocument::default()
                };
                publish(&store, &benchmark, EntryRole::Observer, card, (&masks, None)).await?;
            }
            store.close().await;
            if self.no_serve { Ok(()) } else { serve(&self.dir, Options::at(self.listen)).await }
        })
    }

    /// The benchmark given, or the phantoms of this folder, drawn if need be.
    fn open_benchmark(&self) -> Result<Benchmark> {
        if let Some(folder) = &self.benchmark {
            return Ok(Benchmark::open(folder)?);
        }
        let folder = self.dir.join("benchmarks").join("phantom");
        if !folder.exists() {
            // Refused before anything is drawn, not after.
            claim_folder(&self.dir)?;
            let population = Population::new(self.images.unwrap_or(DEFAULT_IMAGES) as usize, SEED);
            let bar = Bar::new();
            let show = |what: &str, done, total| bar.show(what, done, total);
            write_benchmark(&population, SIDE, &folder, &show)?;
        }
        let benchmark = Benchmark::open(&folder)?;
        match self.images {
            Some(asked) if asked as usize != benchmark.images.len() => bail!(
                "{} holds {} phantoms, expected {asked}: choose another --dir, or leave --images out",
                folder.display(),
                benchmark.images.len()
            ),
            _ => Ok(benchmark),
        }
    }

    /// The methods to run, and where their masks and posteriors go.
    fn jobs(&self, benchmark: &Benchmark) -> Result<Vec<Job>> {
        let digest = benchmark.digest(benchmark.reference())?;
        let of_benchmark = format!("{}-{}", benchmark.id, &digest["sha256:".len()..][..8]);
        let folder = self.dir.join("masks").join(of_benchmark);
        let wanted = METHODS.iter().filter(|method| self.all_methods || method.is_quick());
        wanted
            .map(|&method| {
                let name = format!("{}-{}", method.id(), method.version());
                let parameters = Parameters::new(method, &[])?;
                let posteriors =
                    method.has_posterior().then(|| folder.join(format!("{name}-posteriors")));
                Ok(Job { method, parameters, masks: folder.join(name), posteriors })
            })
            .collect()
    }
}

/// Scores a set of masks, prints the table and publishes it as an entry, with the
/// folder of its posteriors where it has some.
async fn publish(
    store: &Store,
    benchmark: &Benchmark,
    role: EntryRole,
    card: CardDocument,
    (masks, posteriors): (&MaskSet, Option<&Path>),
) -> Result<()> {
    let result = score(benchmark, masks, &Settings::default(), true)?;
    tell!("{}\n{}", card.name, tables::overview(&result));
    let bar = Bar::new();
    let posteriors = posteriors.map(Path::to_owned);
    let entry = EntryToPublish { benchmark, role, card, masks, result, posteriors };
    store
        .publish_entry(entry, &mut |p| bar.show("publishing masks", p.images_done, p.images_total))
        .await?;
    Ok(())
}

fn method_card(method: &dyn Method, record: &RunRecord) -> CardDocument {
    let about = method.about();
    CardDocument {
        name: about.name.to_owned(),
        authors: Vec::new(),
        description: about.summary.to_owned(),
        verified: about.verified.to_owned(),
        reference: about.source.to_owned(),
        code: format!("scr run {}", method.id()),
        training: format!(
            "two-fold: each fold was segmented by a model trained on the other, seed {SEED}"
        ),
        version: method.version().to_owned(),
        cost: cost(&record.cost),
        corrects: None,
        parameters: record
            .plan
            .parameters
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_string()))
            .collect(),
    }
}
