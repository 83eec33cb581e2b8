//! Nearest identifiers: those that a mistyped one may mean.

/// Number of identifiers that are offered.
const N_OFFERED: usize = 3;

/// Known identifiers that differ least from `wanted`, the nearest first, at most three. None
/// that differs in more than half of its characters.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let plain = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wanted = plain(wanted);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .map(|id| (distance(&wanted, &plain(id)), id))
        .filter(|(distance, id)| distance * 2 <= id.chars().count())
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(N_OFFERED).map(|(_, id)| id.to_owned()).collect()
}

/// Levenshtein distance: the number of characters that are inserted, left out or replaced.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_different_comes_first_and_nothing_far_away_is_offered() {
        let known = ["JPCLN001", "JPCLN010", "JPCNN001", "other"];
        assert_eq!(nearest("JPCLN0O1", known), ["JPCLN001", "JPCLN010", "JPCNN001"]);
        assert_eq!(nearest("jpcln001", known)[0], "JPCLN001");
        assert!(nearest("zzz", known).is_empty());
        assert!(nearest("", known).is_empty());
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        let of = |a: &str, b: &str| {
            distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        assert_eq!((of("kitten", "sitting"), of("", "abc"), of("flaw", "lawn")), (3, 3, 2));
    }
}
