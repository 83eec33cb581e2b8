//! `scr admin benchmark set` and `show`: the operator's settings of a benchmark.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use scr_documents::{BenchmarkSettings, ImageResults, LadderStep, ModelLimits, Quota, Reference};
use scr_store::{PublishError, Role, Store};
use serde_json::json;

use super::site::{Dir, find_user};
use crate::commands::arguments::Format;
use crate::commands::list::print_list;
use crate::stdout::print;
use crate::tell::tell;

/// Maximal number of decimals of rounded scores.
const MAX_DECIMALS: u8 = 9;

#[derive(Args)]
pub(super) struct Set {
    /// Identifier of the benchmark
    id: String,
    /// Terms that submitters accept, as a text file; an empty file for none
    #[arg(long, value_name = "FILE")]
    terms_file: Option<PathBuf>,
    /// Quota of submissions per account, `20/week`, `3/day` or `10/30d`; failed checks do
    /// not count
    #[arg(long, value_name = "N/PERIOD", value_parser = parse_quota)]
    submissions: Option<Quota>,
    /// Reviewers: `curators` for all, or the addresses of some
    #[arg(long, value_delimiter = ',', value_name = "curators|EMAIL,...")]
    reviewers: Option<Vec<String>>,
    /// Downloads of the files, in place of the setting in the benchmark's file
    #[arg(long, value_enum)]
    downloads: Option<YesOrNo>,
    /// Visibility of the reference; with a hidden one, scores are means, rounded to three
    /// decimals
    #[arg(long, value_enum)]
    reference: Option<ShownOrHidden>,
    /// Visibility of the other observers with a hidden reference
    #[arg(long, value_enum)]
    observers: Option<ShownOrHidden>,
    /// Ladder against a hidden reference: least improvement of a shown score, such as 0.01;
    /// `none` for no ladder
    #[arg(long, value_name = "STEP|none", value_parser = parse_ladder)]
    ladder: Option<Ladder>,
    /// Models in submissions, which workers run confined; forbidden unless set
    #[arg(long, value_enum)]
    models: Option<AllowedOrForbidden>,
    /// Size of a submitted model in MB, 1 to 128; 100 unless set
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(1..=i64::from(ModelLimits::MAX_SIZE_MB)))]
    model_size: Option<u32>,
    /// Time of loading a submitted model and of each image in seconds, 1 to 600; 30 unless set
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=i64::from(ModelLimits::MAX_IMAGE_S)))]
    model_time: Option<u32>,
    /// Memory of a submitted model in MB, 64 to 65536; 2048 unless set
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(i64::from(ModelLimits::MIN_MEMORY_MB)..=i64::from(ModelLimits::MAX_MEMORY_MB)))]
    model_memory: Option<u32>,
    /// Permission of curators to review their own submissions, for a site of one person
    #[arg(long, value_enum)]
    own_reviews: Option<YesOrNo>,
    /// End the benchmark for good: it takes no more submissions, and its ranking uses full
    /// precision
    #[arg(long)]
    end: bool,
    /// Visibility of the values of every image, hidden with a hidden reference; a number
    /// rounds all scores to that many decimals
    #[arg(long, value_name = "public|hidden|DECIMALS", value_parser = parse_image_results)]
    images_results: Option<ImageResults>,
    #[command(flatten)]
    dir: Dir,
}

#[derive(Args)]
pub(super) struct Show {
    /// Identifier of the benchmark
    id: String,
    #[command(flatten)]
    dir: Dir,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Argument of `--ladder`: a step, or none.
#[derive(Clone, Copy)]
struct Ladder(Option<LadderStep>);

#[derive(Clone, Copy, ValueEnum)]
enum YesOrNo {
    Yes,
    No,
}

#[derive(Clone, Copy, ValueEnum)]
enum AllowedOrForbidden {
    Allowed,
    Forbidden,
}

#[derive(Clone, Copy, ValueEnum)]
enum ShownOrHidden {
    Shown,
    Hidden,
}

impl Set {
    pub(super) fn run(self) -> Result<()> {
        self.dir.with_store(async |store| {
            let mut settings = settings_of(&store, &self.id).await?;
            self.change(&store, &mut settings).await?;
            store.settings().set(&self.id, &settings).await?;
            tell!("settings of benchmark `{}` changed", self.id);
            Ok(())
        })
    }

