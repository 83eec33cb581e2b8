//! CVAT for images: one XML document with an element an image.
//!
//! Polygons, boxes, ellipses and masks are read; points and lines have no pixels and are
//! refused. Masks are counts along the rows of their box, unset pixels first. Points have
//! their origin at the corner of the first pixel.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use scr_data::{Problem, Problems};
use scr_image::{Mask, Outline, Point, Size};

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations, bad_shape};
use crate::documents;
use crate::drawing::{Part, rectangle};
use crate::listing::FoundFile;
use crate::runs::{Order, Runs};

pub(super) struct Cvat;

/// Bytes in which the document's first element is looked for.
const HEAD_BYTES: usize = 4096;

impl Layout for Cvat {
    fn name(&self) -> &'static str {
        "CVAT for images"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        let is_cvat = |file: &&FoundFile| {
            let Ok(bytes) = documents::read(&file.path) else { return false };
            let head = &bytes[..bytes.len().min(HEAD_BYTES)];
            String::from_utf8_lossy(head).contains("<annotations>")
        };
        sources.with_extension("xml").into_iter().filter(is_cvat).collect()
    }

    fn read(&self, documents: &[&FoundFile], _: &Sources<'_>) -> Result<Annotations, Problems> {
        let images = read_each(documents, read)?.into_iter().flatten().collect();
        Ok(Annotations::new(images, &[]))
    }
}

fn read(file: &FoundFile) -> Result<Vec<AnnotatedImage>, Vec<Problem>> {
    let bytes = documents::read(&file.path).map_err(|problem| vec![problem])?;
    let mut images = parse(&file.place(), &bytes)?;
    images.iter_mut().for_each(|image| image.name = file.beside(&image.name));
    Ok(images)
}

/// Images of the document in `bytes`.
fn parse(place: &str, bytes: &[u8]) -> Result<Vec<AnnotatedImage>, Vec<Problem>> {
    let mut reader = Reader::from_reader(bytes);
    let mut images: Vec<AnnotatedImage> = Vec::new();
    let mut is_within = false;
    let mut problems = Vec::new();
    let mut buffer = Vec::new();
    loop {
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => {
                let found = format!("{error} at byte {}", reader.error_position());
                problems.push(Problem::new(place, "XML of CVAT", found, "export it again"));
                break;
            }
        };
        match &event {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "image" => {
                    is_within = matches!(event, Event::Start(_));
                    images.push(image(place, element));
                }
                "track" => {
                    let hint = "export the annotations as `CVAT for images 1.1`";
                    let found = "tracks of a video";
                    return Err(vec![Problem::new(place, "annotations of images", found, hint)]);
                }
                name if is_within => {
                    let Some(image) = images.last_mut() else { continue };
                    let label = attribute(element, "label").unwrap_or_default();
                    match part(name, element) {
                        Ok(Some(part)) => image.add(&label, [part]),
                        Ok(None) => {}
                        Err(found) => {
                            problems.push(bad_shape(place, &image.name, &label, &found));
                        }
                    }
                }
                _ => {}
            },
            Event::End(element) if element.name().as_ref() == "image" => is_within = false,
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if problems.is_empty() { Ok(images) } else { Err(problems) }
}

fn image(place: &str, element: &BytesStart<'_>) -> AnnotatedImage {
    let side = |name: &str| attribute(element, name)?.parse::<usize>().ok();
    AnnotatedImage {
        place: place.to_owned(),
        name: attribute(element, "name").unwrap_or_default(),
        size: side("width").zip(side("height")).map(|(width, height)| Size::new(width, height)),
        ..AnnotatedImage::default()
    }
}

