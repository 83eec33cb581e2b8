//! An image to segment, with what is known of it already.

use std::borrow::Cow;

use scr_image::Radiograph;

use crate::{PixelClassifier, Posterior};

/// A radiograph to segment, with the posteriors that were computed for it: methods
/// that start from the same classifier need it classified once.
pub struct Subject<'a> {
    radiograph: Cow<'a, Radiograph>,
    /// By the classifier's fingerprint.
    posteriors: Vec<(String, Posterior)>,
}

impl<'a> Subject<'a> {
    /// A radiograph of which nothing is known yet.
    #[must_use]
    pub const fn new(radiograph: &'a Radiograph) -> Self {
        Self { radiograph: Cow::Borrowed(radiograph), posteriors: Vec::new() }
    }

    /// The same, owning the radiograph.
    #[must_use]
    pub const fn of(radiograph: Radiograph) -> Subject<'static> {
        Subject { radiograph: Cow::Owned(radiograph), posteriors: Vec::new() }
    }

    /// The radiograph.
    #[must_use]
    pub fn radiograph(&self) -> &Radiograph {
        &self.radiograph
    }

    /// Computes a classifier's posterior and keeps it.
    pub fn prepare(&mut self, classifier: &PixelClassifier) {
        if let Cow::Owned(posterior) = self.posterior(classifier) {
            self.posteriors.push((classifier.fingerprint().to_owned(), posterior));
        }
    }

    /// A classifier's posterior, computed unless it is kept.
    #[must_use]
    pub fn posterior(&self, classifier: &PixelClassifier) -> Cow<'_, Posterior> {
        let kept = self.posteriors.iter().find(|(of, _)| of == classifier.fingerprint());
        match kept {
            Some((_, posterior)) => Cow::Borrowed(posterior),
            None => Cow::Owned(classifier.posterior(&self.radiograph)),
        }
    }
}