    async fn change(&self, store: &Store, settings: &mut BenchmarkSettings) -> Result<()> {
        if let Some(path) = &self.terms_file {
            let text = std::fs::read_to_string(path);
            let text = text.with_context(|| format!("cannot read {}", path.display()))?;
            text.trim().clone_into(&mut settings.terms);
        }
        if let Some(reviewers) = &self.reviewers {
            settings.reviewers = checked_reviewers(store, reviewers).await?;
        }
        if let Some(downloads) = self.downloads {
            settings.downloads = Some(matches!(downloads, YesOrNo::Yes).into());
        }
        if let Some(reference) = self.reference {
            settings.reference = match reference {
                ShownOrHidden::Shown => Reference::Shown,
                ShownOrHidden::Hidden => Reference::Hidden,
            };
        }
        if let Some(own_reviews) = self.own_reviews {
            settings.own_reviews = matches!(own_reviews, YesOrNo::Yes);
        }
        if let Some(observers) = self.observers {
            settings.show_observers = matches!(observers, ShownOrHidden::Shown);
        }
        if let Some(Ladder(step)) = self.ladder {
            settings.ladder = step;
        }
        settings.models = self.models(settings.models)?;
        if self.end {
            let now = format!("{:.3}", jiff::Timestamp::now());
            settings.ended_at.get_or_insert(now);
        }
        settings.submissions = self.submissions.unwrap_or(settings.submissions);
        settings.image_results = self.images_results.or(settings.image_results);
        if settings.ladder.is_some() && !settings.hides_reference() {
            bail!(
                "--ladder: expected a hidden reference, found a shown one, against which \
                 everybody can score: add --reference hidden, or --ladder none"
            );
        }
        if settings.hides_reference() && self.images_results == Some(ImageResults::Public) {
            bail!(
                "--images-results: expected hidden or a number of decimals, found public: every \
                 image's values would give the hidden reference away"
            );
        }
        Ok(())
    }
}

impl Set {
    /// Limits of models after the change; none where they are forbidden.
    fn models(&self, before: Option<ModelLimits>) -> Result<Option<ModelLimits>> {
        let mut models = match self.models {
            Some(AllowedOrForbidden::Allowed) => Some(before.unwrap_or_default()),
            Some(AllowedOrForbidden::Forbidden) => None,
            None => before,
        };
        let changes = [self.model_size, self.model_time, self.model_memory];
        match &mut models {
            Some(limits) => {
                limits.size_mb = self.model_size.unwrap_or(limits.size_mb);
                limits.image_s = self.model_time.unwrap_or(limits.image_s);
                limits.memory_mb = self.model_memory.unwrap_or(limits.memory_mb);
            }
            None if changes.iter().any(Option::is_some) => bail!(
                "--model-size, --model-time, --model-memory: expected a benchmark that takes \
                 models, found one that does not: add --models allowed"
            ),
            None => {}
        }
        Ok(models)
    }
}

impl Show {
    pub(super) fn run(self) -> Result<()> {
        self.dir.with_store(async |store| {
            let settings = settings_of(&store, &self.id).await?;
            if self.format == Format::Json {
                return print(None, &(serde_json::to_string_pretty(&settings)? + "\n"));
            }
            let Quota { count, days } = settings.submissions;
            let reviewers = match settings.reviewers.as_slice() {
                [] => "curators".to_owned(),
                some => some.join(", "),
            };
            let rows = [
                ("terms", if settings.terms.is_empty() { "-" } else { &settings.terms }.to_owned()),
                ("submissions", format!("{count} in {days} days")),
                ("reviewers", reviewers),
                (
                    "downloads",
                    settings
                        .downloads
                        .map_or("as its file says", |may| yes_or_no(may.is_allowed()))
                        .to_owned(),
                ),
                ("reference", word(&settings.reference)?),
                ("observers", observers(&settings).to_owned()),
                ("models", models(&settings)),
                ("own reviews", yes_or_no(settings.own_reviews).to_owned()),
                ("ladder", ladder(&settings)),
                ("ended", settings.ended_at.clone().unwrap_or_else(|| "-".to_owned())),
                ("images shown", yes_or_no(settings.shows_images()).to_owned()),
                ("decimals", settings.decimals().map_or("all".to_owned(), |n| n.to_string())),
            ];
            let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
            print_list(Format::Table, &["setting", "value"], rows.to_vec(), &settings)
        })
    }
}

fn models(settings: &BenchmarkSettings) -> String {
    settings.models.map_or("forbidden".to_owned(), |limits| {
        let ModelLimits { size_mb, image_s, memory_mb } = limits;
        format!("allowed: {size_mb} MB, {image_s} s an image, {memory_mb} MB of memory")
    })
}

fn ladder(settings: &BenchmarkSettings) -> String {
    settings.ladder().map_or("-".to_owned(), |step| format!("a step of {}", f64::from(step)))
}

const fn observers(settings: &BenchmarkSettings) -> &'static str {
    if settings.hides_reference() && !settings.show_observers { "hidden" } else { "shown" }
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn word(value: &impl serde::Serialize) -> Result<String> {
    Ok(json!(value).as_str().context("a setting is one word")?.to_owned())
}

async fn settings_of(store: &Store, id: &str) -> Result<BenchmarkSettings> {
    if store.benchmarks().get(id).await?.is_none() {
        return Err(PublishError::UnknownBenchmark { id: id.to_owned() }.into());
    }
    Ok(store.settings().get(id).await?)
}

/// Checks the addresses of reviewers; empty for all curators.
async fn checked_reviewers(store: &Store, reviewers: &[String]) -> Result<Vec<String>> {
    if let [all] = reviewers
        && all == "curators"
    {
        return Ok(Vec::new());
    }
    let mut checked = Vec::new();
    for email in reviewers {
        let user = find_user(store, email).await?;
        if user.role < Role::Curator {
            bail!("{} is a {}, expected a curator or operator", user.email, user.role);
        }
        checked.push(user.email);
    }
    Ok(checked)
}

/// Parses a quota: `20/week`, `3/day` or `10/30d`.
fn parse_quota(text: &str) -> Result<Quota, String> {
    let quota = || {
        let (count, period) = text.split_once('/')?;
        let days = match period {
            "day" => 1,
            "week" => 7,
            "month" => 30,
            other => u32::from_str(other.strip_suffix('d')?).ok()?,
        };
        Some(Quota { count: count.parse().ok()?, days }).filter(|quota| quota.days > 0)
    };
    quota().ok_or_else(|| "expected a number and a period, such as 20/week or 10/30d".to_owned())
}

/// Parses a ladder: `0.01`, or `none`.
fn parse_ladder(text: &str) -> Result<Ladder, String> {
    if text == "none" {
        return Ok(Ladder(None));
    }
    let step = text.parse::<f64>().map_err(|_| "expected a number such as 0.01, or none")?;
    LadderStep::try_from(step).map(|step| Ladder(Some(step)))
}

fn parse_image_results(text: &str) -> Result<ImageResults, String> {
    match (text, text.parse()) {
        ("public", _) => Ok(ImageResults::Public),
        ("hidden", _) => Ok(ImageResults::Hidden),
        (_, Ok(decimals)) if decimals <= MAX_DECIMALS => Ok(ImageResults::Decimals(decimals)),
        _ => Err(format!("expected public, hidden or 0 to {MAX_DECIMALS} decimals")),
    }
}
