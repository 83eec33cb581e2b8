//! `.pfs`: text format of the SCR database's points.
//!
//! One block an object: a line `{`, lines `[Key=value]`, lines `{ x, y }`, a line
//! that begins with `}`. Lines with a `;` in front are comments, empty lines are
//! skipped, and lines may end in CR, LF or both. The importer interprets the blocks and
//! their frame.

use std::fmt::Write;

use scr_image::Point;

use crate::FormatError;

/// Object of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct PfsObject {
    /// The attribute `Label`.
    pub label: String,
    /// The other attributes in their order: key and value.
    pub attributes: Vec<(String, String)>,
    /// The points in their order, as written.
    pub points: Vec<Point>,
}

/// Reads all objects of a file. Ignores attributes outside any object.
///
/// Replaces bytes that are not UTF-8, which are text in another encoding.
///
/// # Errors
/// [`FormatError::Line`] with the first invalid line, and when an object has no label or
/// no end.
pub fn parse(bytes: &[u8]) -> Result<Vec<PfsObject>, FormatError> {
    let text = String::from_utf8_lossy(bytes);
    let mut objects = Vec::new();
    let mut open: Option<Block> = None;
    let mut last_line = 0;
    for (index, line) in lines(&text).enumerate() {
        let line_number = index + 1;
        last_line = line_number;
        let line = line.trim();
        let problem = |expected| FormatError::Line {
            line: line_number,
            expected,
            found: format!("`{}`", line.chars().take(60).collect::<String>()),
        };
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if line == "{" {
            if open.is_some() {
                return Err(problem("`}` before the next object"));
            }
            open = Some(Block::default());
        } else if line.starts_with('}') {
            let block = open.take().ok_or_else(|| problem("an object before its end"))?;
            let no_label = || problem("an attribute [Label=...] before the object's end");
            objects.push(PfsObject {
                label: block.label.ok_or_else(no_label)?,
                attributes: block.attributes,
                points: block.points,
            });
        } else if let Some((key, value)) = attribute(line) {
            match &mut open {
                Some(block) if key == "Label" && block.label.is_none() => {
                    block.label = Some(value.to_owned());
                }
                Some(_) if key == "Label" => return Err(problem("one label for each object")),
                Some(block) => block.attributes.push((key.to_owned(), value.to_owned())),
                None => {}
            }
        } else {
            let expected = "a comment, `{`, `}`, [Key=value] or { x, y }";
            let point = point(line).ok_or_else(|| problem(expected))?;
            open.as_mut().ok_or_else(|| problem("`{` before the first point"))?.points.push(point);
        }
    }
    if open.is_some() {
        let found = "the end of the file".into();
        return Err(FormatError::Line {
            line: last_line,
            expected: "`}` after the last object",
            found,
        });
    }
    Ok(objects)
}

/// Writes objects; they read back with every digit of their points.
///
/// Does not escape: labels and attributes must hold no line break, and keys no `=`.
#[must_use]
pub fn write(objects: &[PfsObject]) -> String {
    let mut text = String::new();
    for object in objects {
        let mut line = |line: std::fmt::Arguments<'_>| {
            writeln!(text, "{line}").expect("writing to a string does not fail");
        };
        line(format_args!("{{"));
        line(format_args!("[Label={}]", object.label));
        for (key, value) in &object.attributes {
            line(format_args!("[{key}={value}]"));
        }
        for point in &object.points {
            line(format_args!("{{ {}, {} }}", point.x, point.y));
        }
        line(format_args!("}}"));
    }
    text
}

#[derive(Default)]
struct Block {
    label: Option<String>,
    attributes: Vec<(String, String)>,
    points: Vec<Point>,
}

/// Lines of a text with line ends CR, LF or CRLF.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            rest = None;
            return Some(text);
        };
        let width = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&text[end + width..]);
        Some(&text[..end])
    })
}

fn attribute(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix('[')?.strip_suffix(']')?.split_once('=')?;
    Some((key.trim(), value.trim()))
}

fn point(line: &str) -> Option<Point> {
    let (x, y) = line.strip_prefix('{')?.strip_suffix('}')?.split_once(',')?;
    let point = Point::new(x.trim().parse().ok()?, y.trim().parse().ok()?);
    (point.x.is_finite() && point.y.is_finite()).then_some(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "; a comment\n\n{\n[Label=right lung]\n[LineMode=Closed]\n; another\n\
        { 10.5, 20 }\n{ -1e2 , 3 }\n}\n{\n[Label=heart fixed]\n} trailing\n";

    #[test]
    fn objects_are_read_with_labels_attributes_and_points() {
        let objects = parse(FILE.as_bytes()).unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0].label, "right lung");
        assert_eq!(objects[0].attributes, [("LineMode".to_owned(), "Closed".to_owned())]);
        assert_eq!(objects[0].points, [Point::new(10.5, 20.0), Point::new(-100.0, 3.0)]);
        assert_eq!(objects[1].label, "heart fixed");
    }

    #[test]
    fn lines_may_end_in_cr_lf_or_both() {
        let expected = parse(FILE.as_bytes());
        for end in ["\r", "\r\n"] {
            assert_eq!(parse(FILE.replace('\n', end).as_bytes()), expected);
        }
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line) in [
            ("{\n[Label=a]\n{ 1, x }\n}", 3),
            ("{\n{ 1, NaN }\n}", 2),
            ("{ 1, 2 }", 1),
            ("{\r\n[Label=a]\r\n{\r\n}", 3),
            ("{\n[Label=a]\n[Label=b]\n}", 3),
            ("{\n{ 1, 2 }\n}", 3),
            ("}", 1),
            ("{\n[Label=a]\n{ 1, 2, 3 }\n}", 3),
            ("{\n[Label=a]\nnonsense\n}", 3),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(matches!(error, FormatError::Line { line: l, .. } if l == line), "{error}");
        }
        let error = parse(b"{\n[Label=a]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected `}` after the last object in line 2, found the end of the file"
        );
    }

    #[test]
    fn a_comment_in_another_encoding_does_no_harm() {
        assert_eq!(parse(b"; \xe9t\xe9\n"), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn points_read_back_to_the_same_bits(
            points in prop::collection::vec((-1e300f64..1e300, prop::num::f64::NORMAL), 0..20),
        ) {
            let points: Vec<Point> = points.into_iter().map(|(x, y)| Point::new(x, y)).collect();
            let attributes = vec![("PointSize".into(), "3".into())];
            let objects = vec![PfsObject { label: "left lung fixed".into(), attributes, points }];
            prop_assert_eq!(parse(write(&objects).as_bytes()), Ok(objects));
        }
    }
}
