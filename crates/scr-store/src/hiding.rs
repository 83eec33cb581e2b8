//! Filters that remove hidden values from documents.
//!
//! **A hidden reference** leaves means, rounded. An undefined distance counts as the
//! longest diagonal of the benchmark's images and an undefined share as 0, so that no
//! mean needs a count. Values that depend on single images or on the
//! reference only are removed: order statistics, spread, counts, folds, intervals, measures
//! without a better end (such as `ctr_reference`), and findings that compare with
//! the reference. docs/explanation/security.md quantifies the remaining leak. With a ladder
//! (`ladder.rs`) only its scores remain. After the end of the benchmark the means of entries
//! have full precision.

use scr_documents::{
    BenchmarkDocument, BenchmarkSettings, Decimals, FindingsDocument, FlagKind, ImageEntryDocument,
    MeasureMap, ResultDocument, SpacingDocument, SummaryDocument, SuspicionsDocument,
    UndefinedDocument,
};
use std::collections::HashMap;

use crate::entries::EntryRow;
use crate::ladder::Rung;
use crate::past_result::PastResult;
use crate::submissions::rows::Submission;
use scr_measures::registry::IMAGE_MEASURES;
use scr_measures::{Better, Measure, Quantity};

/// Distances lose so many decimals more than shares: a pixel is about a thousandth of an
/// image, and a distance on one image may be as long as its diagonal.
const FEWER_DECIMALS_OF_DISTANCES: u8 = 2;

/// Form of stored aggregates: a later number makes all of them again.
const AGGREGATE_FORM: u32 = 1;

/// Filter of one benchmark.
pub(crate) struct Hiding {
    settings: BenchmarkSettings,
    /// Scores that the ladder shows, by submission or entry; empty without a ladder.
    rungs: HashMap<String, Rung>,
    /// The longest diagonal of the images in pixels and, where it is known, in mm.
    diagonal: Diagonal,
}

/// Reader of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Its submitter, or anybody else.
    Submitter,
    /// A curator who reviews a submission of somebody else.
    Reviewer,
}

/// The longest diagonal of a benchmark's images.
#[derive(Debug, Clone, Copy, Default)]
struct Diagonal {
    px: f64,
    mm: f64,
}

impl Hiding {
    /// Filter by settings; `benchmark` is the unfiltered document.
    pub(crate) fn new(settings: BenchmarkSettings, benchmark: &BenchmarkDocument) -> Self {
        Self { settings, diagonal: Diagonal::of(benchmark), rungs: HashMap::new() }
    }

    /// True if a ladder limits the scores that are shown.
    pub(crate) fn has_ladder(&self) -> bool {
        self.settings.ladder().is_some()
    }

    /// Adds the scores that the ladder shows of a submission or an entry.
    pub(crate) fn add_rung(&mut self, id: &str, rung: Rung) {
        self.rungs.insert(id.to_owned(), rung);
    }

    /// Name of all that decides which values of entries remain, and how they are rounded. Equal
    /// names give equal values of equal results.
    pub(crate) fn name(&self) -> String {
        let Self { settings, diagonal: Diagonal { px, mm }, rungs: _ } = self;
        let decimals = settings.decimals().map_or_else(|| "-".to_owned(), |n| n.to_string());
        if !settings.hides_reference() {
            return format!("{AGGREGATE_FORM} shown {decimals}");
        }
        let ladder = settings.ladder().map_or(0.0, f64::from);
        let ended = if settings.ended_at.is_some() { "ended" } else { "open" };
        format!("{AGGREGATE_FORM} hidden {decimals} {ladder} {ended} {px} {mm}")
    }

    /// Decimals of entries' values, where they are rounded.
    pub(crate) fn rounding(&self) -> Option<Decimals> {
        self.rounding_to(self.decimals_of_entries())
    }

    fn decimals_of_entries(&self) -> Option<u8> {
        self.settings.decimals().filter(|_| self.settings.ended_at.is_none())
    }

