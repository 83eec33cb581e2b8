//! Flags of folds of different quality.
//!
//! Results of one method in the folds of cross-validation differ by the training images, and
//! little else: a large difference hints at masks of two methods, or at training on a fold that
//! it segments. Folds may also differ in difficulty, so a flag proves nothing.

use scr_documents::{Flag, FlagKind, Fold, FoldsDocument, ImageDocument, ResultDocument};
use scr_stats::{Direction, RankSum, holm};

use super::overlaps::{MEASURE, value};

/// Significance level of a flag: p of the rank-sum test, corrected by Holm over the objects. By
/// chance, one honest submission in a thousand is below it.
const ALPHA: f64 = 0.001;

/// Means of every object in the folds; empty where a protocol scores all images together.
pub(super) fn folds(result: &ResultDocument) -> Vec<FoldsDocument> {
    let images: Vec<&ImageDocument> = result.images.iter().flatten().collect();
    let Some(Fold::Number(last)) = images.iter().map(|image| image.fold).max() else {
        return Vec::new();
    };
    // A set may cover one fold only.
    let folds: Vec<Fold> = (1..=last.max(2)).map(Fold::Number).collect();
    result.objects.keys().map(|object| of_object(object, &folds, &images)).collect()
}

fn of_object(object: &str, folds: &[Fold], images: &[&ImageDocument]) -> FoldsDocument {
    let values = |is_in: &dyn Fn(Fold) -> bool| -> Vec<Option<f64>> {
        let images = images.iter().filter(|image| is_in(image.fold));
        images.map(|image| value(image, object)).collect()
    };
    let groups: Vec<Vec<Option<f64>>> =
        folds.iter().map(|fold| values(&|other| other == *fold)).collect();
    let defined = |group: &Vec<Option<f64>>| group.iter().flatten().count();
    let mean = |group: &Vec<Option<f64>>| {
        let n = defined(group);
        (n > 0).then(|| group.iter().flatten().sum::<f64>() / n as f64)
    };
    let rank_sum = |group: &[Option<f64>], rest: &[Option<f64>]| {
        RankSum::of(group, rest, Direction::HigherIsBetter).p
    };
    let (p, apart) = if let [first, second] = &groups[..] {
        (rank_sum(first, second), None)
    } else {
        let each = folds.iter().zip(&groups).filter_map(|(fold, group)| {
            Some((rank_sum(group, &values(&|other| other != *fold))?, *fold))
        });
        let least = each.min_by(|one, other| one.0.total_cmp(&other.0));
        let p = least.map(|(p, _)| (p * folds.len() as f64).min(1.0));
        (p, least.map(|(_, fold)| fold))
    };
    FoldsDocument {
        object: object.to_owned(),
        measure: MEASURE.to_owned(),
        n: groups.iter().map(defined).collect(),
        means: groups.iter().map(mean).collect(),
        p,
        apart,
    }
}

/// Flags of objects whose folds differ by more than chance.
pub(super) fn flags(folds: &[FoldsDocument]) -> Vec<Flag> {
    let adjusted = holm(&folds.iter().map(|fold| fold.p).collect::<Vec<_>>());
    let flag = |(found, p): (&FoldsDocument, Option<f64>)| {
        let p = p.filter(|p| *p < ALPHA)?;
        let means: Vec<f64> = found.means.iter().copied().collect::<Option<_>>()?;
        let (fold, difference, of_folds) = compared(found.apart, &means)?;
        Some(Flag {
            kind: FlagKind::Folds,
            message: format!(
                "{}: fold {fold} is segmented {difference} (mean overlap {of_folds}; rank-sum \
                 test, p = {p:.1e} by Holm)",
                found.object
            ),
            entry: None,
        })
    };
    folds.iter().zip(adjusted).filter_map(flag).collect()
}

/// Fold that differs, with the difference and the means of all folds in words.
fn compared(apart: Option<Fold>, means: &[f64]) -> Option<(Fold, &'static str, String)> {
    let of_folds = means.iter().zip(1..).map(|(mean, n)| format!("{mean:.4} in fold {n}"));
    let of_folds = of_folds.collect::<Vec<_>>().join(", ");
    let Some(fold) = apart else {
        let [first, second] = means else { return None };
        let better = if first > second { 1 } else { 2 };
        return Some((Fold::Number(better), "better than the other", of_folds));
    };
    let Fold::Number(number) = fold else { return None };
    let own = *means.get(usize::from(number).checked_sub(1)?)?;
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let difference = if own > mean { "better than the others" } else { "worse than the others" };
    Some((fold, difference, of_folds))
}

#[cfg(test)]
mod tests {
    use scr_documents::MeasureMap;

    use super::*;

    fn fold(p: f64, means: [f64; 2]) -> FoldsDocument {
        let (object, measure) = ("lungs".to_owned(), MEASURE.to_owned());
        let means = means.map(Some).to_vec();
        FoldsDocument { object, measure, n: vec![9, 9], means, p: Some(p), apart: None }
    }

    /// Twelve images in each of five folds, better by `by` in fold 3.
    fn of_five_folds(by: f64) -> Vec<FoldsDocument> {
        let folds = [1, 2, 3, 4, 5].map(Fold::Number);
        let images: Vec<ImageDocument> = (0..60_u8)
            .map(|index| {
                let fold = folds[usize::from(index) % 5];
                let better = if fold == Fold::Number(3) { by } else { 0.0 };
                let overlap = 0.8 + f64::from(index) * 1e-3 + better;
                ImageDocument {
                    image: index.to_string(),
                    fold,
                    spacing_mm: None,
                    objects: MeasureMap::from([(
                        "lungs".to_owned(),
                        MeasureMap::from([(MEASURE.to_owned(), Some(overlap))]),
                    )]),
                    image_measures: MeasureMap::new(),
                }
            })
            .collect();
        vec![of_object("lungs", &folds, &images.iter().collect::<Vec<_>>())]
    }

    #[test]
    fn a_fold_of_five_is_compared_with_all_others() {
        assert!(flags(&of_five_folds(0.0)).is_empty());
        for (by, words) in [(0.1, "better than the others"), (-0.1, "worse than the others")] {
            let found = flags(&of_five_folds(by));
            assert_eq!(found.len(), 1);
            let start = format!("lungs: fold 3 is segmented {words} (mean overlap ");
            assert!(found[0].message.starts_with(&start), "{}", found[0].message);
        }
    }

    #[test]
    fn only_what_is_no_chance_over_all_objects_is_flagged() {
        let found =
            flags(&[fold(0.0004, [0.9, 0.8]), fold(0.0006, [0.8, 0.9]), fold(0.9, [0.8; 2])]);
        assert!(found.is_empty(), "{found:?}: 0.0004 of three is 0.0012");
        let found = flags(&[fold(0.0003, [0.9, 0.8]), fold(0.9, [0.8, 0.9])]);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.starts_with("lungs: fold 1 is"), "{}", found[0].message);
    }
}
