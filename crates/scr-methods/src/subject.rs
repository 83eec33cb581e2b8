//! Images to segment, with their posteriors.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use scr_image::Radiograph;

use crate::{PixelClassifier, Posterior};

/// Radiograph to segment, with a cache of its posteriors: methods that start from the same
/// classifier classify it once.
pub struct Subject<'a> {
    radiograph: Cow<'a, Radiograph>,
    /// By fingerprint of the classifier.
    posteriors: Mutex<Vec<(String, Arc<Posterior>)>>,
}

impl<'a> Subject<'a> {
    /// Subject that borrows the radiograph.
    #[must_use]
    pub const fn new(radiograph: &'a Radiograph) -> Self {
        Self { radiograph: Cow::Borrowed(radiograph), posteriors: Mutex::new(Vec::new()) }
    }

    /// Subject that owns the radiograph.
    #[must_use]
    pub const fn of(radiograph: Radiograph) -> Subject<'static> {
        Subject { radiograph: Cow::Owned(radiograph), posteriors: Mutex::new(Vec::new()) }
    }

    /// Radiograph to segment.
    #[must_use]
    pub fn radiograph(&self) -> &Radiograph {
        &self.radiograph
    }

    /// Posterior of a classifier, computed on the first call.
    #[must_use]
    pub fn posterior(&self, classifier: &PixelClassifier) -> Arc<Posterior> {
        let kept = || self.posteriors.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = classifier.fingerprint();
        if let Some((_, posterior)) = kept().iter().find(|(of, _)| of == fingerprint) {
            return posterior.clone();
        }
        // Unlocked: a thread that classifies may run tasks that need this lock.
        let posterior = Arc::new(classifier.posterior(&self.radiograph));
        kept().push((fingerprint.to_owned(), posterior.clone()));
        posterior
    }
}
