//! Structures that the names of folders and files hint at.

use std::collections::{BTreeMap, BTreeSet};

use crate::words;

/// Words that hint at a structure, of the words that a match left over.
pub(crate) fn hint(rest: &[String]) -> Vec<String> {
    let says_nothing = |word: &String| {
        words::is_mask_word(word)
            || words::is_image_word(word)
            || words::is_filler(word)
            || words::is_split_word(word)
    };
    let mut seen = BTreeSet::new();
    rest.iter()
        .filter(|word| !says_nothing(word) && seen.insert((*word).clone()))
        .cloned()
        .collect()
}

/// Hints without the words that say nothing since all have them: versions, names of databases.
/// A single hint keeps its words of structures, or if it has none, its longer words.
pub(crate) fn without_common(hints: &[Vec<String>]) -> BTreeMap<Vec<String>, Vec<String>> {
    let distinct: BTreeSet<&Vec<String>> = hints.iter().collect();
    let is_common = |word: &String| distinct.iter().all(|hint| hint.contains(word));
    let is_kept = |word: &&String| words::is_structure_word(word) || !is_common(word);
    let is_long =
        |word: &&String| word.chars().count() > 3 && word.chars().all(char::is_alphabetic);
    let kept = |hint: &Vec<String>| {
        let kept: Vec<String> = hint.iter().filter(is_kept).cloned().collect();
        let is_alone = distinct.len() == 1 && kept.is_empty();
        if is_alone { hint.iter().filter(is_long).cloned().collect() } else { kept }
    };
    distinct.iter().map(|hint| ((*hint).clone(), kept(hint))).collect()
}

/// Readers that hints name: the words after `reader`, `observer` and the like.
pub(crate) fn readers(hints: &[Vec<String>]) -> BTreeSet<&str> {
    let reader = |hint: &'_ [String]| hint.iter().position(|word| words::is_reader_word(word));
    let named = |hint: &'_ Vec<String>| reader(hint).map(|at| at + 1);
    hints.iter().filter_map(|hint| hint.get(named(hint)?)).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn words_of_roles_and_common_words_are_no_hints() {
        assert_eq!(hint(&list("masks png left lung mask")), ["left", "lung"]);
        assert_eq!(hint(&list("train gt")), [""; 0]);
        let hints = [list("v 2 right lung"), list("v 2 left lung")];
        let kept = without_common(&hints);
        assert_eq!(kept[&hints[0]], ["right", "lung"]);
        assert_eq!(without_common(&[list("jsrt heart")])[&list("jsrt heart")], ["heart"]);
        assert!(without_common(&[list("v 2")])[&list("v 2")].is_empty());
        assert_eq!(without_common(&[list("nidus 2")])[&list("nidus 2")], ["nidus"]);
        assert_eq!(readers(&[list("observer 1"), list("observer 2 lung")]).len(), 2);
        assert!(readers(&hints).is_empty());
    }
}
