//! Rules of `deny.toml`, checked offline over `cargo metadata`.
//!
//! In `.ci/run` cargo-deny checks the same file, and advisories as well.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::architecture::{dependencies, metadata};
use crate::command::root;

/// Rules of `deny.toml` that need no network.
struct Rules {
    licences: BTreeSet<String>,
    /// Banned crates, with the reason.
    banned: Vec<(String, String)>,
    /// Crates allowed in one version only.
    single: BTreeSet<String>,
    /// Addresses of allowed registries.
    registries: BTreeSet<String>,
}

impl Rules {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there");
        let rules: toml::Table = text.parse().expect("deny.toml is TOML");
        let list = |section: &str, key: &str| rules[section][key].as_array().cloned();
        let texts = |section, key| -> BTreeSet<String> {
            let list = list(section, key).expect("a list");
            list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
        };
        let (mut banned, mut single) = (Vec::new(), BTreeSet::new());
        for rule in list("bans", "deny").expect("a list") {
            let text = |key: &str| rule.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            let name = text("crate").expect("a rule names its crate");
            if rule.get("deny-multiple-versions").is_some() {
                single.insert(name);
            } else {
                banned.push((name, text("reason").expect("a ban says why")));
            }
        }
        let (licences, registries) =
            (texts("licenses", "allow"), texts("sources", "allow-registry"));
        Self { licences, banned, single, registries }
    }

    /// All violations of the rules.
    fn broken_by(&self, packages: &[Value]) -> Vec<String> {
        let mut broken = Vec::new();
        for package in packages {
            let text = |key: &str| package[key].as_str().unwrap_or_default();
            let name = text("name");
            if !is_allowed(text("license"), &self.licences) {
                broken.push(format!("{name} is under `{}`", text("license")));
            }
            let source = text("source");
            let registry = source.strip_prefix("registry+").unwrap_or(source);
            if !package["source"].is_null() && !self.registries.contains(registry) {
                broken.push(format!("{name} comes from {source}"));
            }
            for (_, reason) in self.banned.iter().filter(|(banned, _)| banned == name) {
                broken.push(format!("{name} is banned: {reason}"));
            }
        }
        for name in &self.single {
            let count = packages.iter().filter(|package| package["name"] == *name).count();
            if count > 1 {
                broken.push(format!("{name} is there in {count} versions"));
            }
        }
        broken
    }
}

/// True if the licences satisfy an SPDX expression; `/` is an older `OR`.
fn is_allowed(expression: &str, licences: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (mut open, mut words) = (0, words.as_slice());
    let allowed = any_of(&mut words, licences, &mut open);
    allowed && words.is_empty() && open == 0
}

fn any_of(words: &mut &[&str], licences: &BTreeSet<String>, open: &mut usize) -> bool {
    let mut allowed = all_of(words, licences, open);
    while let ["OR", rest @ ..] = words {
        *words = rest;
        allowed |= all_of(words, licences, open);
    }
    allowed
}

fn all_of(words: &mut &[&str], licences: &BTreeSet<String>, open: &mut usize) -> bool {
    let mut allowed = one(words, licences, open);
    while let ["AND", rest @ ..] = words {
        *words = rest;
        allowed &= one(words, licences, open);
    }
    allowed
}

fn one(words: &mut &[&str], licences: &BTreeSet<String>, open: &mut usize) -> bool {
    match words {
        ["(", rest @ ..] => {
            *words = rest;
            *open += 1;
            let allowed = any_of(words, licences, open);
            if let [")", rest @ ..] = words {
                *words = rest;
                *open -= 1;
            }
            allowed
        }
        [licence, "WITH", exception, rest @ ..] => {
            *words = rest;
            licences.contains(&format!("{licence} WITH {exception}"))
        }
        [licence, rest @ ..] => {
            *words = rest;
            licences.contains(*licence)
        }
        [] => false,
    }
}

#[test]
fn every_dependency_has_its_line() {
    let text = fs::read_to_string(root().join("docs/explanation/dependencies.md"))
        .expect("the list is there");
    let named: BTreeSet<String> =
        dependencies().into_values().flatten().filter(|name| !name.starts_with("scr")).collect();
    for name in &named {
        assert!(
            text.contains(&format!("`{name}`")),
            "{name} has no line in docs/explanation/dependencies.md"
        );
    }
}

#[test]
fn every_package_keeps_to_the_rules_on_licences_sources_and_bans() {
    let packages = metadata()["packages"].as_array().cloned().unwrap_or_default();
    assert!(packages.len() > 200, "only {} packages are listed", packages.len());
    let broken = Rules::read().broken_by(&packages);
    assert!(broken.is_empty(), "against deny.toml: {broken:#?}");
}

#[test]
fn a_package_that_breaks_a_rule_is_named() {
    let crates_io = "registry+https://github.com/rust-lang/crates.io-index";
    let package = |name: &str, license: Value, source: Value| json!({ "name": name, "license": license, "source": source });
    let packages = [
        package("good", json!("MIT OR GPL-3.0"), json!(crates_io)),
        package("ours", json!("MIT OR Apache-2.0"), Value::Null),
        package("copyleft", json!("MIT AND GPL-3.0"), json!(crates_io)),
        package("secret", Value::Null, json!(crates_io)),
        package("fork", json!("MIT"), json!("git+https://example.org/fork#1")),
        package("other", json!("MIT"), json!("registry+https://example.org/index")),
        package("paste", json!("MIT"), json!(crates_io)),
        package("tokio", json!("MIT"), json!(crates_io)),
        package("tokio", json!("MIT"), json!(crates_io)),
    ];
    let broken = Rules::read().broken_by(&packages);
    let names: Vec<&str> = broken.iter().filter_map(|text| text.split(' ').next()).collect();
    assert_eq!(names, ["copyleft", "secret", "fork", "other", "paste", "tokio"], "{broken:#?}");
}

#[test]
fn a_licence_expression_is_read_as_spdx_has_it() {
    let licences = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-2.0/MIT", true),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("MIT OR ISC AND GPL-3.0", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT AND (ISC", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &licences), expected, "{expression}");
    }
}
