//! The process of a model.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, channel};

use scr_data::DataError;

use super::confinement::Confinement;
use super::frame;
use super::limits::Limits;
use super::message::{Reply, Request};
use super::program::Runtime;
use crate::onnx_runtime::Library;
use crate::{InProcess, ModelError, Network};

/// Serves one model: reads requests and writes answers. The process ends with the stream of
/// requests, also in the middle of a run, so that it does not outlive a parent that was killed.
///
/// # Errors
/// An error of the streams.
pub fn serve_runner(from: impl Read + Send + 'static, mut to: impl Write) -> io::Result<()> {
    let requests = requests(from)?;
    let Ok(first) = requests.recv() else { return Ok(()) };
    let Request::Load { model, output, limits, runtime } = first? else {
        return Err(io::Error::other("a model comes first"));
    };
    // The library of a runtime is trusted, and read while files can be opened.
    let library = match &runtime {
        Runtime::Rten => Ok(None),
        Runtime::OnnxRuntime { library } => Library::open(library).map(Some),
    };
    // Before a byte of the model is parsed: memory, time, files.
    let mut confinement = Confinement::limit(&limits);
    let loaded = library.and_then(|library| load(library, model, output.as_deref(), &limits));
    // Parts of the runtime use the pools of the process; all threads run from here on.
    rten::thread_pool().run(|| rayon::broadcast(|_| ()));
    rayon::broadcast(|_| ());
    confinement.filter_system_calls();
    let mut network = match loaded {
        Ok(network) => network,
        Err(error) => return frame::write(&mut to, &refusal(error)),
    };
    let description = network.description().clone();
    let runtime = network.runtime();
    frame::write(&mut to, &Reply::Loaded { description, confinement, runtime })?;
    for request in requests {
        let Request::Run(input) = request? else {
            return Err(io::Error::other("one model a process"));
        };
        let reply = match network.run(input) {
            Ok(output) => Reply::Output(output),
            Err(error) => Reply::RunFailed(match error {
                ModelError::Run(text) => text,
                other => other.to_string(),
            }),
        };
        frame::write(&mut to, &reply)?;
    }
    Ok(())
}

/// Loads the model into the library, or into the built-in runtime.
fn load(
    library: Option<Library>,
    model: Vec<u8>,
    output: Option<&str>,
    limits: &Limits,
) -> Result<Box<dyn Network>, ModelError> {
    let (place, n_threads) = ("the model", limits.n_threads);
    Ok(match library {
        None => Box::new(InProcess::load(place, model, output, n_threads)?),
        Some(library) => Box::new(library.load(place, &model, output, n_threads)?),
    })
}

/// Requests of a stream, which a thread reads: it alone sees the end of the stream during a run.
fn requests(mut from: impl Read + Send + 'static) -> io::Result<Receiver<io::Result<Request>>> {
    let (send, requests) = channel();
    let read = move || {
        while let Some(request) = frame::read(&mut from, u64::MAX).transpose() {
            let is_last = request.is_err();
            if send.send(request).is_err() || is_last {
                return;
            }
        }
        std::process::exit(0);
    };
    std::thread::Builder::new().spawn(read)?;
    Ok(requests)
}

fn refusal(error: ModelError) -> Reply {
    match error {
        ModelError::Refused(DataError::Problems(problems)) => {
            let text = |problem: &scr_data::Problem| {
                let scr_data::Problem { place, expected, found, hint } = problem.clone();
                [place, expected, found, hint]
            };
            Reply::Refused(problems.list().iter().map(text).collect())
        }
        ModelError::Load(text) => Reply::LoadFailed(text),
        other => Reply::LoadFailed(other.to_string()),
    }
}
