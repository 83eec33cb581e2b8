//! `scr demo`: everything at once, from nothing to a site to look at.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::{Benchmark, MaskSet};
use scr_eval::Settings;
use scr_methods::{METHODS, Method, Parameters, run_two_fold};
use scr_phantom::{Population, write_benchmark};
use scr_report::tables;
use scr_store::{CardDocument, EntryRole, EntryToPublish, Store};

use super::evaluate::score;
use super::serve::serve;
use crate::progress::Bar;

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
            let wanted = |method: &&dyn Method| self.all_methods || method.is_quick();
            for method in METHODS.iter().copied().filter(wanted) {
                let (masks, parameters) = self.run_method(method, &benchmark)?;
                let card = method_card(method, &parameters);
                publish(&store, &benchmark, EntryRole::Baseline, card, &masks).await?;
            }
            for observer in &benchmark.observers[1..] {
                let masks = MaskSet::open(&benchmark.masks_folder(observer), &benchmark)?;
                let card = CardDocument {
                    name: observer.name.clone(),
                    description: "A human observer's drawings of the same images.".into(),
                    training: "none".into(),
                    ..CardDocument::default()
                };
                publish(&store, &benchmark, EntryRole::Observer, card, &masks).await?;
            }
            store.close().await;
            if self.no_serve { Ok(()) } else { serve(&self.dir, self.listen).await }
        })
    }

    /// The benchmark given, or the phantoms of this folder, drawn if need be.
    fn open_benchmark(&self) -> Result<Benchmark> {
        if let Some(folder) = &self.benchmark {
            return Ok(Benchmark::open(folder)?);
        }
        let folder = self.dir.join("benchmarks").join("phantom");
        if !folder.exists() {
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

    /// The masks of a method on the benchmark, made if they are not there yet.
    fn run_method(
        &self,
        method: &dyn Method,
        benchmark: &Benchmark,
    ) -> Result<(MaskSet, Parameters)> {
        let parameters = Parameters::new(method, &[])?;
        let digest = benchmark.digest(benchmark.reference())?;
        let of_benchmark = format!("{}-{}", benchmark.id, &digest["sha256:".len()..][..8]);
        let of_method = format!("{}-{}", method.id(), method.version());
        let out = self.dir.join("masks").join(of_benchmark).join(of_method);
        if !out.exists() {
            let bar = Bar::new();
            let show = |what: &str, done, total| bar.show(what, done, total);
            run_two_fold(method, benchmark, &parameters, SEED, &out, &show)?;
        }
        Ok((MaskSet::open(&out, benchmark)?, parameters))
    }
}

/// Scores a set of masks, prints the table and publishes it as an entry.
async fn publish(
    store: &Store,
    benchmark: &Benchmark,
    role: EntryRole,
    card: CardDocument,
    masks: &MaskSet,
) -> Result<()> {
    let result = score(benchmark, masks, &Settings::default(), true)?;
    eprintln!("{}\n{}", card.name, tables::overview(&result));
    let bar = Bar::new();
    let entry = EntryToPublish { benchmark, role, card, masks, result };
    store
        .publish_entry(entry, &mut |p| bar.show("publishing masks", p.images_done, p.images_total))
        .await?;
    Ok(())
}

fn method_card(method: &dyn Method, parameters: &Parameters) -> CardDocument {
    let about = method.about();
    CardDocument {
        name: about.name.to_owned(),
        authors: Vec::new(),
        description: format!("{} {}", about.summary, about.verified),
        reference: about.source.to_owned(),
        code: format!("scr run {}", method.id()),
        training: format!(
            "two-fold: each fold was segmented by a model trained on the other, seed {SEED}"
        ),
        version: method.version().to_owned(),
        parameters: parameters
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_string()))
            .collect(),
    }
}