    /// `decimals` are those of a hidden reference; none for full precision.
    fn rounding_to(&self, decimals: Option<u8>) -> Option<Decimals> {
        if self.settings.hides_reference() {
            return decimals.map(|shares| Decimals {
                shares,
                distances: shares.saturating_sub(FEWER_DECIMALS_OF_DISTANCES),
            });
        }
        let given = self.settings.decimals()?;
        Some(Decimals { shares: given, distances: given })
    }

    pub(crate) fn in_benchmark(&self, document: &mut BenchmarkDocument) {
        document.terms.text.clone_from(&self.settings.terms);
        if let Some(downloads) = self.settings.downloads {
            document.terms.download = downloads;
        }
        if self.settings.hides_reference() {
            document.reference_hidden = true;
            let n_hidden = if self.settings.show_observers { 1 } else { usize::MAX };
            document.observers = document.observers.drain(..).skip(n_hidden).collect();
        }
        document.ladder = self.settings.ladder().map(f64::from);
        document.ended_at.clone_from(&self.settings.ended_at);
        document.models = self.settings.models;
    }

    pub(crate) fn in_entry(&self, entry: &mut EntryRow) {
        self.in_result(&entry.id, &mut entry.result, self.decimals_of_entries());
    }

    /// Of the results before, which a ladder has not seen, nothing is shown under one.
    pub(crate) fn in_past(&self, entry: &EntryRow, past: &mut Vec<PastResult>) {
        let is_over = self.settings.ended_at.is_some();
        if self.rungs.contains_key(&entry.id) && !is_over {
            past.clear();
        }
        let decimals = self.settings.decimals().filter(|_| !is_over);
        for past in past {
            self.in_result("", &mut past.result, decimals);
        }
    }

    /// `decimals` is none for full precision.
    fn in_result(&self, id: &str, result: &mut ResultDocument, decimals: Option<u8>) {
        if !self.settings.shows_images() {
            result.images = None;
        }
        result.rounded_to = self.rounding_to(decimals);
        if self.settings.hides_reference() {
            self.hide_reference(result, decimals);
            if let (Some(rung), Some(_)) = (self.rungs.get(id), decimals) {
                show_rung(result, rung);
            }
            return;
        }
        if let Some(decimals) = self.settings.decimals() {
            round_result(result, decimals);
        }
    }

    pub(crate) fn in_submission(&self, submission: &mut Submission, reader: Reader) {
        if let Some(result) = &mut submission.result {
            self.in_result(&submission.id, result, self.settings.decimals());
        }
        if let Some(findings) = &mut submission.findings {
            self.in_findings(findings, reader);
        }
        if let Some(suspicions) = &mut submission.suspicions {
            self.in_suspicions(suspicions);
        }
    }

    /// Leaves the means, undefined values counted as worst, to so many decimals.
    fn hide_reference(&self, result: &mut ResultDocument, decimals: Option<u8>) {
        let has_undefined = result.undefined_as.is_none();
        result.undefined_as = Some(UndefinedDocument::LongestDiagonal);
        result.folds.clear();
        let maps = result.objects.values_mut().chain(std::iter::once(&mut result.image_measures));
        for measures in maps {
            measures.retain(|key, _| Scale::of(key).is_some());
            for (key, summary) in measures {
                let Some(scale) = Scale::of(key) else { continue };
                let worst = has_undefined.then(|| self.diagonal.worst(scale));
                let mean = mean_with_worst(summary, worst);
                let mean = mean.map(|mean| match decimals {
                    Some(decimals) => rounded(mean, scale.decimals(decimals)),
                    None => mean,
                });
                *summary = only_mean(mean);
            }
        }
    }

    /// Removes findings that reveal the reference: differences and folds are functions of the
    /// scores. A submitter sees nothing that depends on the reference, a reviewer no number.
    fn in_findings(&self, findings: &mut FindingsDocument, reader: Reader) {
        if !self.settings.hides_reference() {
            if let Some(decimals) = self.settings.decimals() {
                round_findings(findings, decimals);
            }
            return;
        }
        findings.folds.clear();
        findings.differences.clear();
        match reader {
            Reader::Submitter => findings.flags.clear(),
            Reader::Reviewer => {
                for flag in &mut findings.flags {
                    if let Some(words) = without_numbers(flag.kind) {
                        words.clone_into(&mut flag.message);
                    }
                }
            }
        }
    }

