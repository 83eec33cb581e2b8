//! `scr view`: shows a benchmark and masks in the result browser, from their own files.
//!
//! Pages are up before anything is scored: masks are shown first, scores follow. When files
//! change, the view is made anew and open pages load again.

mod pair;

use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_data::{Benchmark, DataError, MaskSet, Problems, Stamp};
use scr_documents::{CardDocument, EntryRole, ResultDocument};
use scr_eval::Settings;
use scr_measures::Measure;
use scr_store::{Store, ViewedMasks};
use scr_web::{LocalView, Peers};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use self::pair::Pair;
use super::arguments::MaskLayout;
use super::sets::{open_masks, set_names};
use super::shutdown::{SHUTDOWN_GRACE, stop_signal};
use crate::stdout::print;
use crate::tell::tell;

/// Shortest time between two looks at the files.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// Share of the time that looks at the files may take: one in so many.
const LOOKS_SHARE: u32 = 20;

#[derive(Args)]
pub(crate) struct View {
    /// Folder of a benchmark, or a radiograph
    #[arg(value_name = "BENCHMARK|IMAGE")]
    target: PathBuf,
    /// Sets of masks, which may be partial: folders or zips, or any layout that `scr init` reads; of a radiograph mask files, the first
    /// of which is the reference
    masks: Vec<PathBuf>,
    #[command(flatten)]
    layout: MaskLayout,
    /// Address to listen at, without opening a browser [default: a free port of this machine]
    #[arg(long)]
    listen: Option<SocketAddr>,
}

impl View {
    pub(crate) fn run(self) -> Result<()> {
        let temp = TempDir::new().context("cannot make a temporary folder")?;
        let watched = [&self.target].into_iter().chain(&self.masks).cloned().collect();
        let viewed = if self.target.is_file() {
            if self.masks.is_empty() {
                bail!("expected a mask beside the radiograph {}", self.target.display());
            }
            let pair = Pair::write(temp.path(), &self.target, &self.masks)?;
            Viewed { benchmark: pair.benchmark, sets: pair.sets, layout: self.layout, watched }
        } else {
            Viewed { benchmark: self.target, sets: self.masks, layout: self.layout, watched }
        };
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let done = runtime.block_on(serve(viewed, self.listen, temp.path()));
        runtime.shutdown_timeout(SHUTDOWN_GRACE);
        done
    }
}

/// Files to show.
struct Viewed {
    benchmark: PathBuf,
    sets: Vec<PathBuf>,
    layout: MaskLayout,
    /// Files and folders whose changes count.
    watched: Vec<PathBuf>,
}

/// Benchmark and sets of masks, opened.
#[derive(Clone)]
struct OpenFiles {
    benchmark: Arc<Benchmark>,
    sets: Vec<ViewedMasks>,
}

async fn serve(viewed: Viewed, listen: Option<SocketAddr>, temp: &Path) -> Result<()> {
    let viewed = Arc::new(viewed);
    let (view, mut shelf) = (LocalView::default(), Shelf::new(temp));
    let mut stamp = viewed.stamp().await?;
    let mut opened = viewed.open().await?;
    let listen_at = listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let listener = TcpListener::bind(listen_at).await.with_context(|| {
        format!("cannot listen on {listen_at}; choose another address with --listen")
    })?;
    let address = listener.local_addr().context("the listener has no address")?;
    let address = format!("http://{address}/");
    view.say("reading the masks");
    let server =
        tokio::spawn(scr_web::serve(listener, view.router(), None, Peers::Clients, stop_signal()));
    shelf.show(&view, &opened).await?;
    print(None, &address)?;
    print(None, "\n")?;
    tell!("showing {}; stop with Ctrl-C", viewed.watched[0].display());
    if listen.is_none() {
        open_browser(&address);
    }
    let follow = async {
        loop {
            opened.score(&view, &mut shelf).await?;
            let (found, changed) = viewed.next(stamp, &view).await?;
            (opened, stamp) = (found, changed);
            shelf.show(&view, &opened).await?;
        }
    };
    tokio::select! {
        ended = server => ended.context("the server failed"),
        failed = follow => failed,
    }
}

impl Viewed {
    async fn stamp(self: &Arc<Self>) -> Result<Stamp> {
        let viewed = Arc::clone(self);
        Ok(spawn_blocking(move || Stamp::of(&viewed.watched)).await?)
    }

    async fn open(self: &Arc<Self>) -> Result<OpenFiles> {
        let viewed = Arc::clone(self);
        Ok(spawn_blocking(move || viewed.open_now()).await??)
    }

