//! The parent of a model's process.

use std::io::{BufReader, Read};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use scr_data::{DataError, Problem, Problems};

use super::confinement::Confinement;
use super::frame;
use super::limits::{Limits, RUNNER_COMMAND};
use super::message::{Reply, Request};
use super::program::RunnerProgram;
use crate::{ModelDescription, ModelError, Network, Tensor};

/// Largest answer of the process in bytes: a tensor of floats.
const MAX_REPLY_BYTES: u64 = 4 * Tensor::MAX_VALUES as u64 + (1 << 20);
/// Number of bytes of the process's error output that are kept.
const MAX_ERROR_BYTES: u64 = 2000;

/// Model in a process of its own.
#[derive(Debug)]
pub struct Runner {
    child: Child,
    stdin: Option<ChildStdin>,
    replies: Receiver<std::io::Result<Option<Reply>>>,
    error_output: Receiver<String>,
    limits: Limits,
    description: ModelDescription,
    confinement: Confinement,
    runtime: String,
}

impl Runner {
    /// Starts `program`, which serves [`RUNNER_COMMAND`], and loads a model in it. `place` names the
    /// model in problems; `output` is the name of its output, needed where it has several.
    ///
    /// # Errors
    /// [`ModelError`] where the model is larger than its limit, is refused or cannot be loaded, or
    /// its process ends.
    pub fn start(
        program: &RunnerProgram,
        place: &str,
        model: Vec<u8>,
        output: Option<&str>,
        limits: Limits,
    ) -> Result<Self, ModelError> {
        if model.len() as u64 > limits.file_bytes {
            let expected = format!("a model of at most {} bytes", limits.file_bytes);
            let found = format!("{} bytes", model.len());
            let problem = Problem::new(place, expected, found, "");
            return Err(refused(problem).into());
        }
        let mut child = Command::new(&program.path)
            .arg(RUNNER_COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (send, replies) = channel();
        std::thread::spawn(move || {
            let Some(stdout) = stdout else { return };
            let mut stdout = BufReader::new(stdout);
            loop {
                let reply = frame::read(&mut stdout, MAX_REPLY_BYTES);
                let is_last = !matches!(reply, Ok(Some(_)));
                if send.send(reply).is_err() || is_last {
                    return;
                }
            }
        });
        let (send, error_output) = channel();
        std::thread::spawn(move || {
            let Some(mut stderr) = stderr else { return };
            let mut kept = Vec::new();
            // What is beyond the limit is read too: a full pipe would stop the process.
            let _ = stderr.by_ref().take(MAX_ERROR_BYTES).read_to_end(&mut kept);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            let _ = send.send(String::from_utf8_lossy(&kept).into_owned());
        });
        let mut runner = Self {
            child,
            stdin,
            replies,
            error_output,
            limits,
            description: ModelDescription::empty(),
            confinement: Confinement::default(),
            runtime: String::new(),
        };
        let runtime = program.runtime.clone();
        let output = output.map(ToOwned::to_owned);
        match runner.ask("loading", &Request::Load { model, output, limits, runtime })? {
            Reply::Loaded { description, confinement, runtime } => {
                runner.description = description;
                runner.runtime = runtime;
                runner.confinement = confinement;
                Ok(runner)
            }
            Reply::Refused(problems) => {
                let mut list = Problems::default();
                for [_, expected, found, hint] in problems {
                    list.push(Problem::new(place, expected, found, hint));
                }
                Err(list.or(()).err().map_or_else(
                    || ModelError::Load("refused without a reason".into()),
                    ModelError::from,
                ))
            }
            Reply::LoadFailed(text) => Err(ModelError::Load(text)),
            Reply::Output(_) | Reply::RunFailed(_) => Err(unexpected()),
        }
    }

    /// Sends a request and waits for its answer, at most as long as an image may take.
    fn ask(&mut self, what: &'static str, request: &Request) -> Result<Reply, ModelError> {
        let Some(stdin) = self.stdin.as_mut() else {
            return Err(ModelError::Died("it was stopped before".into()));
        };
        // A process that does not read its input is stopped by the clock too: sending is a
        // thread's work, so that this one keeps the time.
        let limit = Duration::from_secs(self.limits.image_s);
        let received = std::thread::scope(|scope| {
            let sending = scope.spawn(move || frame::write(stdin, request));
            let received = self.replies.recv_timeout(limit);
            if !matches!(received, Ok(Ok(Some(_)))) {
                let _ = self.child.kill();
            }
            let _ = sending.join();
            received
        });
        match received {
            Ok(Ok(Some(reply))) => Ok(reply),
            Err(RecvTimeoutError::Timeout) => {
                self.stop();
                Err(ModelError::TooSlow { what, limit_s: self.limits.image_s })
            }
            Ok(Ok(None)) | Err(RecvTimeoutError::Disconnected) => Err(self.death()),
            Ok(Err(error)) => {
                self.stop();
                Err(ModelError::Died(format!("its answer cannot be read: {error}")))
            }
        }
    }

    /// Stops the process and waits for its end.
    fn stop(&mut self) -> Option<ExitStatus> {
        self.stdin = None;
        let _ = self.child.kill();
        self.child.wait().ok()
    }

    /// Words for the end of the process.
    fn death(&mut self) -> ModelError {
        let status = self.stop().map_or("without a status".into(), |status| status.to_string());
        let said = self.error_output.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        let memory = self.limits.memory_bytes >> 20;
        let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
        ModelError::Died(if said.is_empty() {
            format!("{status}; its limit of memory is {memory} MiB")
        } else {
            format!("{status}; it said: {said}; its limit of memory is {memory} MiB")
        })
    }
}

impl Network for Runner {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError> {
        match self.ask("an image", &Request::Run(input))? {
            Reply::Output(output) if output.is_consistent() => Ok(output),
            Reply::RunFailed(text) => Err(ModelError::Run(text)),
            _ => Err(unexpected()),
        }
    }

    fn peak_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    }

    fn runtime(&self) -> String {
        self.runtime.clone()
    }

    fn confinement(&self) -> String {
        self.confinement.text()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop();
    }
}

fn refused(problem: Problem) -> DataError {
    let mut problems = Problems::default();
    problems.push(problem);
    problems.or(()).expect_err("a problem")
}

fn unexpected() -> ModelError {
    ModelError::Died("an answer that was not asked for".into())
}
