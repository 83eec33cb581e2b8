//! Description of a method: identity, documentation, properties and parameters.

use serde::Serialize;

use crate::Parameter;

/// Study that this benchmark's methods are named after.
pub(crate) const STUDY: &str = "van Ginneken, Stegmann and Loog, Medical Image Analysis 10:19-40, \
                                2006, doi:10.1016/j.media.2005.02.002";

/// Description of a method. `scr methods --format json` prints it as it is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MethodInfo {
    /// Identifier on the command line and in files.
    pub id: &'static str,
    /// Version. It changes whenever the same training data can give other masks.
    pub version: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Summary in a sentence or two.
    pub summary: &'static str,
    /// Publication that describes the method.
    pub source: &'static str,
    /// Parts that are verified at the source, and parts that are this project's own choice.
    pub verified: &'static str,
    /// Speed class: true for methods that segment several images a second. The
    /// demonstration runs only those by default.
    pub is_quick: bool,
    /// Availability of posteriors: see [`Segmenter::posterior`](crate::Segmenter::posterior).
    pub has_posterior: bool,
    /// Parameters, with ranges and defaults.
    pub parameters: &'static [Parameter],
}