    /// Every rule of the check but sizes, which are errors and come before, looks at the
    /// reference.
    fn in_suspicions(&self, suspicions: &mut SuspicionsDocument) {
        if self.settings.hides_reference() {
            suspicions.suspicions.clear();
        }
    }
}

impl Diagonal {
    fn of(benchmark: &BenchmarkDocument) -> Self {
        let longest = |spacing: fn(&BenchmarkDocument, &ImageEntryDocument) -> [f64; 2]| {
            let diagonals = benchmark.images.iter().map(|image| {
                let [x, y] = spacing(benchmark, image);
                (image.width as f64 * x).hypot(image.height as f64 * y)
            });
            diagonals.fold(0.0, f64::max)
        };
        let mm = longest(|benchmark, image| match benchmark.spacing_of(image) {
            Some(SpacingDocument::Same(mm)) => [mm, mm],
            Some(SpacingDocument::Differs(mm)) => mm,
            Some(SpacingDocument::Range { .. }) | None => [1.0, 1.0],
        });
        Self { px: longest(|_, _| [1.0, 1.0]), mm }
    }

    /// The worst value there is.
    const fn worst(self, scale: Scale) -> f64 {
        match scale {
            Scale::Share(Better::Higher) => 0.0,
            Scale::Share(Better::Lower) => 1.0,
            Scale::Pixels => self.px,
            Scale::Millimetres => self.mm,
        }
    }
}

/// Scale of a measure of agreement.
#[derive(Debug, Clone, Copy)]
enum Scale {
    Share(Better),
    Pixels,
    Millimetres,
}

impl Scale {
    /// Scale by key in results; `None` for a measure of a single set of masks.
    fn of(key: &str) -> Option<Self> {
        if let Some(about) = IMAGE_MEASURES.iter().find(|about| about.key == key) {
            return about.better.map(Self::Share);
        }
        let (measure, unit) = Measure::from_result_key(key).ok()?;
        Some(match (measure.quantity(), unit) {
            (Quantity::Share, _) => Self::Share(measure.better()),
            (Quantity::Distance, "mm") => Self::Millimetres,
            (Quantity::Distance, _) => Self::Pixels,
        })
    }

    const fn decimals(self, of_shares: u8) -> u8 {
        match self {
            Self::Share(_) => of_shares,
            Self::Pixels | Self::Millimetres => {
                of_shares.saturating_sub(FEWER_DECIMALS_OF_DISTANCES)
            }
        }
    }
}

/// The mean over all images, `worst` in place of undefined values; none without images.
fn mean_with_worst(summary: &SummaryDocument, worst: Option<f64>) -> Option<f64> {
    let (n, n_undefined) = (summary.n?, summary.n_undefined?);
    let Some(worst) = worst.filter(|_| n_undefined > 0) else { return summary.mean };
    let sum = summary.mean.unwrap_or_default() * n as f64 + worst * n_undefined as f64;
    Some(sum / (n + n_undefined) as f64)
}

/// Replaces the means by the scores of the ladder, and removes everything else.
fn show_rung(result: &mut ResultDocument, rung: &Rung) {
    for (object, measures) in &mut result.objects {
        measures.retain(|key, _| key == "overlap");
        for summary in measures.values_mut() {
            summary.mean = rung.overlaps.get(object).copied();
        }
    }
    result.image_measures.retain(|key, _| key == "pixel_error");
    for summary in result.image_measures.values_mut() {
        summary.mean = rung.pixel_error;
    }
}

const fn only_mean(mean: Option<f64>) -> SummaryDocument {
    SummaryDocument {
        mean,
        sd: None,
        min: None,
        q1: None,
        median: None,
        q3: None,
        max: None,
        n: None,
        n_undefined: None,
        ci95: None,
    }
}

/// Message without numbers of a flag that rests on the reference; none for a flag that rests on
/// public values.
const fn without_numbers(kind: FlagKind) -> Option<&'static str> {
    match kind {
        FlagKind::NearlyReference => Some("The masks are almost the reference’s."),
        FlagKind::NearlyObserver => Some("The masks are almost an observer’s."),
        FlagKind::Folds => Some("The folds are not segmented alike."),
        FlagKind::SameMasks
        | FlagKind::NearlyEntry
        | FlagKind::SameName
        | FlagKind::LookAlikeName
        | FlagKind::SubmittedMasks => None,
    }
}

