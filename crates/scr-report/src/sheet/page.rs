//! Contact sheet as an HTML page.

use askama::Template;

use super::{ContactSheet, SheetImage, stroke};
use crate::html::overlay::{data_address, path};

impl ContactSheet {
    /// The sheet as one HTML file, which loads nothing and has no script.
    #[must_use]
    pub fn html(&self) -> String {
        let page = Page {
            sheet: self,
            count: self.count(),
            legend: self.structures.iter().enumerate().map(legend).collect(),
            figures: self.images.iter().map(Figure::new).collect(),
        };
        page.render().expect("templates are checked when they are compiled, and text takes all")
    }
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page<'a> {
    sheet: &'a ContactSheet,
    count: String,
    legend: Vec<Legend<'a>>,
    figures: Vec<Figure<'a>>,
}

struct Legend<'a> {
    name: &'a str,
    colour: String,
    dashes: String,
}

/// Image in the page.
struct Figure<'a> {
    image: &'a SheetImage,
    width: usize,
    height: usize,
    address: String,
    outlines: Vec<FigureOutline>,
}

struct FigureOutline {
    path: String,
    /// Scale from the mask to the picture; 1 for masks of the radiograph's size.
    scale: [f64; 2],
    colour: String,
    dashes: String,
}

impl<'a> Figure<'a> {
    fn new(image: &'a SheetImage) -> Self {
        let size = image.picture.size();
        let outline = |(structure, mask): (usize, &scr_image::Mask)| {
            let (colour, dashes) = style(structure);
            let scale = [
                size.width as f64 / mask.size().width as f64,
                size.height as f64 / mask.size().height as f64,
            ];
            FigureOutline { path: path(mask), scale, colour, dashes }
        };
        Self {
            image,
            width: size.width,
            height: size.height,
            address: data_address(&image.picture),
            outlines: image.masks.iter().enumerate().map(outline).collect(),
        }
    }
}

fn legend((structure, name): (usize, &String)) -> Legend<'_> {
    let (colour, dashes) = style(structure);
    Legend { name, colour, dashes }
}

/// Colour and dashes of a structure, as SVG has them.
fn style(structure: usize) -> (String, String) {
    let stroke = stroke(structure);
    let [red, green, blue] = stroke.colour;
    let dashes = match stroke.dash {
        [_, 0] => "none".to_owned(),
        [dash, gap] => format!("{dash} {gap}"),
    };
    (format!("#{red:02x}{green:02x}{blue:02x}"), dashes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sheet;

    #[test]
    fn the_page_names_and_marks_images_and_loads_nothing() {
        let html = sheet().html();
        for part in [
            "Phantoms &#38; &#60;others&#62;",
            "4 of 9 images",
            "beside_anatomy: masks fit better",
            "<figure class=\"finding\">",
            "Left lung",
            "stroke=\"#56b4e9\"",
        ] {
            assert!(html.contains(part), "{part}");
        }
        assert_eq!(html.matches("<figure").count(), 4);
        assert_eq!(html.matches("data:image/png;base64,").count(), 4);
        assert!(!html.contains("<script") && !html.contains("://"));
        assert!(html.find("<b>b</b>").unwrap() < html.find("<b>a</b>").unwrap());
    }
}
