//! Spacing of a benchmark: stated by the user, or by the files of the radiographs.

use scr_data::Problem;
use scr_image::Spacing;

use crate::faults::Faults;
use crate::images::PlannedImage;
use crate::inspection::InspectedImage;

/// Spacing that the user asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SpacingChoice {
    /// One spacing of all images.
    Stated(Spacing),
    /// Spacing of each file.
    FromFiles,
    /// Unknown spacing.
    Unknown,
}

impl SpacingChoice {
    /// Parses a number of mm, `from-files` or `unknown`.
    ///
    /// # Errors
    /// The values that there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "from-files" => Ok(Self::FromFiles),
            "unknown" => Ok(Self::Unknown),
            _ => {
                let mm = text.parse().ok().and_then(|mm| Spacing::isotropic(mm).ok());
                mm.map(Self::Stated).ok_or_else(|| {
                    "expected a number of mm above 0, from-files or unknown".to_owned()
                })
            }
        }
    }
}

/// Spacing of the images.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlannedSpacing {
    /// One spacing of all; none when unknown.
    Common(Option<Spacing>),
    /// Spacing of each image; none where unknown.
    Each(Vec<Option<Spacing>>),
}

impl PlannedSpacing {
    /// Spacing in words.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Common(None) => "unknown: distances are in pixels".to_owned(),
            Self::Common(Some(spacing)) => format!("{} mm", spacing_text(*spacing)),
            Self::Each(all) => {
                let known: Vec<f64> = all.iter().flatten().map(|spacing| spacing.x_mm()).collect();
                let least = known.iter().copied().fold(f64::INFINITY, f64::min);
                let most = known.iter().copied().fold(0.0, f64::max);
                let unknown = match all.len() - known.len() {
                    0 => String::new(),
                    count => format!(", unknown for {count} images"),
                };
                format!("of each image's file, {least} to {most} mm{unknown}")
            }
        }
    }
}

/// Spacing in the form of a table: a number, or x and y.
pub(crate) fn spacing_text(spacing: Spacing) -> String {
    if spacing.is_isotropic() {
        spacing.x_mm().to_string()
    } else {
        format!("{} {}", spacing.x_mm(), spacing.y_mm())
    }
}

/// Decides the spacing. Without a choice, that of the files is taken where all state one.
pub(crate) fn spacing(
    choice: Option<SpacingChoice>,
    images: &[PlannedImage],
    inspected: &[Option<InspectedImage>],
    faults: &mut Faults,
    notes: &mut Vec<String>,
) -> PlannedSpacing {
    let all: Vec<Option<Spacing>> =
        inspected.iter().map(|image| image.as_ref().and_then(|image| image.spacing)).collect();
    let n_known = all.iter().flatten().count();
    // Software that knows no spacing writes 1 mm, which makes a chest a metre or two wide.
    let is_filler = |spacing: &Spacing| spacing.x_mm() == 1.0 && spacing.y_mm() == 1.0;
    match choice {
        Some(SpacingChoice::Stated(spacing)) => return PlannedSpacing::Common(Some(spacing)),
        Some(SpacingChoice::Unknown) => return PlannedSpacing::Common(None),
        Some(SpacingChoice::FromFiles) if n_known == 0 => {
            let place = images.first().map_or(String::new(), |image| image.file.place());
            let expected = "files that state a spacing: DICOM, MHA, NRRD or NIfTI";
            let found = "none among the radiographs";
            let hint = "state it with --spacing MM, or --spacing unknown";
            faults.push("spacing", Problem::new(place, expected, found, hint));
        }
        None if n_known > 0 && all.iter().flatten().all(is_filler) => {
            notes.push(
                "the files state 1 mm, which software writes where it knows no spacing: taken \
                 for unknown; --spacing from-files takes it as it is"
                    .to_owned(),
            );
            return PlannedSpacing::Common(None);
        }
        _ => {}
    }
    match all.first() {
        Some(first) if all.iter().all(|spacing| spacing == first) => PlannedSpacing::Common(*first),
        Some(_) => PlannedSpacing::Each(all),
        None => PlannedSpacing::Common(None),
    }
}
