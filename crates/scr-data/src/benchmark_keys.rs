//! Keys of `benchmark.toml`: missing and unknown ones, all at once, and the line of each.
//!
//! Serde stops at the first problem; this check runs before it and knows names alone.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Problem;

/// Key of a table.
struct Key {
    name: &'static str,
    is_required: bool,
    holds: Holds,
}

/// Value of a key.
enum Holds {
    /// Text, number, list or anything else without keys of its own.
    Value,
    /// Table.
    Table(&'static [Key]),
    /// List of tables.
    Tables(&'static [Key]),
}

const fn required(name: &'static str) -> Key {
    Key { name, is_required: true, holds: Holds::Value }
}

const fn optional(name: &'static str) -> Key {
    Key { name, is_required: false, holds: Holds::Value }
}

const fn table(name: &'static str, is_required: bool, keys: &'static [Key]) -> Key {
    Key { name, is_required, holds: Holds::Table(keys) }
}

const fn tables(name: &'static str, keys: &'static [Key]) -> Key {
    Key { name, is_required: true, holds: Holds::Tables(keys) }
}

/// Keys of the file.
const FILE: &[Key] = &[
    required("id"),
    required("title"),
    optional("description"),
    optional("definition"),
    optional("phantom"),
    table(
        "images",
        true,
        &[required("table"), required("folder"), required("pattern"), required("spacing_mm")],
    ),
    tables("structures", &[required("id"), required("name")]),
    tables("objects", &[required("id"), required("name"), required("structures")]),
    tables(
        "observers",
        &[
            required("id"),
            required("name"),
            required("folder"),
            required("pattern"),
            optional("landmarks"),
        ],
    ),
    table("folds", true, &[optional("column"), optional("protocol")]),
    table("scoring", false, &[required("undefined")]),
    table(
        "terms",
        false,
        &[
            optional("licence"),
            optional("redistribution"),
            optional("display"),
            optional("obtain"),
            optional("cite"),
        ],
    ),
    table("literature", false, &[required("table"), required("note")]),
];

/// Lines of the keys of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyLines {
    lines: BTreeMap<String, usize>,
}

impl KeyLines {
    /// Place of a key in the file at `place`: with its line, or that of the nearest key around
    /// it.
    pub(crate) fn place(&self, place: &str, key: &str) -> String {
        let around =
            std::iter::successors(Some(key), |key| key.rfind(['.', '[']).map(|at| &key[..at]));
        let line = around.filter_map(|key| self.lines.get(key)).next();
        match line {
            Some(line) => format!("{place}, line {line}, {key}"),
            None => format!("{place}, {key}"),
        }
    }
}

/// Lines of all keys of a text.
///
/// # Errors
/// Every error of syntax; or every missing and unknown key.
pub(crate) fn check(place: &str, text: &str) -> Result<KeyLines, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problem = |error: toml::de::Error| {
            let place = match error.span() {
                Some(span) => format!("{place}, line {}", line_of(text, span.start)),
                None => place.to_owned(),
            };
            Problem::new(place, "TOML", error.message(), "")
        };
        return Err(errors.into_iter().map(problem).collect());
    }
    let mut check = Check { place, text, lines: KeyLines::default(), problems: Vec::new() };
    check.table("", table.get_ref(), FILE);
    if check.problems.is_empty() { Ok(check.lines) } else { Err(check.problems) }
}

/// Line of a byte, counted from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

