//! Significance groups: the compact letter display of pairwise tests.

/// Most groups before a display is no help any more.
const MAX_GROUPS: usize = 26;

/// Groups of methods that do not differ significantly, a compact letter display.
///
/// `differs` says by method, then other method, whether the two differ significantly; it is
/// symmetric. The result has the groups of each method, by index from 0: two methods share a
/// group exactly when they do not differ. Groups are in the order of their first methods, so
/// that methods given from the best on have the best in group 0. `None` where more than 26
/// groups are needed. Without methods there are no groups.
///
/// # Panics
/// When `differs` is not square.
///
/// # Source
/// Insert-and-absorb algorithm of Piepho, "An algorithm for a letter-based representation of
/// all-pairwise comparisons", Journal of Computational and Graphical Statistics 13, 2004,
/// doi:10.1198/1061860043515. The limit is ours.
///
/// # Example
/// ```
/// use scr_stats::significance_groups;
/// // The first and the last differ; the middle one differs from neither.
/// let differs = [[false, false, true], [false, false, false], [true, false, false]];
/// let groups = significance_groups(&differs.map(Vec::from));
/// assert_eq!(groups, Some(vec![vec![0], vec![0, 1], vec![1]]));
/// ```
#[must_use]
pub fn significance_groups(differs: &[Vec<bool>]) -> Option<Vec<Vec<usize>>> {
    let n = differs.len();
    assert!(differs.iter().all(|row| row.len() == n), "every method is tested against every other");
    let mut groups = vec![vec![true; n]];
    for one in 0..n {
        for other in (one + 1..n).filter(|&other| differs[one][other]) {
            let (split, kept): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group: &Vec<bool>| group[one] && group[other]);
            groups = kept;
            for group in split {
                for left_out in [other, one] {
                    let mut part = group.clone();
                    part[left_out] = false;
                    insert(&mut groups, part);
                }
            }
            if groups.len() > MAX_GROUPS {
                return None;
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.clone()));
    let of = |method: usize| (0..groups.len()).filter(|&group| groups[group][method]).collect();
    Some((0..n).map(of).collect())
}

/// Inserts a group unless another holds all of its methods; absorbs those that it holds.
fn insert(groups: &mut Vec<Vec<bool>>, group: Vec<bool>) {
    let holds = |whole: &[bool], part: &[bool]| whole.iter().zip(part).all(|(w, p)| *w || !*p);
    if groups.iter().any(|other| holds(other, &group)) {
        return;
    }
    groups.retain(|other| !holds(&group, other));
    groups.push(group);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_clusters_are_two_groups_and_nobody_is_none() {
        let far = |one: usize, other: usize| (one < 2) != (other < 2);
        let differs: Vec<Vec<bool>> =
            (0..4).map(|one| (0..4).map(|other| far(one, other)).collect()).collect();
        let groups = significance_groups(&differs);
        assert_eq!(groups, Some(vec![vec![0], vec![0], vec![1], vec![1]]));
        assert_eq!(significance_groups(&[]), Some(vec![]));
        assert_eq!(significance_groups(&[vec![false]]), Some(vec![vec![0]]));
    }

    #[test]
    fn more_groups_than_letters_are_none() {
        let n = 27;
        let all: Vec<Vec<bool>> =
            (0..n).map(|one| (0..n).map(|other| one != other).collect()).collect();
        assert_eq!(significance_groups(&all), None);
    }

    proptest! {
        #[test]
        fn two_share_a_group_exactly_when_they_do_not_differ(
            flat in prop::collection::vec(any::<bool>(), 28)
        ) {
            let mut differs = vec![vec![false; 8]; 8];
            let mut next = flat.into_iter();
            let pairs = (0..8).flat_map(|one| (one + 1..8).map(move |other| (one, other)));
            for (one, other) in pairs {
                let value = next.next().unwrap();
                differs[one][other] = value;
                differs[other][one] = value;
            }
            if let Some(groups) = significance_groups(&differs) {
                for (one, mine) in groups.iter().enumerate() {
                    for (other, others) in groups.iter().enumerate() {
                        let shares = mine.iter().any(|group| others.contains(group));
                        prop_assert_eq!(shares, !differs[one][other]);
                    }
                }
            }
        }
    }
}