/// Part of an element within an image; none for elements that are no shapes.
fn part(name: &str, element: &BytesStart<'_>) -> Result<Option<Part>, String> {
    let number = |name: &str| {
        let text = attribute(element, name).ok_or(format!("no `{name}`"))?;
        text.trim().parse::<f64>().map_err(|_| format!("`{name}` of `{}`", text.escape_debug()))
    };
    let part = match name {
        "polygon" => {
            let points = points(&attribute(element, "points").unwrap_or_default())?;
            Part::Polygons(vec![Outline::new(points)])
        }
        "box" if attribute(element, "rotation").is_some_and(|angle| angle != "0.0") => {
            return Err("a rotated box".to_owned());
        }
        "box" => rectangle(
            Point::new(number("xtl")?, number("ytl")?),
            Point::new(number("xbr")?, number("ybr")?),
        ),
        "ellipse" => Part::Ellipse {
            centre: Point::new(number("cx")?, number("cy")?),
            radii: (number("rx")?, number("ry")?),
            angle: attribute(element, "rotation")
                .map_or(Ok(0.0), |_| number("rotation"))?
                .to_radians(),
        },
        "mask" => {
            mask(element, [number("left")?, number("top")?, number("width")?, number("height")?])?
        }
        "polyline" | "points" | "cuboid" | "skeleton" => {
            return Err(format!("a {name}, which has no pixels"));
        }
        _ => return Ok(None),
    };
    Ok(Some(part))
}

fn points(text: &str) -> Result<Vec<Point>, String> {
    let point = |pair: &str| {
        let (x, y) = pair.split_once(',')?;
        Some(Point::new(x.trim().parse().ok()?, y.trim().parse().ok()?))
    };
    let points: Option<Vec<Point>> = text.split(';').map(point).collect();
    let points = points.ok_or("points that are no `x,y;x,y`")?;
    if points.len() < 3 { Err(format!("a polygon of {} points", points.len())) } else { Ok(points) }
}

/// Mask of the box `[left, top, width, height]`.
fn mask(element: &BytesStart<'_>, window: [f64; 4]) -> Result<Part, String> {
    let whole = |value: f64| (value >= 0.0 && value.fract() == 0.0).then_some(value as usize);
    let [left, top, width, height] = window.map(whole);
    let sides = left.zip(top).zip(width.zip(height));
    let ((left, top), (width, height)) = sides.ok_or("a mask that is not made of pixels")?;
    if width.checked_mul(height).is_none_or(|area| area > scr_data::formats::MAX_AREA_PX) {
        return Err(format!("a mask of {width}x{height} pixels"));
    }
    let counts = crate::runs::numbers(&attribute(element, "rle").unwrap_or_default())?;
    let runs = Runs::of_counts(Order::Rows, counts.into_iter().map(u64::from))?;
    let mut mask = Mask::empty(Size::new(width, height));
    runs.draw(&mut mask)?;
    Ok(Part::Window { left, top, mask })
}

/// Value of an attribute, with its entities replaced.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_an_image_are_united_by_label() {
        let text = r#"<?xml version="1.0"?><annotations><version>1.1</version>
            <image id="0" name="a&amp;b.png" width="4" height="3">
              <box label="lung" xtl="0" ytl="0" xbr="2" ybr="1"></box>
              <mask label="lung" rle="1, 2, 1" left="2" top="1" width="2" height="2"/>
              <polygon label="heart" points="0,1;4,1;4,3;0,3"><attribute name="x">1</attribute></polygon>
              <tag label="bad"/>
            </image><image id="1" name="c.png" width="4" height="3"/></annotations>"#;
        let images = parse("x.xml", text.as_bytes()).unwrap();
        assert_eq!(images.len(), 2);
        assert_eq!(images[0].name, "a&b.png");
        let draw = |label: &str| images[0].drawings[label].draw(images[0].size.unwrap()).unwrap();
        assert_eq!(draw("lung"), Mask::from_text("##.. ...# ..#."));
        assert_eq!(draw("heart"), Mask::from_text(".... #### ####"));
        assert!(images[1].drawings.is_empty());
    }

    #[test]
    fn lines_tracks_and_damage_are_refused() {
        let line = r#"<annotations><image name="a"><polyline label="x" points="0,0;1,1"/></image></annotations>"#;
        assert!(parse("x", line.as_bytes()).unwrap_err()[0].found.contains("no pixels"));
        let video = "<annotations><track id='0'></track></annotations>";
        assert!(parse("x", video.as_bytes()).unwrap_err()[0].found.contains("video"));
        assert!(parse("x", b"<annotations><image></annotations>").is_err());
    }
}
