//! An image to segment, with what is known of it already.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use scr_image::Radiograph;

use crate::{PixelClassifier, Posterior};

/// A radiograph to segment, with the posteriors that were computed for it: methods
/// that start from the same classifier need it classified once.
pub struct Subject<'a> {
    radiograph: Cow<'a, Radiograph>,
    /// By the classifier's fingerprint.
    posteriors: Mutex<Vec<(String, Arc<Posterior>)>>,
}

impl<'a> Subject<'a> {
    /// A radiograph of which nothing is known yet.
    #[must_use]
    pub const fn new(radiograph: &'a Radiograph) -> Self {
        Self { radiograph: Cow::Borrowed(radiograph), posteriors: Mutex::new(Vec::new()) }
    }

    /// The same, owning the radiograph.
    #[must_use]
    pub const fn of(radiograph: Radiograph) -> Subject<'static> {
        Subject { radiograph: Cow::Owned(radiograph), posteriors: Mutex::new(Vec::new()) }
    }

    /// The radiograph.
    #[must_use]
    pub fn radiograph(&self) -> &Radiograph {
        &self.radiograph
    }

    /// A classifier's posterior: computed when it is asked for the first time, then kept.
    #[must_use]
    pub fn posterior(&self, classifier: &PixelClassifier) -> Arc<Posterior> {
        let kept = || self.posteriors.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = classifier.fingerprint();
        if let Some((_, posterior)) = kept().iter().find(|(of, _)| of == fingerprint) {
            return posterior.clone();
        }
        // Unlocked, since a thread that classifies may meanwhile be given another's work.
        let posterior = Arc::new(classifier.posterior(&self.radiograph));
        kept().push((fingerprint.to_owned(), posterior.clone()));
        posterior
    }
}
