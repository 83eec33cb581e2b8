//! The tests named in the threat model exist.

use std::collections::BTreeSet;

use crate::command::{files, root};

#[test]
fn every_line_of_the_threat_model_names_a_test_that_there_is() {
    let model =
        std::fs::read_to_string(root().join("docs/explanation/security.md")).expect("it is there");
    let sources: String = files(&root().join("crates"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".rs"))
        .map(|(_, bytes)| String::from_utf8(bytes).expect("sources are UTF-8"))
        .collect();
    let (mut named, mut bare) = (BTreeSet::new(), Vec::new());
    // Only tables of threats name tests.
    let tables = model.split("| threat |").skip(1);
    let rows = tables.flat_map(|table| {
        table.lines().skip(2).take_while(|line| line.starts_with('|')).collect::<Vec<_>>()
    });
    for line in rows {
        let tests = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            bare.push(line);
        }
        named.extend(names);
    }
    assert!(bare.is_empty(), "no test is named for: {bare:#?}");
    assert!(named.len() > 30, "only {} tests are named", named.len());
    let gone: Vec<_> =
        named.into_iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(gone.is_empty(), "there are no tests of these names: {gone:#?}");
}

#[test]
fn every_limit_of_the_threat_model_is_set_where_it_says() {
    let model =
        std::fs::read_to_string(root().join("docs/explanation/security.md")).expect("it is there");
    let limits = model.lines().skip_while(|line| !line.starts_with("| limit")).skip(2);
    let mut n_limits = 0;
    for line in limits.take_while(|line| line.starts_with('|')) {
        let set_in = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let mut words: Vec<&str> = set_in.split('`').skip(1).step_by(2).collect();
        let path = words.pop().expect("a file is named");
        let source = std::fs::read_to_string(root().join(path));
        let source = source.unwrap_or_else(|error| panic!("{path}: {error}"));
        for word in words {
            let is_set =
                ["const ", "struct "].iter().any(|kind| source.contains(&format!("{kind}{word}")));
            assert!(is_set, "{word} is not in {path}: {line}");
        }
        n_limits += 1;
    }
    assert!(n_limits > 20, "only {n_limits} limits are named");
}
