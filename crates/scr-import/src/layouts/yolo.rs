//! YOLO segmentation: a text file an image, a polygon a line, in shares of width and height.
//!
//! Names of classes are read from `data.yaml` or `classes.txt`; without them classes are
//! numbers.

use scr_data::{Problem, Problems};
use scr_image::{Outline, Point};

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations};
use crate::documents;
use crate::drawing::Part;
use crate::listing::FoundFile;

pub(super) struct Yolo;

/// Texts that are looked at to recognise the layout.
const N_SAMPLED: usize = 20;

impl Layout for Yolo {
    fn name(&self) -> &'static str {
        "YOLO segmentation"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        let names_image = |file: &&FoundFile| {
            let name = file.relative();
            sources.images.has(name.strip_suffix(".txt").unwrap_or(&name))
        };
        let texts = sources.with_extension("txt").into_iter().filter(names_image);
        let texts: Vec<&FoundFile> = texts.collect();
        let lines = |file: &&FoundFile| {
            let bytes = documents::read(&file.path).unwrap_or_default();
            String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let sampled: Vec<String> = texts.iter().take(N_SAMPLED).flat_map(lines).collect();
        let is_polygon = |line: &String| polygon(line).is_ok();
        if sampled.iter().any(is_polygon) { texts } else { Vec::new() }
    }

    fn read(
        &self,
        documents: &[&FoundFile],
        sources: &Sources<'_>,
    ) -> Result<Annotations, Problems> {
        let mut images = read_each(documents, read)?;
        let names = class_names(sources);
        if let Some(names) = &names {
            for image in &mut images {
                let named = std::mem::take(&mut image.drawings).into_iter();
                image.drawings = named
                    .map(|(class, drawing)| {
                        let name = class.parse().ok().and_then(|at: usize| names.get(at));
                        (name.unwrap_or(&class).clone(), drawing)
                    })
                    .collect();
            }
        }
        Ok(Annotations::new(images, &names.unwrap_or_default()))
    }
}

fn read(file: &FoundFile) -> Result<AnnotatedImage, Vec<Problem>> {
    let bytes = documents::read(&file.path).map_err(|problem| vec![problem])?;
    let name = file.relative();
    let name = name.strip_suffix(".txt").unwrap_or(&name).to_owned();
    let mut image = AnnotatedImage { place: file.place(), name, ..AnnotatedImage::default() };
    let mut problems = Vec::new();
    let text = String::from_utf8_lossy(&bytes);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match polygon(line) {
            Ok((class, outline)) => image.add(&class, [Part::Shares(outline)]),
            Err(found) => {
                let place = format!("{}, line {}", file.place(), number + 1);
                let expected = "a class and a polygon in shares of width and height";
                problems.push(Problem::new(place, expected, found, ""));
            }
        }
    }
    if problems.is_empty() { Ok(image) } else { Err(problems) }
}

/// Class and polygon of a line.
fn polygon(line: &str) -> Result<(String, Outline), String> {
    let mut words = line.split_whitespace();
    let class = words.next().and_then(|word| word.parse::<u32>().ok()).ok_or("no class")?;
    let share = |word: &str| word.parse().ok().filter(|share| (-0.01..=1.01).contains(share));
    let shares: Option<Vec<f64>> = words.map(share).collect();
    let shares = shares.ok_or("numbers that are no shares")?;
    match shares.as_chunks::<2>() {
        (pairs, []) if pairs.len() >= 3 => {
            let points = pairs.iter().map(|&[x, y]| Point::new(x, y)).collect();
            Ok((class.to_string(), Outline::new(points)))
        }
        ([_, _], []) => Err("a box, which has no outline".to_owned()),
        _ => Err(format!("{} numbers", shares.len())),
    }
}

/// Names of classes by number.
fn class_names(sources: &Sources<'_>) -> Option<Vec<String>> {
    let named = |names: &[&str]| {
        let is_named = |file: &&&FoundFile| names.contains(&file.stem.to_lowercase().as_str());
        let file = sources.documents.iter().find(is_named)?;
        let bytes = documents::read(&file.path).ok()?;
        Some((file.extension.clone(), String::from_utf8_lossy(&bytes).into_owned()))
    };
    let (extension, text) = named(&["data", "dataset", "classes", "obj"])?;
    let names = if extension == "txt" {
        text.lines().map(|line| line.trim().to_owned()).collect()
    } else {
        yaml_names(&text)
    };
    (!names.is_empty()).then_some(names)
}

/// Names of the key `names` of a YAML document: a list in brackets, of dashes or by number.
fn yaml_names(text: &str) -> Vec<String> {
    let clean = |name: &str| name.trim().trim_matches(['\'', '"']).to_owned();
    let mut lines = text.lines().skip_while(|line| !line.starts_with("names:"));
    let Some(first) = lines.next() else { return Vec::new() };
    let inline = first["names:".len()..].trim();
    if let Some(list) = inline.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        return list.split(',').map(clean).collect();
    }
    let entry = |line: &str| {
        let line = line.trim();
        let name = line.strip_prefix("- ").or_else(|| line.split_once(": ").map(|(_, name)| name));
        name.map(clean)
    };
    lines.map_while(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_polygons_or_refused() {
        assert_eq!(polygon("1 0 0 1 0 1 1").unwrap().0, "1");
        for bad in ["", "x 0 0 1 0 1 1", "0 0.5 0.5 0.1 0.1", "0 0 0 1 0 1 99"] {
            assert!(polygon(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_of_classes_are_read_from_each_form_of_yaml() {
        for text in [
            "path: x\nnames: ['right lung', \"heart\"]\n",
            "names:\n  - right lung\n  - heart\nnc: 2\n",
            "names:\n  0: right lung\n  1: heart\n",
        ] {
            assert_eq!(yaml_names(text)[..2], ["right lung", "heart"], "{text}");
        }
        assert!(yaml_names("nc: 2").is_empty());
    }
}
