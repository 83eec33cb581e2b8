//! Names of labels: tables beside the masks that say which value or colour is which structure.
//!
//! Read are `dataset.json` of nnU-Net and the Decathlon, CSV tables, `labelmap.txt` of CVAT,
//! colour tables of 3D Slicer, ITK-SNAP and CamVid, and lists of classes that begin with the
//! background.

use std::collections::BTreeMap;
use std::path::Path;

use scr_data::formats::{MAX_LAYERS, MaskValue};
use scr_data::{Problem, Problems};
use serde::Deserialize;
use serde_json::Value;

use crate::documents::{self, JsonKind};
use crate::listing::{FoundFile, Listing};
use crate::tables::{Table, plain};

/// Maximum size of a table of names in bytes.
const MAX_TABLE_BYTES: u64 = 1 << 20;
/// Names of the background.
const BACKGROUND: &[&str] =
    &["background", "bg", "clear label", "none", "normal", "other", "unlabeled", "unlabelled"];

/// Names of labels by value and colour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LabelNames {
    /// File of the names.
    pub(crate) place: String,
    numbers: BTreeMap<i64, String>,
    colours: BTreeMap<(u8, u8, u8), String>,
}

impl LabelNames {
    /// Name of a value, by its number, its place in the palette or its colour.
    pub(crate) fn name(&self, value: MaskValue, index: Option<u8>) -> Option<&str> {
        let by_number = |number: i64| self.numbers.get(&number);
        let grey = |number: i64| u8::try_from(number).ok().map(|grey| (grey, grey, grey));
        let found = match value {
            MaskValue::Number(number) => {
                by_number(number).or_else(|| self.colours.get(&grey(number)?))
            }
            MaskValue::Colour(red, green, blue) => {
                let place = index.map(i64::from).or_else(|| voc_index(red, green, blue));
                self.colours.get(&(red, green, blue)).or_else(|| by_number(place?))
            }
        };
        found.map(String::as_str)
    }

    /// True when there are no names.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.colours.is_empty()
    }

    fn add_number(&mut self, number: i64, name: &str) {
        self.numbers.insert(number, name.trim().to_owned());
    }

    fn add_colour(&mut self, colour: [u8; 3], name: &str) {
        self.colours.insert(colour.into(), name.trim().to_owned());
    }
}

/// True for a name of the background.
pub(crate) fn is_background(name: &str) -> bool {
    BACKGROUND.contains(&name.trim_matches(['_', ' ']).to_lowercase().as_str())
}

/// Place of a colour in the palette of Pascal VOC, whose bits are spread over the channels.
fn voc_index(red: u8, green: u8, blue: u8) -> Option<i64> {
    let colour_of = |index: u32| {
        let mut colour = [0u8; 3];
        // Bits 0 to 7 of the index go to red, green and blue in turn, the highest bit first.
        for bit in 0..8 {
            colour[bit % 3] |= ((index >> bit & 1) as u8) << (7 - bit / 3);
        }
        colour
    };
    (1..256u32).find(|&index| colour_of(index) == [red, green, blue]).map(i64::from)
}

