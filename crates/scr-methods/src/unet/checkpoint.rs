//! Checkpoints of a training, from which a stopped one goes on.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use scr_data::files;
use scr_unet::TrainingState;

use crate::stored::read;
use crate::{MethodError, ModelFault};

/// Time between two checkpoints.
const INTERVAL: Duration = Duration::from_secs(20);

/// Checkpoint of the training of one network.
pub(super) struct Checkpoint {
    path: PathBuf,
    /// Text that identifies the training.
    plan: String,
    written: Instant,
}

impl Checkpoint {
    /// Checkpoint in the file `path`, which is read only for the same `plan`.
    pub(super) fn new(path: PathBuf, plan: String) -> Self {
        Self { path, plan, written: Instant::now() }
    }

    /// State of an earlier run with the same plan; `None` without one, and for a damaged file.
    pub(super) fn state(&self) -> Option<TrainingState> {
        let bytes = files::read_file(&self.path).ok()?;
        read(&bytes, |(plan, state): (String, TrainingState)| {
            if plan != self.plan {
                return Err(ModelFault::new("plan", "this training's", "another"));
            }
            Ok(state)
        })
        .ok()
    }

    /// Writes a state, not more often than each 20 s.
    pub(super) fn keep(&mut self, state: &TrainingState) -> Result<(), MethodError> {
        if self.written.elapsed() < INTERVAL {
            return Ok(());
        }
        self.write(state)
    }

    /// Writes a state.
    pub(super) fn write(&mut self, state: &TrainingState) -> Result<(), MethodError> {
        let bytes = postcard::to_stdvec(&(&self.plan, state));
        files::write_file(&self.path, &bytes.expect("numbers in memory can always be written"))?;
        self.written = Instant::now();
        Ok(())
    }

    /// Deletes the file.
    pub(super) fn delete(self) {
        // A file that stays costs space alone: its plan is checked.
        let _ = std::fs::remove_file(self.path);
    }
}

#[cfg(test)]
mod tests {
    use scr_unet::{Architecture, Recipe, Sample, Training};

    use super::*;

    #[test]
    fn a_state_is_read_for_its_own_plan_alone() {
        let architecture = Architecture { side: 32, width: 4, n_structures: 1 };
        let samples = [Sample::new(architecture, vec![0.5; 1024], vec![0.0; 1024]).unwrap()];
        let recipe = Recipe {
            n_steps: 3,
            batch: 1,
            learning_rate: 1e-3,
            weight_decay: 0.0,
            warm_up: 0,
            memory: 0.9,
            mirrored: None,
        };
        let mut training = Training::new(architecture, &samples, recipe, 1).unwrap();
        training.step().unwrap();
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("x.training");
        let mut checkpoint = Checkpoint::new(path.clone(), "a".into());
        assert!(checkpoint.state().is_none());
        checkpoint.keep(training.state()).unwrap();
        assert!(checkpoint.state().is_none(), "not yet");
        checkpoint.write(training.state()).unwrap();
        let bytes = |state: &TrainingState| postcard::to_stdvec(state).unwrap();
        assert_eq!(bytes(&checkpoint.state().unwrap()), bytes(training.state()));
        assert!(Checkpoint::new(path.clone(), "b".into()).state().is_none());
        files::write_file(&path, b"cut").unwrap();
        assert!(checkpoint.state().is_none());
        checkpoint.delete();
        assert!(!path.exists());
    }
}
