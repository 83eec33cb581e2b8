//! BibTeX records.
//!
//! Values are untrusted: each character with a meaning in BibTeX or LaTeX becomes the
//! command that prints it, also braces, which BibTeX counts even after a backslash.

use std::fmt;

use super::text::one_line;

/// BibTeX record with its fields in order, without empty ones.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    kind: &'static str,
    key: String,
    fields: Vec<(&'static str, String)>,
}

impl Record {
    /// Record without fields. Of `key`, letters, digits and `-:._` are kept.
    pub(crate) fn new(kind: &'static str, key: &str) -> Self {
        let is_kept = |c: &char| c.is_ascii_alphanumeric() || "-:._".contains(*c);
        Self { kind, key: key.chars().filter(is_kept).collect(), fields: Vec::new() }
    }

    /// Adds a field of text.
    pub(crate) fn words(self, name: &'static str, text: &str) -> Self {
        self.with(name, tex(text))
    }

    /// Adds a title and protects its capitals.
    pub(crate) fn title(self, text: &str) -> Self {
        self.with("title", format!("{{{}}}", tex(text)))
    }

    /// Adds the authors, if there are any.
    pub(crate) fn authors(self, authors: &[String]) -> Self {
        let whole = |author: &String| match tex(author) {
            // A group's name is no two people's.
            name if name.contains(" and ") => format!("{{{name}}}"),
            name => name,
        };
        let names: Vec<String> =
            authors.iter().map(whole).filter(|name| !name.is_empty()).collect();
        self.with("author", names.join(" and "))
    }

    /// Adds a DOI or an address without escapes; invalid characters are left out.
    pub(crate) fn address(self, name: &'static str, text: &str) -> Self {
        let is_part = |c: &char| c.is_ascii_graphic() && !"{}\\\"%#".contains(*c);
        self.with(name, text.chars().filter(is_part).collect())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        if !value.is_empty() {
            self.fields.push((name, value));
        }
        self
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}{{{}", self.kind, self.key)?;
        for (name, value) in &self.fields {
            write!(f, ",\n  {name} = {{{value}}}")?;
        }
        f.write_str("\n}\n")
    }
}

/// Text for LaTeX, on one line.
fn tex(text: &str) -> String {
    let mut written = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' => written.extend(['\\', letter]),
            '\\' => written += "\\textbackslash{}",
            '{' => written += "\\textbraceleft{}",
            '}' => written += "\\textbraceright{}",
            '~' => written += "\\textasciitilde{}",
            '^' => written += "\\textasciicircum{}",
            plain => written.push(plain),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_holds_together_whatever_is_in_it() {
        let record = Record::new("misc", "scr:a}b, c")
            .title("100 % \\input{x} } @misc{evil, & _^~ \"co\"\nnext")
            .authors(&["A. One".into(), "Smith and Sons".into(), " ".into()])
            .words("note", "")
            .address("doi", "10.1/a} b\n")
            .to_string();
        assert_eq!(
            record,
            "@misc{scr:abc,\n  title = {{100 \\% \\textbackslash{}input\\textbraceleft{}x\
             \\textbraceright{} \\textbraceright{} @misc\\textbraceleft{}evil, \\& \\_\
             \\textasciicircum{}\\textasciitilde{} \"co\" next}},\n  \
             author = {A. One and {Smith and Sons}},\n  doi = {10.1/ab}\n}\n"
        );
        let balance =
            record.chars().map(|c| i32::from(c == '{') - i32::from(c == '}')).sum::<i32>();
        assert_eq!(balance, 0);
    }
}