    /// Opens benchmark and sets. Collects the problems of all.
    fn open_now(&self) -> Result<OpenFiles, DataError> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        let mut problems = Problems::default();
        let mut masks = Vec::new();
        for path in &self.sets {
            let set = open_masks(path, &benchmark, &self.layout, MaskSet::open_partial);
            masks.extend(problems.gather(set)?);
        }
        problems.or(())?;
        let names = set_names(&self.sets, masks.iter().map(Some))?;
        let set = |(name, masks): (String, MaskSet)| ViewedMasks {
            role: EntryRole::Method,
            card: CardDocument {
                name,
                description: masks.notices().join("; "),
                ..CardDocument::default()
            },
            masks,
            result: None,
        };
        let mut sets: Vec<ViewedMasks> = names.into_iter().zip(masks).map(set).collect();
        // Further observers have scores as well, where their masks are a set.
        for observer in &benchmark.observers[1..] {
            if let Ok(masks) = MaskSet::open(&benchmark.masks_folder(observer), &benchmark) {
                let card = CardDocument { name: observer.name.clone(), ..CardDocument::default() };
                sets.push(ViewedMasks { role: EntryRole::Observer, card, masks, result: None });
            }
        }
        Ok(OpenFiles { benchmark: Arc::new(benchmark), sets })
    }

    /// The files after their next change, once they rest and can be opened. Says meanwhile why
    /// they cannot.
    async fn next(
        self: &Arc<Self>,
        mut shown: Stamp,
        view: &LocalView,
    ) -> Result<(OpenFiles, Stamp)> {
        let mut last = shown;
        loop {
            let start = Instant::now();
            let now = self.stamp().await?;
            let took = start.elapsed();
            if now != shown && now == last {
                match self.open().await {
                    Ok(opened) => {
                        view.say("");
                        return Ok((opened, now));
                    }
                    Err(error) => {
                        tell!("{error}");
                        view.say(format!("the files have changed, and cannot be shown: {error}"));
                        shown = now;
                    }
                }
            }
            last = now;
            tokio::time::sleep(BETWEEN_LOOKS.max(took * LOOKS_SHARE)).await;
        }
    }
}

impl OpenFiles {
    /// Scores all sets, and shows the scores. A set that cannot be scored is shown without.
    async fn score(&mut self, view: &LocalView, shelf: &mut Shelf<'_>) -> Result<()> {
        let mut problems = Vec::new();
        for index in 0..self.sets.len() {
            let (benchmark, set) = (Arc::clone(&self.benchmark), self.sets[index].clone());
            let progress = view.clone();
            let scored = spawn_blocking(move || score(&benchmark, &set, &progress)).await?;
            match scored {
                Ok(result) => self.sets[index].result = result,
                Err(error) => problems.push(format!("{}: {error}", self.sets[index].card.name)),
            }
        }
        for problem in &problems {
            tell!("not scored: {problem}");
        }
        view.say(problems.first().map_or_else(String::new, |first| format!("not scored: {first}")));
        if self.sets.iter().any(|set| set.result.is_some()) {
            shelf.show(view, self).await?;
        }
        Ok(())
    }
}

/// Scores the complete images of a set; none without such an image.
fn score(
    benchmark: &Benchmark,
    set: &ViewedMasks,
    view: &LocalView,
) -> Result<Option<ResultDocument>, DataError> {
    let Some(masks) = set.masks.complete_images() else { return Ok(None) };
    let settings = Settings {
        observer: benchmark.reference().id.clone(),
        measures: Measure::DEFAULT.to_vec(),
        ..Settings::default()
    };
    let (done, total) = (AtomicUsize::new(0), masks.images().len());
    let evaluation = scr_eval::evaluate(benchmark, &masks, &settings, &|| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        view.say(format!("scoring {}: {done} of {total} images", set.card.name));
    })?;
    Ok(Some(scr_report::result_document(&evaluation, true)))
}

/// Databases of what is shown now and of what was shown before, which requests may still read.
struct Shelf<'a> {
    temp: &'a Path,
    kept: [Option<(TempDir, Store)>; 2],
}

impl<'a> Shelf<'a> {
    const fn new(temp: &'a Path) -> Self {
        Self { temp, kept: [None, None] }
    }

    async fn show(&mut self, view: &LocalView, opened: &OpenFiles) -> Result<()> {
        let folder = TempDir::new_in(self.temp).context("cannot make a temporary folder")?;
        let sets = opened.sets.clone();
        let (store, ids) = Store::of_folders(folder.path(), &opened.benchmark, sets).await?;
        let of_masks = opened.sets.iter().zip(ids);
        let of_masks = of_masks.filter(|(set, _)| set.role == EntryRole::Method);
        let ids: Vec<String> = of_masks.map(|(_, id)| id).collect();
        view.show(&store.public(), &opened.benchmark.id, &ids);
        if let Some((_, oldest)) = self.kept[0].take() {
            oldest.close().await;
        }
        self.kept.swap(0, 1);
        self.kept[1] = Some((folder, store));
        Ok(())
    }
}

/// Opens an address in the browser, where a person is at a display.
fn open_browser(address: &str) {
    let has_display = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if !std::io::stdout().is_terminal() || !has_display {
        return;
    }
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let opened = Command::new(program)
        .args(arguments)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if opened.is_err() {
        tell!("open {address} in a browser");
    }
}