/// Finds names in the documents of `listings` and directly in `folders`. The first of the
/// documents with names is used; none when there is none.
///
/// # Errors
/// Problems of a document that is a table of names.
pub(crate) fn find(
    listings: &[&Listing],
    folders: &[&Path],
) -> Result<Option<LabelNames>, Problems> {
    let mut files: Vec<FoundFile> = listings
        .iter()
        .flat_map(|listing| listing.files.iter().filter(|file| file.is_document()).cloned())
        .collect();
    for folder in folders {
        let Ok(entries) = folder.read_dir() else { continue };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        let found = paths.iter().filter(|path| path.is_file());
        files.extend(found.filter_map(|path| Listing::of_file(path)?.files.pop()));
    }
    files.sort_by_key(|file| (file.folders.len(), priority(file)));
    files.dedup_by(|a, b| a.path == b.path);
    let mut problems = Problems::default();
    for file in files.iter().filter(|file| priority(file) < usize::MAX) {
        let is_small = file.path.metadata().is_ok_and(|data| data.len() <= MAX_TABLE_BYTES);
        if !is_small {
            continue;
        }
        match read(file) {
            Ok(names) if names.is_empty() => {}
            Ok(names) => return Ok(Some(LabelNames { place: file.place(), ..names })),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.list().is_empty() { Ok(None) } else { Err(problems) }
}

/// Order in which kinds of documents are looked at; the greatest number for others.
fn priority(file: &FoundFile) -> usize {
    let order = ["json", "csv", "tsv", "txt", "ctbl", "label"];
    order.iter().position(|other| *other == file.extension).unwrap_or(usize::MAX)
}

fn read(file: &FoundFile) -> Result<LabelNames, Problem> {
    match file.extension.as_str() {
        "json" => {
            let bytes = documents::read(&file.path)?;
            match documents::json_kind(&bytes) {
                JsonKind::Dataset => of_json(file, &bytes),
                _ => Ok(LabelNames::default()),
            }
        }
        // A table of other things is no table of names.
        "csv" | "tsv" => {
            Ok(Table::read(&file.path).map_or(LabelNames::default(), |table| of_table(&table)))
        }
        _ => Ok(of_lines(&String::from_utf8_lossy(&documents::read(&file.path)?))),
    }
}

#[derive(Deserialize)]
struct Dataset {
    labels: BTreeMap<String, Value>,
}

/// Names of `dataset.json`: `"1": "lung"` or `"lung": 1`.
fn of_json(file: &FoundFile, bytes: &[u8]) -> Result<LabelNames, Problem> {
    let mut names = LabelNames::default();
    let Ok(dataset) = serde_json::from_slice::<Dataset>(documents::without_mark(bytes)) else {
        return Ok(names);
    };
    for (key, value) in &dataset.labels {
        match (key.parse::<i64>(), value) {
            (Ok(number), Value::String(name)) => names.add_number(number, name),
            (Err(_), Value::Number(number)) if number.is_i64() => {
                names.add_number(number.as_i64().unwrap_or_default(), key);
            }
            (Err(_), Value::Array(_)) => {
                let place = format!("{}, labels", file.place());
                let expected = "a number for each label";
                let found = format!("a region of several labels, `{key}`");
                let hint = "name the values with --labels, and the unions with --objects";
                return Err(Problem::new(place, expected, found, hint));
            }
            _ => {}
        }
    }
    Ok(names)
}

/// Names of a CSV table with a column of names and one of values or three of colours.
fn of_table(table: &Table) -> LabelNames {
    let mut names = LabelNames::default();
    if table.records.len() > MAX_LAYERS {
        return names;
    }
    let column = |names: &[&str], is_number: bool| {
        let holds = |&column: &usize| {
            let mut cells = table.records.iter().map(|record| record[column].as_str());
            let numbers = cells.clone().all(|cell| cell.parse::<i64>().is_ok());
            cells.next().is_some() && numbers == is_number
        };
        names.iter().filter_map(|name| table.column(&[name])).find(holds)
    };
    const NAMES: &[&str] = &[
        "name",
        "classname",
        "labelname",
        "structure",
        "organ",
        "anatomy",
        "description",
        "class",
        "label",
        "category",
    ];
    const VALUES: &[&str] = &[
        "value",
        "pixelvalue",
        "labelvalue",
        "id",
        "labelid",
        "classid",
        "index",
        "number",
        "label",
        "class",
        "code",
        "grey",
        "gray",
        "intensity",
        "pixel",
    ];
    let Some(name) = column(NAMES, false) else { return names };
    let value = column(VALUES, true);
    let rgb = ["red", "green", "blue"].map(|channel| table.column(&[&channel[..1], channel]));
    let colour = table.column(&["color", "colour", "rgb", "hex", "colorrgb"]);
    for record in &table.records {
        let cell = |column: usize| record[column].as_str();
        if let Some(number) = value.and_then(|value| cell(value).parse().ok()) {
            names.add_number(number, cell(name));
        }
        let channels = rgb.map(|channel| channel.and_then(|column| cell(column).parse().ok()));
        if let [Some(red), Some(green), Some(blue)] = channels {
            names.add_colour([red, green, blue], cell(name));
        } else if let Some(colour) = colour.and_then(|column| parse_colour(cell(column))) {
            names.add_colour(colour, cell(name));
        }
    }
    names
}

/// Names of a text with a label a line, in one of the forms of the head of this file.
fn of_lines(text: &str) -> LabelNames {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> =
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut names = LabelNames::default();
    for line in &lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let byte = |at: usize| words.get(at).and_then(|word| word.parse::<u8>().ok());
        let colour_at = |at: usize| Some([byte(at)?, byte(at + 1)?, byte(at + 2)?]);
        let number = words.first().and_then(|word| word.parse::<i64>().ok());
        // CVAT: `name:r,g,b:parts:actions`.
        if let Some((name, rest)) = line.split_once(':')
            && let Some(colour) = parse_colour(rest.split(':').next().unwrap_or_default())
        {
            names.add_colour(colour, name);
        // ITK-SNAP: `index r g b a visible mesh "name"`.
        } else if let (Some(number), Some((_, name)), Some(_)) =
            (number, line.trim_end_matches('"').split_once('"'), colour_at(1))
        {
            names.add_number(number, name);
        // 3D Slicer: `index name r g b a`.
        } else if let (6, Some(number), Some(colour)) = (words.len(), number, colour_at(2)) {
            names.add_number(number, words[1]);
            names.add_colour(colour, words[1]);
        // CamVid: `r g b name`.
        } else if let (true, Some(colour)) = (words.len() > 3, colour_at(0)) {
            names.add_colour(colour, &words[3..].join(" "));
        } else if let (2, Some(number)) = (words.len(), number) {
            names.add_number(number, words[1]);
        }
    }
    if names.is_empty() {
        // LabelMe: a class a line, `__ignore__` before the background.
        let lines = lines.strip_prefix(&["__ignore__"]).unwrap_or(&lines);
        if lines.first().is_some_and(|first| is_background(first)) {
            for (number, name) in lines.iter().enumerate() {
                names.add_number(number as i64, name);
            }
        }
    }
    names
}

/// Colour as `#rrggbb`, `r,g,b` or `(r, g, b)`.
pub(crate) fn parse_colour(text: &str) -> Option<[u8; 3]> {
    let text = text.trim().trim_matches(['(', ')', '[', ']']);
    if let Some(hex) = text.strip_prefix('#') {
        let bytes = (hex.len() == 6).then(|| u32::from_str_radix(hex, 16).ok())??.to_be_bytes();
        return Some([bytes[1], bytes[2], bytes[3]]);
    }
    let channels = text.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let channels: Option<Vec<u8>> = channels.map(|part| part.parse().ok()).collect();
    channels?.try_into().ok()
}

/// Name that the user gives a label: `1=right_lung`, `#800000=heart`, `lung L=left_lung`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenName {
    /// Value, colour or name of the label; empty for the only structure.
    pub(crate) label: String,
    /// Name of the structure; empty to leave the label out.
    pub(crate) name: String,
}

