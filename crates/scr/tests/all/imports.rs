//! Imports between the files of a crate, read from their text.
//!
//! A file imports another when one of its paths, in a `use` or in the code, names an item that
//! the other defines. Re-exports are followed to the definition, and are imports of the file
//! that makes them. Code under `#[cfg(test)]` does not count. Method calls name no file, so
//! they are not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Path of a module in its crate: `["formats", "png"]`; empty for the root.
type Module = Vec<String>;

/// Files that each file imports, by module.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// Circles of imports among the files of a crate, each as the sorted names of its modules.
pub(crate) fn circles(sources: &Path) -> Vec<Vec<String>> {
    let imports = imports(sources);
    let reachable: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (module, reachable(&imports, module))).collect();
    let mut circles = BTreeSet::new();
    for (module, targets) in &reachable {
        let members: Vec<String> = targets
            .iter()
            .filter(|target| reachable[**target].contains(module))
            .map(|member| name(member))
            .collect();
        if members.len() > 1 {
            circles.insert(members);
        }
    }
    circles.into_iter().collect()
}

/// Imports between the members of a circle, one a line: `a -> b`.
pub(crate) fn imports_within(sources: &Path, circle: &[String]) -> String {
    let is_member = |module: &Module| circle.contains(&name(module));
    let mut lines = String::new();
    for (from, targets) in imports(sources).iter().filter(|(from, _)| is_member(from)) {
        for to in targets.iter().filter(|to| is_member(to)) {
            lines.push_str(&format!("  {} -> {}\n", name(from), name(to)));
        }
    }
    lines
}

fn name(module: &Module) -> String {
    if module.is_empty() { "root".to_owned() } else { module.join("::") }
}

/// All modules on a way of imports from a module.
fn reachable<'a>(imports: &'a Imports, from: &Module) -> BTreeSet<&'a Module> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        for target in imports.get(module).into_iter().flatten() {
            if reached.insert(target) {
                open.push(target);
            }
        }
    }
    reached
}

fn imports(sources: &Path) -> Imports {
    let mut files = BTreeMap::new();
    read(sources, &[], &mut files);
    let in_tests: Vec<Module> = files.values().flat_map(|file: &File| file.tests.clone()).collect();
    files.retain(|module, _| !in_tests.iter().any(|test| module.starts_with(test)));
    let crate_files = Crate { files };
    let of_file = |(module, file): (&Module, &File)| {
        let targets = file.paths.iter().filter_map(|path| crate_files.definer(module, path, 0));
        (module.clone(), targets.filter(|target| target != module).collect())
    };
    crate_files.files.iter().map(of_file).collect()
}

/// A source file.
struct File {
    /// Paths in its code and its `use` declarations.
    paths: Vec<Vec<String>>,
    /// Path that each imported name stands for.
    imported: BTreeMap<String, Vec<String>>,
    /// Paths that end in `*`, without it.
    globs: Vec<Vec<String>>,
    /// Names of the items that it defines.
    defined: BTreeSet<String>,
    /// Child modules that are compiled for tests alone.
    tests: Vec<Module>,
}

struct Crate {
    files: BTreeMap<Module, File>,
}

impl Crate {
    /// Module that defines the item of a path in `module`; none for modules themselves and
    /// for items of other crates.
    fn definer(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut here = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                here.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while let Some(("super", after)) =
                    rest.split_first().map(|(first, after)| (first.as_str(), after))
                {
                    here.pop();
                    rest = after;
                }
            }
            first => {
                let file = &self.files[module];
                let child = [&here[..], &[first.to_owned()]].concat();
                if !self.files.contains_key(&child) && !file.imported.contains_key(first) {
                    return None;
                }
            }
        }
        while let Some((next, after)) = rest.split_first() {
            let child = [&here[..], std::slice::from_ref(next)].concat();
            if self.files.contains_key(&child) {
                (here, rest) = (child, after);
                continue;
            }
            let file = self.files.get(&here)?;
            // Names that two files import from each other end here.
            if file.defined.contains(next) || depth > 8 {
                return Some(here);
            }
            if let Some(stands_for) = file.imported.get(next) {
                let whole = [&stands_for[..], after].concat();
                return self.definer(&here, &whole, depth + 1);
            }
            let defines = |module: &Module| self.files[module].defined.contains(next);
            let globs =
                file.globs.iter().map(|glob| [&glob[..], std::slice::from_ref(next)].concat());
            let found = globs.filter_map(|path| self.definer(&here, &path, depth + 1));
            return Some(found.into_iter().find(defines).unwrap_or(here));
        }
        None
    }
}

