//! Figures as SVG files.

use scr_image::{Mask, Outline, Point, Radiograph, Size};

use super::*;

fn square() -> Outline {
    Outline::new(
        [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)].map(|(x, y)| Point::new(x, y)).into(),
    )
}

fn figure() -> Figure {
    let radiograph = Radiograph::new(Size::new(900, 450), 255, vec![7; 405_000], None).unwrap();
    let range = GreyRange { ends: [-1.0, 1.0], quantity: "share < 1".into() };
    let values = [0.0, f32::NAN, 3.0, -1.0];
    let line = |structure, shape| Line { structure, shape };
    let panel = |picture| {
        Cell::Panel(Panel {
            caption: "a caption that is longer than its panel is wide, & then some".into(),
            view: View::around([&square()]),
            picture,
            lines: vec![
                line(None, LineShape::Outline(square())),
                line(Some(0), LineShape::Outline(square())),
                line(Some(1), LineShape::Mask(Mask::from_text("##. #.. ..#"))),
                line(Some(1), LineShape::Mask(Mask::from_text("..."))),
            ],
            is_edged: picture.is_some(),
            marks: vec![(1, Point::new(2.0, 3.0))],
            ruler_px: Some(2.0),
        })
    };
    let series =
        Series { structure: 1, points: vec![(-2.0, -0.5), (2.0, 1.5)], spread: vec![0.1, 0.4] };
    Figure {
        title: "modes of <b>asm</b>".into(),
        description: "two \"panels\" & a chart".into(),
        structures: vec!["right lung".into(), "left & lung".into()],
        pictures: vec![
            Picture::of_radiograph(&radiograph),
            Picture::of_values(Size::square(2), &values, &range),
        ],
        greys: Some(range),
        cell_width: 200.0,
        rows: vec![
            Row {
                label: "row <1>".into(),
                cells: vec![panel(None), panel(Some(1)), panel(Some(0))],
            },
            Row {
                label: String::new(),
                cells: vec![
                    Cell::Chart(Chart {
                        caption: "c".into(),
                        across: "samples (px)".into(),
                        up: "value".into(),
                        covered: [0.0, 1.0],
                        series: vec![series],
                    }),
                    Cell::Bars(Bars {
                        caption: "b".into(),
                        bars: vec![Bar { label: "none".into(), value: 0.0, words: "0".into() }],
                    }),
                ],
            },
        ],
        notes: vec!["a note".into()],
    }
}

/// Names of elements in order. Fails for malformed XML: unmatched ends, unknown entities and
/// stray brackets.
fn elements(xml: &str) -> Vec<String> {
    let mut open = Vec::new();
    let mut all = Vec::new();
    let check_text = |text: &str| {
        assert!(!text.contains('>'), "{text}");
        for after in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            assert!(known.iter().any(|entity| after.starts_with(entity)), "&{after}");
        }
    };
    let mut parts = xml.split('<');
    assert_eq!(parts.next(), Some(""), "begins with an element");
    for part in parts {
        let (tag, text) = part.split_once('>').expect("every tag ends");
        check_text(text);
        check_text(tag);
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        all.push(name);
    }
    assert!(open.is_empty(), "{open:?}");
    all
}

#[test]
fn a_figure_is_well_formed_and_says_what_it_shows() {
    let svg = figure().svg();
    let elements = elements(&svg);
    assert_eq!(elements[..3], ["svg", "title", "desc"]);
    assert!(svg.contains("<title>modes of &lt;b&gt;asm&lt;/b&gt;</title>"));
    assert!(svg.contains("<desc>two &quot;panels&quot; &amp; a chart</desc>"));
    let count = |name: &str| elements.iter().filter(|element| *element == name).count();
    assert_eq!((count("image"), count("use"), count("circle")), (2, 2, 3 + 2));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn structures_differ_in_colour_and_in_dashes() {
    let strokes: Vec<_> = (0..7).map(strokes::stroke).collect();
    for (index, first) in strokes.iter().enumerate() {
        for second in &strokes[..index] {
            assert!(first.0 != second.0 && first.1 != second.1);
        }
    }
    assert_eq!(strokes::stroke(7), strokes[0]);
}

#[test]
fn values_become_greys_and_no_number_is_white() {
    let range = GreyRange { ends: [0.0, 2.0], quantity: "x".into() };
    let picture = Picture::of_values(Size::new(4, 1), &[-1.0, 1.0, 9.0, f32::NAN], &range);
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(picture.address.strip_prefix("data:image/png;base64,").unwrap())
        .unwrap();
    let read = scr_data::formats::png::read_radiograph(&bytes).unwrap();
    assert_eq!(read.pixels(), [0, 128, 255, 255]);
}

#[test]
fn a_figure_of_nothing_is_still_a_file() {
    let nothing = Figure {
        structures: Vec::new(),
        pictures: Vec::new(),
        greys: None,
        rows: Vec::new(),
        ..figure()
    };
    elements(&nothing.svg());
    assert_eq!(View::around([]).width, 1.0);
    let view = View { left: 0.0, top: 0.0, width: 230.0, height: 1.0 };
    assert_eq!(view.round_length_px(), 50.0);
}
