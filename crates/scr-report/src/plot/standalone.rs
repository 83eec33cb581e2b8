//! Plots as files: with a size, a white ground and their own colours.

/// Style of a plot outside a page; pages have their own.
const STYLE: &str = "<style>text{font-family:Helvetica,Arial,sans-serif}\
    .grid{stroke:#ccc;stroke-opacity:1}.box{fill:#0072b2;fill-opacity:.25;stroke:#0072b2}\
    .reference .box{fill:#777;stroke:#777}.mean,.outlier circle{fill:#d55e00;stroke:none}\
    .whisker,.equal,.limit{stroke:#555}.best{stroke:#0072b2}\
    .group-0{color:#0072b2}.group-1{color:#d55e00}.group-2{color:#00815f}.group-3{color:#a6447f}\
    .group-0 .dot,.group-1 .dot,.group-2 .dot,.group-3 .dot{stroke:currentColor}</style>\
    <rect width=\"100%\" height=\"100%\" fill=\"#fff\" stroke=\"none\"/>";

/// A plot of this module as the text of an SVG file.
#[must_use]
pub fn standalone(plot: &str) -> String {
    let size = plot.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split('"').next());
    let size = size.and_then(|size| size.split_once(' '));
    let size = size.map_or_else(String::new, |(width, height)| {
        format!(" width=\"{width}\" height=\"{height}\"")
    });
    let text = plot.replacen("<svg ", &format!("<svg color=\"#111\"{size} "), 1);
    match text.find("</title>") {
        Some(at) => {
            let (head, rest) = text.split_at(at + "</title>".len());
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{head}{STYLE}{rest}\n")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::box_plot;

    #[test]
    fn a_file_has_a_size_a_ground_and_colours_of_its_own() {
        let file = standalone(&box_plot("t", "a", &[]));
        assert!(file.starts_with("<?xml"), "{file}");
        assert!(file.contains("<svg color=\"#111\" width=\"880\" height=\"58\""), "{file}");
        assert!(file.contains("</title><style>"), "{file}");
    }
}