fn round_result(result: &mut ResultDocument, decimals: u8) {
    let folds = result.folds.values_mut().flat_map(|fold| {
        fold.objects.values_mut().chain(std::iter::once(&mut fold.image_measures))
    });
    let whole = result.objects.values_mut().chain(std::iter::once(&mut result.image_measures));
    for measures in whole.chain(folds) {
        round_summaries(measures, decimals);
    }
    for image in result.images.iter_mut().flatten() {
        let measures = image.objects.values_mut();
        for value in measures.chain(std::iter::once(&mut image.image_measures)) {
            value.values_mut().flatten().for_each(|value| *value = rounded(*value, decimals));
        }
    }
}

fn round_summaries(measures: &mut MeasureMap<SummaryDocument>, decimals: u8) {
    for summary in measures.values_mut() {
        let SummaryDocument { mean, sd, min, q1, median, q3, max, ci95, n: _, n_undefined: _ } =
            summary;
        let values = [mean, sd, min, q1, median, q3, max].into_iter().flatten();
        let values = values.chain(ci95.iter_mut().flatten());
        values.for_each(|value| *value = rounded(*value, decimals));
    }
}

fn round_findings(findings: &mut FindingsDocument, decimals: u8) {
    let of_folds = findings
        .folds
        .iter_mut()
        .flat_map(|folds| folds.means.iter_mut().flatten().chain(&mut folds.p));
    let of_differences = findings.differences.iter_mut().flat_map(|difference| {
        difference.mean.iter_mut().chain(difference.ci95.iter_mut().flatten())
    });
    of_folds.chain(of_differences).for_each(|value| *value = rounded(*value, decimals));
}

fn rounded(value: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(decimals));
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_decimals_and_no_more() {
        for (decimals, expected) in [(0, 1.0), (1, 0.9), (3, 0.912), (6, 0.911_765)] {
            let found = rounded(0.911_764_705_882_352_9, decimals);
            assert_eq!(found.to_string(), f64::to_string(&expected), "{decimals}");
        }
    }

    #[test]
    fn an_undefined_value_counts_as_the_worst_there_is() {
        let summary = |mean, n, n_undefined| SummaryDocument {
            n: Some(n),
            n_undefined: Some(n_undefined),
            ..only_mean(mean)
        };
        let diagonal = Diagonal { px: 5.0, mm: 10.0 };
        for (key, expected) in [("masd_mm", 3.0), ("masd_px", 1.75), ("dice", 0.5)] {
            let worst = diagonal.worst(Scale::of(key).unwrap());
            let mean = mean_with_worst(&summary(Some(2.0 / 3.0), 3, 1), Some(worst));
            assert!((mean.unwrap() - expected).abs() < 1e-12, "{key}: {mean:?}");
        }
        assert_eq!(mean_with_worst(&summary(None, 0, 2), Some(7.0)), Some(7.0));
        assert_eq!(mean_with_worst(&summary(None, 0, 0), Some(7.0)), None);
    }

    #[test]
    fn only_measures_of_agreement_are_left() {
        for key in ["overlap", "nsd@2px", "hausdorff_95.pooled_mm", "pixel_error"] {
            assert!(Scale::of(key).is_some(), "{key}");
        }
        for key in ["ctr", "ctr_reference", "ctr_difference", "novel"] {
            assert!(Scale::of(key).is_none(), "{key}");
        }
        // A new measure of images is hidden unless higher or lower is better.
        let known = IMAGE_MEASURES.iter().filter(|about| about.better.is_some());
        assert_eq!(known.map(|about| about.key).collect::<Vec<_>>(), ["pixel_error"]);
    }

    #[test]
    fn distances_lose_two_decimals_more() {
        let decimals = |key| Scale::of(key).unwrap().decimals(3);
        assert_eq!((decimals("dice"), decimals("masd_mm"), decimals("assd_px")), (3, 1, 1));
        assert_eq!(Scale::of("masd_mm").unwrap().decimals(1), 0);
    }
}