struct Check<'a> {
    place: &'a str,
    text: &'a str,
    lines: KeyLines,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn table(&mut self, path: &str, table: &DeTable<'_>, keys: &'static [Key]) {
        let full =
            |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        for name in table.keys() {
            let line = line_of(self.text, name.span().start);
            self.lines.lines.insert(full(name.get_ref()), line);
        }
        for name in table.keys() {
            let name = name.get_ref().as_ref();
            if keys.iter().all(|key| key.name != name) {
                let known = keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
                let expected = format!("one of the keys {known}");
                let place = self.lines.place(self.place, &full(name));
                self.problems.push(Problem::new(place, expected, format!("`{name}`"), ""));
            }
        }
        for key in keys {
            match table.get(key.name) {
                Some(value) => self.value(&full(key.name), value, &key.holds),
                None if key.is_required => {
                    let what = match key.holds {
                        Holds::Value => format!("the key `{}`", key.name),
                        Holds::Table(_) => format!("a table [{}]", full(key.name)),
                        Holds::Tables(_) => format!("at least one table [[{}]]", full(key.name)),
                    };
                    let place = if path.is_empty() {
                        self.place.to_owned()
                    } else {
                        self.lines.place(self.place, path)
                    };
                    let hint = "`scr init --example` prints a file with every key";
                    self.problems.push(Problem::new(place, what, "none", hint));
                }
                None => {}
            }
        }
    }

    fn value(&mut self, path: &str, value: &Spanned<DeValue<'_>>, holds: &Holds) {
        let found = value.get_ref();
        let expected = match holds {
            Holds::Value => return,
            Holds::Table(keys) => match found.as_table() {
                Some(table) => return self.table(path, table, keys),
                None => format!("a table [{path}]"),
            },
            Holds::Tables(keys) => match found.as_array() {
                Some(list) if list.iter().all(|item| item.get_ref().as_table().is_some()) => {
                    for (at, item) in list.iter().enumerate() {
                        let path = format!("{path}[{at}]");
                        let line = line_of(self.text, item.span().start);
                        self.lines.lines.insert(path.clone(), line);
                        if let Some(table) = item.get_ref().as_table() {
                            self.table(&path, table, keys);
                        }
                    }
                    return;
                }
                _ => format!("tables [[{path}]]"),
            },
        };
        let place = self.lines.place(self.place, path);
        self.problems.push(Problem::new(place, expected, "another value", ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmark::BENCHMARK_EXAMPLE;
    use crate::benchmark_file::BenchmarkFile;

    /// The example with its commented keys.
    fn whole() -> String {
        BENCHMARK_EXAMPLE
            .replace("# landmarks", "landmarks")
            .replace("# obtain", "obtain")
            .replace("# [scoring]", "[scoring]")
            .replace("# undefined =", "undefined =")
            .replace("# [literature]", "[literature]")
            .replace("# table =", "table =")
            .replace("# note =", "note =")
    }

    fn paths(prefix: &str, table: &toml::Table) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        for (name, value) in table {
            let path = format!("{prefix}{name}");
            let inner = value.as_table().or_else(|| value.as_array()?.first()?.as_table());
            found.extend(inner.map_or(Vec::new(), |inner| paths(&format!("{path}."), inner)));
            found.push((path, inner.is_some()));
        }
        found
    }

    fn without(table: &mut toml::Table, path: &str) {
        match path.split_once('.') {
            None => drop(table.remove(path)),
            Some((name, rest)) => match table.get_mut(name) {
                Some(toml::Value::Array(list)) => {
                    list.iter_mut().filter_map(|v| v.as_table_mut()).for_each(|t| without(t, rest));
                }
                Some(toml::Value::Table(inner)) => without(inner, rest),
                _ => {}
            },
        }
    }

    #[test]
    fn the_example_has_every_key_and_serde_agrees_on_which_are_required() {
        let table: toml::Table = whole().parse().unwrap();
        let paths = paths("", &table);
        let n_keys = |keys: &[Key]| -> usize {
            keys.iter()
                .map(|key| match key.holds {
                    Holds::Value => 1,
                    Holds::Table(inner) | Holds::Tables(inner) => 1 + inner.len(),
                })
                .sum()
        };
        assert_eq!(paths.len(), n_keys(FILE), "{paths:?}");
        for (path, _) in paths {
            let mut table = table.clone();
            without(&mut table, &path);
            let text = table.to_string();
            let is_valid = toml::from_str::<BenchmarkFile>(&text).is_ok();
            assert_eq!(check("x", &text).is_ok(), is_valid, "{path}");
        }
    }

    #[test]
    fn all_missing_and_unknown_keys_are_listed_with_their_lines() {
        let text =
            "id = \"x\"\ntitel = \"X\"\n[images]\ntable = \"t\"\n[[structures]]\nid = \"a\"\n";
        let problems = check("b.toml", text).unwrap_err();
        let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let text = text.join("\n");
        for part in [
            "b.toml, line 2, titel: expected one of the keys id, title",
            "b.toml: expected the key `title`",
            "b.toml, line 3, images: expected the key `folder`",
            "b.toml, line 3, images: expected the key `spacing_mm`",
            "b.toml, line 5, structures[0]: expected the key `name`",
            "b.toml: expected at least one table [[observers]]",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn errors_of_syntax_name_their_line() {
        let problems = check("b.toml", "id = \"x\"\ntitle = x\n").unwrap_err();
        assert!(problems[0].place.contains("line 2"), "{}", problems[0]);
        assert!(check("b.toml", "images = 1").unwrap_err().len() > 3);
    }
}