/// Reads the files of a folder as modules below `parent`.
fn read(folder: &Path, parent: &[String], files: &mut BTreeMap<Module, File>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the entry can be read").path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            read(&path, &[parent, &[stem]].concat(), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_root = parent.is_empty() && (stem == "lib" || stem == "main");
            let module =
                if is_root || stem == "mod" { parent.to_vec() } else { [parent, &[stem]].concat() };
            let code = fs::read_to_string(&path).expect("the file can be read");
            files.insert(module.clone(), parse(&module, &code));
        }
    }
}

fn parse(module: &Module, code: &str) -> File {
    let (tokens, tests) = without_tests(&tokens(code));
    let mut file = File {
        paths: Vec::new(),
        imported: BTreeMap::new(),
        globs: Vec::new(),
        defined: BTreeSet::new(),
        tests: tests.into_iter().map(|test| [&module[..], &[test]].concat()).collect(),
    };
    let mut at = 0;
    while at < tokens.len() {
        let before = if at > 0 { tokens[at - 1].as_str() } else { "" };
        let next = tokens.get(at + 1).map_or("", String::as_str);
        match tokens[at].as_str() {
            "use" if before != "<" && before != "+" => {
                at += 1;
                let mut found = Vec::new();
                use_tree(&tokens, &mut at, &[], &mut found);
                for (path, alias) in found {
                    if path.last().is_some_and(|last| last == "*") {
                        file.globs.push(path[..path.len() - 1].to_vec());
                    } else {
                        file.imported.insert(alias, path.clone());
                    }
                    file.paths.push(path);
                }
            }
            "fn" | "struct" | "enum" | "trait" | "const" | "static" | "type" | "union" => {
                file.defined.insert(next.to_owned());
                at += 1;
            }
            "macro_rules" => {
                file.defined.insert(tokens.get(at + 2).cloned().unwrap_or_default());
                at += 1;
            }
            // What `pub(in path)` names is no item.
            "in" if at > 1 && before == "(" && tokens[at - 2] == "pub" => {
                while tokens[at] != ")" {
                    at += 1;
                }
            }
            word if is_word(word) && before != "::" && before != "." => {
                let mut path = vec![word.to_owned()];
                while tokens.get(at + 1).is_some_and(|token| token == "::")
                    && tokens.get(at + 2).is_some_and(|token| is_word(token))
                {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                if path.len() > 1 {
                    file.paths.push(path);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    file
}

fn is_word(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

/// Paths of a `use` tree that begins at `at`, each with the name that it imports.
fn use_tree(
    tokens: &[String],
    at: &mut usize,
    start: &[String],
    found: &mut Vec<(Vec<String>, String)>,
) {
    let mut path = start.to_vec();
    loop {
        match tokens[*at].as_str() {
            "::" => *at += 1,
            "{" => {
                *at += 1;
                while tokens[*at] != "}" {
                    use_tree(tokens, at, &path, found);
                    if tokens[*at] == "," {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" | ";" => break,
            "as" => {
                found.push((path, tokens[*at + 1].clone()));
                *at += 2;
                return;
            }
            "self" if !path.is_empty() => *at += 1,
            word => {
                path.push(word.to_owned());
                *at += 1;
            }
        }
    }
    let name = path.last().cloned().unwrap_or_default();
    found.push((path, name));
}

/// Tokens without the items under `#[cfg(test)]`, and the names of the modules among these.
fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let attribute = tokens[at..].starts_with(&["#".to_owned(), "[".to_owned()]);
        let end = at + tokens[at..].iter().position(|token| token == "]").unwrap_or(0);
        let is_test = attribute
            && tokens[at + 2] == "cfg"
            && tokens[at..end].iter().any(|token| token == "test")
            && !tokens[at..end].iter().any(|token| token == "not");
        if !is_test {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at = end + 1;
        let mut depth = 0usize;
        while at < tokens.len() {
            match tokens[at].as_str() {
                "mod" if depth == 0 => modules.push(tokens[at + 1].clone()),
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            let is_end = tokens[at] == ";" || tokens[at] == "}";
            at += 1;
            if depth == 0 && is_end {
                break;
            }
        }
    }
    (kept, modules)
}

/// Words, `::` and single signs of code, without comments, texts, letters and lifetimes.
fn tokens(code: &str) -> Vec<String> {
    let letters: Vec<char> = code.chars().collect();
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let rest = &letters[at..];
        at += match rest {
            ['/', '/', ..] => rest.iter().position(|&letter| letter == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => {
                let mut ends = rest.windows(2).skip(2);
                ends.position(|two| two == ['*', '/']).map_or(rest.len(), |place| place + 4)
            }
            ['r', '"' | '#', ..] | ['b', 'r', '"' | '#', ..] => raw_text(rest),
            ['"', ..] => text(rest),
            ['\'', '\\', ..] => 3 + rest[3..].iter().take_while(|&&l| l != '\'').count() + 1,
            ['\'', _, '\'', ..] => 3,
            ['\'', ..] => 1 + rest[1..].iter().take_while(|&&letter| is_part(letter)).count(),
            [':', ':', ..] => {
                tokens.push("::".to_owned());
                2
            }
            [letter, ..] if letter.is_whitespace() => 1,
            [letter, ..] if is_part(*letter) => {
                let word: String = rest.iter().take_while(|&&letter| is_part(letter)).collect();
                let length = word.chars().count();
                tokens.push(word);
                length
            }
            [letter, ..] => {
                tokens.push(letter.to_string());
                1
            }
            [] => break,
        };
    }
    tokens
}

/// Length of a text that begins with a quotation mark.
fn text(letters: &[char]) -> usize {
    let mut at = 1;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Length of a raw text; of `r#type` and the like the `r#` alone.
fn raw_text(letters: &[char]) -> usize {
    let prefix = letters.iter().take_while(|letter| letter.is_alphabetic()).count();
    let marks = letters[prefix..].iter().take_while(|&&letter| letter == '#').count();
    let start = prefix + marks + 1;
    if letters.get(start - 1) != Some(&'"') {
        return prefix + marks;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let place = letters[start..].windows(end.len()).position(|window| window == end);
    place.map_or(letters.len(), |place| start + place + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Circles among files with these contents, by path below `src`.
    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let temp = tempfile::tempdir().expect("a temporary folder");
        for (path, code) in files {
            let path = temp.path().join(path);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("it is made");
            fs::write(path, code).expect("it is written");
        }
        circles(temp.path())
    }

    #[test]
    fn a_circle_is_found_through_re_exports_and_inline_paths() {
        let files = [
            ("lib.rs", "mod a; mod b; pub use a::{One, two as deux}; pub use b::*;"),
            ("a.rs", "pub struct One; pub fn two() -> usize { crate::b::three() }"),
            ("b.rs", "pub fn three() -> usize { 3 } fn four() { let _: super::One; }"),
        ];
        assert_eq!(circles_of(&files), [["a", "b"]]);
        let renamed = ("b.rs", "use crate::deux; pub fn three() -> usize { deux() }");
        assert_eq!(circles_of(&[files[0], files[1], renamed]), [["a", "b"]]);
    }

    #[test]
    fn a_parent_that_uses_its_child_and_is_used_by_it_is_a_circle() {
        let parent = "mod child; pub const LIMIT: usize = 3; pub use child::run;";
        let child = "use super::LIMIT; pub fn run() -> usize { LIMIT }";
        let files = [("lib.rs", "mod a;"), ("a/mod.rs", parent), ("a/child.rs", child)];
        assert_eq!(circles_of(&files), [["a", "a::child"]]);
        let declares = [files[0], ("a/mod.rs", "mod child; pub const LIMIT: usize = 3;"), files[2]];
        assert!(circles_of(&declares).is_empty());
    }

    #[test]
    fn tests_comments_and_texts_import_nothing() {
        let a = "// crate::b::two\n/* crate::b::two */ pub fn one() { let _ = \"crate::b::two\"; \
                 let _ = r#\"crate::b::two\"#; let _ = '\\''; }\n\
                 #[cfg(test)]\nmod tests { use crate::b::two; }";
        let b = "use crate::a::one; pub(in crate::a) fn two() { one() }";
        assert!(circles_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", b)]).is_empty());
        let test_module = [
            ("lib.rs", "mod a; #[cfg(test)] mod checks;"),
            ("a.rs", "pub fn one() {} #[cfg(test)] fn two() { crate::checks::three() }"),
            ("checks.rs", "use crate::a::one; pub fn three() { one() }"),
        ];
        assert!(circles_of(&test_module).is_empty());
    }
}