impl GivenName {
    /// Parses a list, divided by commas.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let entry = |entry: &str| {
            let (label, name) = entry.split_once('=').unwrap_or(("", entry));
            let (label, name) = (label.trim().to_owned(), name.trim().to_owned());
            if label.is_empty() && name.is_empty() {
                return Err("expected LABEL=NAME, such as 1=right_lung,2=left_lung".to_owned());
            }
            Ok(Self { label, name })
        };
        text.split(',').map(entry).collect()
    }

    /// True when the entry is about a value.
    pub(crate) fn is_value(&self, value: MaskValue, index: Option<u8>) -> bool {
        let number = self.label.parse::<i64>().ok();
        match value {
            MaskValue::Number(found) => number == Some(found),
            MaskValue::Colour(red, green, blue) => {
                let place = index.map(i64::from).or_else(|| voc_index(red, green, blue));
                parse_colour(&self.label) == Some([red, green, blue])
                    || (number.is_some() && number == place)
            }
        }
    }

    /// True when the entry is about a name.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        !self.label.is_empty() && plain(&self.label) == plain(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn named(names: &LabelNames, value: MaskValue) -> Option<&str> {
        names.name(value, None)
    }

    #[test]
    fn lists_of_each_program_name_values_and_colours() {
        let red = MaskValue::Colour(128, 0, 0);
        let one = MaskValue::Number(1);
        let cvat = "# label:color_rgb:parts:actions\nbackground:0,0,0::\nright_lung:128,0,0::\n";
        assert_eq!(named(&of_lines(cvat), red), Some("right_lung"));
        let snap = "0 0 0 0 0 0 0 \"Clear Label\"\n1 255 0 0 1 1 1 \"right lung\"\n";
        assert_eq!(named(&of_lines(snap), one), Some("right lung"));
        let slicer = "# Color\n0 Background 0 0 0 0\n1 heart 128 0 0 255\n";
        assert_eq!(named(&of_lines(slicer), one), Some("heart"));
        assert_eq!(named(&of_lines(slicer), red), Some("heart"));
        assert_eq!(named(&of_lines("128 0 0 Left Lung\n"), red), Some("Left Lung"));
        let labelme = "__ignore__\n_background_\nlung\n";
        assert_eq!(named(&of_lines(labelme), one), Some("lung"));
        assert_eq!(named(&of_lines(labelme), red), Some("lung"), "Pascal's first colour");
        assert!(of_lines("some words\nof a readme\n").is_empty());
    }

    #[test]
    fn names_of_the_user_fit_values_colours_and_names() {
        let names =
            GivenName::parse_list("1=right_lung, #800000=heart,Lung L=left_lung,9=").unwrap();
        assert!(names[0].is_value(MaskValue::Number(1), None));
        assert!(names[0].is_value(MaskValue::Colour(128, 0, 0), None), "Pascal's first colour");
        assert!(names[1].is_value(MaskValue::Colour(128, 0, 0), None));
        assert!(names[2].is_name("lung_l"));
        assert_eq!(names[3].name, "");
        assert!(GivenName::parse_list("1=a,").is_err());
    }

    #[test]
    fn pascals_colours_have_places() {
        assert_eq!(voc_index(0, 128, 0), Some(2));
        assert_eq!(voc_index(192, 128, 128), Some(15));
        assert_eq!(voc_index(1, 2, 3), None);
    }
}
