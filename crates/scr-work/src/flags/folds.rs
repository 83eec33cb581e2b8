//! Flags of folds of different quality.
//!
//! Two-fold results of one method differ by the training images, and little else: a large
//! difference hints at masks of two methods, or at training on a fold that it segments. Folds
//! may also differ in difficulty, so a flag proves nothing.

use scr_documents::{Flag, FlagKind, FoldsDocument, ResultDocument};
use scr_stats::{Direction, RankSum, holm};

use super::overlaps::{MEASURE, value};

/// Significance level of a flag: p of the rank-sum test, corrected by Holm over the objects. By
/// chance, one honest submission in a thousand is below it.
const ALPHA: f64 = 0.001;

/// Means of every object in both folds.
pub(super) fn folds(result: &ResultDocument) -> Vec<FoldsDocument> {
    let of_object = |object: &String| {
        let fold = |number: u8| -> Vec<Option<f64>> {
            let images = result.images.iter().flatten().filter(|image| image.fold == number);
            images.map(|image| value(image, object)).collect()
        };
        let groups = [fold(1), fold(2)];
        let defined = |group: &Vec<Option<f64>>| group.iter().flatten().count();
        let mean = |group: &Vec<Option<f64>>| {
            let n = defined(group);
            (n > 0).then(|| group.iter().flatten().sum::<f64>() / n as f64)
        };
        FoldsDocument {
            object: object.clone(),
            measure: MEASURE.to_owned(),
            n: [defined(&groups[0]), defined(&groups[1])],
            means: [mean(&groups[0]), mean(&groups[1])],
            p: RankSum::of(&groups[0], &groups[1], Direction::HigherIsBetter).p,
        }
    };
    result.objects.keys().map(of_object).collect()
}

/// Flags of objects whose folds differ by more than chance.
pub(super) fn flags(folds: &[FoldsDocument]) -> Vec<Flag> {
    let adjusted = holm(&folds.iter().map(|fold| fold.p).collect::<Vec<_>>());
    let flag = |(fold, p): (&FoldsDocument, Option<f64>)| {
        let (p, [Some(first), Some(second)]) = (p.filter(|p| *p < ALPHA)?, fold.means) else {
            return None;
        };
        let better = if first > second { 1 } else { 2 };
        Some(Flag {
            kind: FlagKind::Folds,
            message: format!(
                "{}: fold {better} is segmented better than the other (mean overlap {first:.4} \
                 in fold 1, {second:.4} in fold 2; rank-sum test, p = {p:.1e} by Holm)",
                fold.object
            ),
            entry: None,
        })
    };
    folds.iter().zip(adjusted).filter_map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(p: f64, means: [f64; 2]) -> FoldsDocument {
        let (object, measure) = ("lungs".to_owned(), MEASURE.to_owned());
        FoldsDocument { object, measure, n: [9, 9], means: means.map(Some), p: Some(p) }
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
