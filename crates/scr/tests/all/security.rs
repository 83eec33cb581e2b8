//! The threat model names tests that there are.

use std::collections::BTreeSet;

use crate::command::{files, root};

#[test]
fn every_line_of_the_threat_model_names_a_test_that_there_is() {
    let model = std::fs::read_to_string(root().join("docs/security.md")).expect("it is there");
    let sources: String = files(&root().join("crates"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".rs"))
        .map(|(_, bytes)| String::from_utf8(bytes).expect("sources are UTF-8"))
        .collect();
    let (mut named, mut bare) = (BTreeSet::new(), Vec::new());
    for line in model.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| threat"))
    {
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
