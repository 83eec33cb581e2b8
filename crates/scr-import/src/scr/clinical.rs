//! Clinical lists of the JSRT images, and the table of images made of them.
//!
//! Their layout is loose (tabs, runs of spaces, all kinds of line ends, other encodings).
//! So only lines that begin with the name of an image count, and of these only the first
//! columns. A value that cannot be parsed stays empty and becomes a notice.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::originals::fold;
use super::sources::{Sources, image_id};
use scr_data::formats::pfs::lines;
use scr_data::{DataError, Problems, files};

/// Clinical data of one image; empty when the lists have none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ClinicalData {
    age: String,
    /// `female` or `male`.
    sex: String,
    subtlety: String,
    nodule_size_mm: String,
    nodule_x: String,
    nodule_y: String,
    /// `malignant` or `benign`.
    diagnosis: String,
}

/// Reads all lists; values that cannot be parsed become notices.
///
/// # Errors
/// [`DataError::Problems`] when a list exists but cannot be read at all.
pub(super) fn read(
    texts: &[PathBuf],
    notices: &mut Vec<String>,
) -> Result<BTreeMap<String, ClinicalData>, DataError> {
    let mut data = BTreeMap::new();
    let mut problems = Problems::default();
    for path in texts {
        let Some(bytes) = problems.keep(files::read_file(path)) else { continue };
        let place = path.display().to_string();
        add(&mut data, &place, &String::from_utf8_lossy(&bytes), notices);
    }
    if data.is_empty() {
        notices.push(
            "no clinical list (CLNDAT_EN.TXT, CNNDAT_EN.TXT) was found: age, sex and nodules \
             are left empty"
                .to_owned(),
        );
    }
    problems.or(data)
}

fn add(
    data: &mut BTreeMap<String, ClinicalData>,
    place: &str,
    text: &str,
    notices: &mut Vec<String>,
) {
    for (index, line) in lines(text).enumerate() {
        let name = line.split_whitespace().next().unwrap_or_default();
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let Some(id) = image_id(stem) else { continue };
        let mut unclear = Vec::new();
        let image = if id.starts_with("JPCLN") {
            with_nodule(line, &mut unclear)
        } else {
            without_nodule(line, &mut unclear)
        };
        if !unclear.is_empty() {
            let unclear = unclear.join(", ");
            notices.push(format!("{place}, line {}: no {unclear} for {id}", index + 1));
        }
        data.entry(id).or_insert(image);
    }
}

/// Parses name, subtlety, size, age, sex, x, y and diagnosis, separated by tabs.
fn with_nodule(line: &str, unclear: &mut Vec<&str>) -> ClinicalData {
    let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
    let column = |index: usize| columns.get(index).copied().unwrap_or_default();
    let diagnosis = column(7).to_ascii_lowercase();
    ClinicalData {
        subtlety: number(column(1), "subtlety", unclear),
        nodule_size_mm: number(column(2), "nodule size", unclear),
        age: number(column(3), "age", unclear),
        sex: sex(column(4), unclear),
        nodule_x: number(column(5), "nodule x", unclear),
        nodule_y: number(column(6), "nodule y", unclear),
        diagnosis: match diagnosis.as_str() {
            "malignant" | "benign" => diagnosis,
            _ => {
                unclear.push("diagnosis");
                String::new()
            }
        },
    }
}

/// Parses name, age, sex and `non-nodule`, separated by spaces.
fn without_nodule(line: &str, unclear: &mut Vec<&str>) -> ClinicalData {
    let mut words = line.split_whitespace().skip(1);
    let mut word = || words.next().unwrap_or_default();
    ClinicalData {
        age: number(word(), "age", unclear),
        sex: sex(word(), unclear),
        ..ClinicalData::default()
    }
}

/// The text when it is a number; the lists mark unknown numbers with `?`.
fn number<'n>(text: &str, name: &'n str, unclear: &mut Vec<&'n str>) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => return number.to_string(),
        _ if text == "?" => {}
        _ => unclear.push(name),
    }
    String::new()
}

fn sex(text: &str, unclear: &mut Vec<&str>) -> String {
    match text.to_ascii_lowercase().as_str() {
        "female" | "f" => "female".to_owned(),
        "male" | "m" => "male".to_owned(),
        "?" => String::new(),
        _ => {
            unclear.push("sex");
            String::new()
        }
    }
}

/// Table of images of the benchmark. The image's name gives the fold and the presence of
/// a nodule.
pub(super) fn table(sources: &Sources, data: &BTreeMap<String, ClinicalData>) -> String {
    let mut text = String::from(
        "image_id,fold,age,sex,nodule,subtlety,nodule_size_mm,nodule_x_2048,nodule_y_2048,diagnosis\n",
    );
    for image in &sources.images {
        let id = &image.id;
        let image = data.get(id).cloned().unwrap_or_default();
        let nodule = if id.starts_with("JPCLN") { "yes" } else { "no" };
        let fold = fold(id).to_string();
        text += &[
            id,
            fold.as_str(),
            &image.age,
            &image.sex,
            nodule,
            &image.subtlety,
            &image.nodule_size_mm,
            &image.nodule_x,
            &image.nodule_y,
            &image.diagnosis,
        ]
        .join(",");
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> (BTreeMap<String, ClinicalData>, Vec<String>) {
        let mut data = BTreeMap::new();
        let mut notices = Vec::new();
        add(&mut data, "list.txt", text, &mut notices);
        (data, notices)
    }

    #[test]
    fn both_lists_are_read_with_any_line_end() {
        let text = "file\tsubtlety\nJPCLN001.IMG\t5\t15.0\t53\tMale\t1634\t692\tmalignant\t\tl.upper\tcancer\n\
                    JPCNN002.IMG    48  Female  non-nodule\n";
        for end in ["\n", "\r", "\r\n"] {
            let (data, notices) = data(&text.replace('\n', end));
            assert_eq!(notices, Vec::<String>::new());
            let with = &data["JPCLN001"];
            assert_eq!((with.subtlety.as_str(), with.nodule_size_mm.as_str()), ("5", "15"));
            assert_eq!((with.age.as_str(), with.sex.as_str()), ("53", "male"));
            assert_eq!((with.nodule_x.as_str(), with.nodule_y.as_str()), ("1634", "692"));
            assert_eq!(with.diagnosis, "malignant");
            let without = &data["JPCNN002"];
            assert_eq!((without.age.as_str(), without.sex.as_str()), ("48", "female"));
        }
    }

    #[test]
    fn an_unknown_age_is_empty_and_unclear_values_are_notices() {
        let (data, notices) =
            data("JPCLN001.IMG\t5\t15\t?\tFemale\t1\t2\tbenign\nJPCLN002.IMG\t5\n");
        assert_eq!(data["JPCLN001"].age, "");
        assert_eq!(notices.len(), 1);
        assert!(notices[0].starts_with("list.txt, line 2: no nodule size, age"), "{notices:?}");
    }
}
