//! `scr demo`: a site with phantoms, methods and results, from nothing.
//!
//! Prints a line for each step, one table of all methods, the address of the site and commands
//! to try next; progress bars show the steps.

mod model;
mod publishing;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::{Benchmark, Protocol};
use scr_methods::{Job, METHODS, Method, MethodInfo, Parameters};
use scr_phantom::{Population, write_benchmark};
use scr_report::layout::{self, Layout};
use scr_report::tables;
use scr_store::{Location, Store, claim_folder};

use self::publishing::Entries;
use super::serve::{Options, serve};
use crate::progress::Bar;
use crate::tell::tell;

/// Seed of the phantoms and of training.
const SEED: u64 = 1;
/// Phantoms drawn by default.
const DEFAULT_IMAGES: u32 = 40;
/// Width and height of the phantoms in pixels.
const SIDE: usize = 1024;

#[derive(Args)]
pub(crate) struct Demo {
    /// Data folder of the site; another run with the same folder resumes
    #[arg(long, default_value = "scr-demo")]
    dir: PathBuf,
    /// Folder of a benchmark to use in place of phantoms
    #[arg(long, conflicts_with = "images")]
    benchmark: Option<PathBuf>,
    /// Number of phantoms to draw [default: 40]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1998))]
    images: Option<u32>,
    /// Run the slow methods as well
    #[arg(long)]
    all_methods: bool,
    /// Exit when all is published, without serving the site
    #[arg(long)]
    no_serve: bool,
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = self.open_benchmark()?;
        let jobs = self.jobs(&benchmark)?;
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        runtime.block_on(async {
            let store = Store::open(&self.dir).await?;
            let entries =
                Entries { seed: SEED, jobs: &jobs, model_masks: self.model_masks(&benchmark)? };
            let results = entries.publish(&store, &benchmark).await?;
            store.close().await;
            let rows: Vec<_> =
                results.iter().map(|(name, result)| (name.as_str(), result)).collect();
            let table = layout::write(&[tables::methods_table(&rows)], Layout::Text);
            tell!("\n{}", table.trim_end());
            if self.no_serve {
                tell!("\nserve the site with `{} serve --dir {}`", program(), self.dir.display());
                return Ok(());
            }
            let options = Options::at(self.listen);
            serve(&Location::Folder(self.dir.clone()), options, |site| {
                self.welcome(site, &benchmark, &jobs);
            })
            .await
        })
    }

    /// Message with the address of the site and commands to try next.
    fn welcome(&self, site: &str, benchmark: &Benchmark, jobs: &[Job]) {
        let (dir, id, folder) = (self.dir.display(), &benchmark.id, benchmark.root().display());
        let scr = program();
        tell!("the site is up; stop it with Ctrl-C, start it again with the same command\n");
        tell!("try next, commands in another terminal:");
        tell!("  results  open {site}/benchmarks/{id}/results");
        if let [first, .., last] = jobs {
            let (first, last) = (first.masks.display(), last.masks.display());
            tell!("  compare  {scr} compare --benchmark {folder} \\\n    {first} \\\n    {last}");
        }
        tell!("  account  open {site}/account/sign-up, then the link in the mail");
        tell!("  mails    are not sent: each is a text file in {dir}/mail");
        tell!("  review   {scr} admin user role YOUR@ADDRESS curator --dir {dir}");
        if !self.all_methods {
            tell!("  more     {scr} demo --all-methods: slow methods as well");
        }
    }

    /// Benchmark of the option, or the phantoms of this folder, which are drawn if missing.
    fn open_benchmark(&self) -> Result<Benchmark> {
        if let Some(folder) = &self.benchmark {
            return Ok(Benchmark::open(folder)?);
        }
        let folder = self.dir.join("benchmarks").join("phantom");
        if !folder.exists() {
            // A folder that is open to others is refused before anything is drawn.
            claim_folder(&self.dir)?;
            let n_images = self.images.unwrap_or(DEFAULT_IMAGES) as usize;
            tell!("drawing {n_images} chest radiographs into {}", folder.display());
            let population = Population::new(n_images, SEED);
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

    /// Folder of all masks of a benchmark.
    fn masks_of(&self, benchmark: &Benchmark) -> Result<PathBuf> {
        let digest = benchmark.digest(benchmark.reference())?;
        let of_benchmark = format!("{}-{}", benchmark.id, &digest["sha256:".len()..][..8]);
        Ok(self.dir.join("masks").join(of_benchmark))
    }

    /// Folder for the masks of the model that ships with the program, which knows phantoms only.
    fn model_masks(&self, benchmark: &Benchmark) -> Result<Option<PathBuf>> {
        match self.benchmark {
            None => Ok(Some(self.masks_of(benchmark)?.join(model::ID))),
            Some(_) => Ok(None),
        }
    }

    /// Methods to run, with the folders of their masks and posteriors.
    fn jobs(&self, benchmark: &Benchmark) -> Result<Vec<Job>> {
        let folder = self.masks_of(benchmark)?;
        let trains = benchmark.protocol != Protocol::EvaluationOnly;
        let is_wanted = |method: &dyn Method| self.all_methods || method.info().is_quick;
        let wanted = METHODS.iter().filter(|method| trains && is_wanted(**method));
        wanted
            .map(|&method| {
                let info = method.info();
                let name = format!("{}-{}", info.id, info.version);
                let parameters = Parameters::new(info, &network_settings(info))?;
                let posteriors =
                    info.has_posterior.then(|| folder.join(format!("{name}-posteriors")));
                Ok(Job { method, parameters, masks: folder.join(name), posteriors })
            })
            .collect()
    }
}

/// Settings with which a network trains within a minute on two cores; none for other methods.
fn network_settings(method: &MethodInfo) -> Vec<(String, String)> {
    let prefix = match method.id {
        "unet" => "",
        "unet-asm" | "voting-today" => "unet_",
        _ => return Vec::new(),
    };
    let small = [("side", "128"), ("steps", "200")];
    small.map(|(key, value)| (format!("{prefix}{key}"), value.to_owned())).to_vec()
}

/// Name of the program as it was called, for commands to copy.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "scr".to_owned())
}
