//! The subcommands of `scr`, one file each.

mod admin;
mod arguments;
mod backup;
mod bucket_masks;
mod check;
mod compare;
mod completions;
mod convert;
mod demo;
mod evaluate;
mod evaluation_checkpoint;
mod export;
mod fetch;
mod gc;
mod import;
mod init;
mod list;
mod mail;
mod man;
mod measures;
mod merge;
mod methods;
mod model;
mod model_arguments;
mod model_export;
mod move_site;
mod phantom;
mod place;
mod report;
mod run;
mod run_onnx;
mod scoring;
mod segment;
mod segment_onnx;
mod serve;
mod sets;
mod shutdown;
mod submission_zip;
mod submit;
mod submit_model;
mod train;
mod tune;
mod verify;
mod view;
mod worker;
mod written;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

use crate::logging::LogOptions;

/// Segmentation in chest radiographs: evaluate, compare and host a benchmark.
#[derive(Parser)]
#[command(name = "scr", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A subcommand.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Draw phantoms, run the methods, score, publish and serve a site: everything at once
    Demo(demo::Demo),
    /// Draw chest radiographs with known anatomy
    Phantom(phantom::Phantom),
    /// Make a benchmark of your own radiographs and masks, in any layout
    ///
    /// Recognises folders, suffixes, label maps, nnU-Net, COCO, V7 Darwin, LabelMe, CVAT, VGG Image
    /// Annotator, YOLO, Pascal VOC colours and run lengths in CSV tables. Lists everything that is
    /// wrong or in doubt before it writes anything.
    Init(init::Init),
    /// Convert masks in any layout into a set of masks of a benchmark
    ///
    /// Reads the layouts of `scr init`; masks are matched to the benchmark's images by name.
    /// `evaluate`, `compare`, `report`, `check` and `view` read them as they are; a site takes
    /// sets of masks.
    Convert(convert::Convert),
    /// Turn an original database into a benchmark folder
    Import(import::Import),
    /// List all problems of a benchmark, or of a set of masks without scoring it
    Check(check::Check),
    /// Score a set of masks against a benchmark
    Evaluate(evaluate::Evaluate),
    /// Merge the shards of an evaluation into the result of one run
    Merge(merge::Merge),
    /// Compare sets of masks pair by pair: which differences are more than chance
    Compare(compare::Compare),
    /// Write an HTML file with tables, plots and typical images
    Report(report::Report),
    /// Show a benchmark and masks in a browser, from your own files
    ///
    /// The image browser and the tables of a site, without a site: no import and no account.
    /// Masks are shown at once, and scores follow; pages load again when files change.
    /// `scr view IMAGE MASK [MASK ...]` shows one radiograph. Only this machine can open the
    /// pages, unless --listen says otherwise.
    View(view::View),
    /// Explain the measures: definition, unit, variants, equivalents in other packages
    Measures(measures::Measures),
    /// List the segmentation methods with parameters and sources
    Methods(methods::Methods),
    /// Check ONNX models with their cards, and export trained networks as ONNX
    Model(model::Model),
    /// Train a method on a fold or the training set of a benchmark
    Train(train::Train),
    /// Choose a method's parameters by cross-validation inside the training images, or by the
    /// validation set
    ///
    /// A coordinate search, not a grid: from the defaults on, the values of one parameter are
    /// tried while the others keep their best values. Rounds over all parameters repeat until
    /// one changes nothing, five at most.
    Tune(tune::Tune),
    /// Segment images with a trained model, or with an ONNX model
    Segment(segment::Segment),
    /// Run methods over a benchmark as its protocol says: train on fold 1 and segment fold 2,
    /// and the reverse; or k-fold; or train on the training set and segment the test set
    ///
    /// `scr run onnx --model MODEL.onnx` segments with a model of any framework.
    Run(run::Run),
    /// Download a benchmark from a site, to score masks locally
    Fetch(fetch::Fetch),
    /// Submit masks to a site, which checks and scores them
    Submit(submit::Submit),
    /// List your submissions, or show one with its scores, or confirm it
    Status(submit::Status),
    /// List the submissions that await your review, or publish or return one
    Review(submit::Review),
    /// Check and score submissions of a site, beside the serving process
    Worker(worker::WorkerCommand),
    /// Administer a site: benchmarks, entries, accounts, tokens, jobs
    Admin(admin::Admin),
    /// Back up a site into a folder, also while it is served
    ///
    /// Copies the database, the files of all entries, uploads and benchmarks; nothing else of
    /// the data folder. A backup is complete or absent. It holds hashes of passwords: protect
    /// it like the site.
    Backup(backup::Backup),
    /// Restore a site from a backup
    Restore(backup::Restore),
    /// Move a site from a data folder to a database and a bucket, or back
    ///
    /// The copy is the site at one moment: stop servers and workers first, or changes made
    /// meanwhile stay behind. Files that are there already are not copied again, so that the same
    /// command goes on after an interruption. The record of the copy is verified
    /// before it becomes a site; the old place stays as it is.
    Move(move_site::Move),
    /// List files of a site to which nothing refers, or delete them
    ///
    /// Such files are left by publications and uploads that were interrupted, and by radiographs
    /// that were exchanged. Files that are younger than the grace period stay, and so do those of
    /// publications and uploads under way. The folders of benchmarks in a data folder are left as
    /// they are. Run it when all servers and workers are of this version.
    Gc(gc::GarbageCollection),
    /// Export the public site as static files for any web server
    ///
    /// A read-only copy of all public pages, with the viewer. It works at any address; its
    /// front page is OUT/index.html.
    Export(export::Export),
    /// Verify the record of a site: data folder, export or address
    ///
    /// Recomputes the hash chain of the record, the digest of every file, every summary from
    /// the values of its images and, with --scores, every score from masks and reference.
    /// Lists every mismatch.
    Verify(verify::Verify),
    /// Serve the site of a data folder
    Serve(serve::Serve),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Write manual pages
    Man(man::ManPages),
    /// Serve one model to the parent process: standard input to standard output
    #[command(name = scr_onnx::RUNNER_COMMAND, hide = true)]
    ModelRunner,
}

impl Command {
    /// Options of the log of a long-running command; none for all others.
    pub(crate) const fn log_options(&self) -> Option<&LogOptions> {
        match self {
            Self::Serve(command) => Some(command.log_options()),
            Self::Worker(command) => Some(command.log_options()),
            _ => None,
        }
    }

    /// Umask of the command; none where the caller's umask applies.
    ///
    /// Only their owner can read a data folder and its backups. Everybody can read an
    /// export, since a web server reads it as another user.
    pub(crate) const fn umask(&self) -> Option<u32> {
        match self {
            Self::Demo(_)
            | Self::View(_)
            | Self::Worker(_)
            | Self::Admin(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Move(_)
            | Self::Gc(_)
            | Self::Verify(_)
            | Self::Serve(_) => Some(0o077),
            Self::Export(_) => Some(0o022),
            _ => None,
        }
    }

    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Phantom(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Convert(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Evaluate(command) => command.run(),
            Self::Compare(command) => command.run(),
            Self::Report(command) => command.run(),
            Self::View(command) => command.run(),
            Self::Measures(command) => command.run(),
            Self::Merge(command) => command.run(),
            Self::Methods(command) => command.run(),
            Self::Model(command) => command.run(),
            Self::Train(command) => command.run(),
            Self::Tune(command) => command.run(),
            Self::Segment(command) => command.run(),
            Self::Run(command) => command.run(),
            Self::Fetch(command) => command.run(),
            Self::Submit(command) => command.run(),
            Self::Status(command) => command.run(),
            Self::Review(command) => command.run(),
            Self::Worker(command) => command.run(),
            Self::Admin(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Restore(command) => command.run(),
            Self::Move(command) => command.run(),
            Self::Gc(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Completions(command) => command.run(Cli::command()),
            Self::Man(command) => command.run(Cli::command()),
            Self::ModelRunner => Ok(scr_onnx::serve_runner(std::io::stdin(), std::io::stdout())?),
        }
    }
}
