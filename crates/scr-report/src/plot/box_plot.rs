//! Box plots of a measure over the images, a row an entry.

use super::scale::Scale;
use super::svg::{escaped, push, rounded, shortened};

/// Box of a plot: the five-number summary and the mean.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxPlotRow {
    /// Label.
    pub label: String,
    /// Smallest value.
    pub min: f64,
    /// Lower quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Upper quartile.
    pub q3: f64,
    /// Largest value.
    pub max: f64,
    /// Mean, drawn as a diamond.
    pub mean: f64,
    /// True for a reference row (observer or baseline), drawn dashed.
    pub is_reference: bool,
    /// Images beyond the whiskers; `min` and `max` are the ends of the whiskers then.
    pub outliers: Vec<BoxOutlier>,
}

/// Image beyond the whiskers of a box.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxOutlier {
    /// Identifier of the image.
    pub image: String,
    /// Its value.
    pub value: f64,
    /// Target of its link.
    pub href: Option<String>,
}

const LABEL_WIDTH: f64 = 250.0;
const PLOT_WIDTH: f64 = 590.0;
const RIGHT_MARGIN: f64 = 40.0;
const ROW_HEIGHT: f64 = 30.0;
const TOP: f64 = 12.0;
const AXIS_HEIGHT: f64 = 46.0;

/// Draws horizontal box plots, one row each from the top, over one axis, which starts at 0
/// when the values are near it. Values are in the axis' unit and finite.
#[must_use]
pub fn box_plot(title: &str, axis: &str, rows: &[BoxPlotRow]) -> String {
    let ends = |row: &BoxPlotRow| {
        let outliers = row.outliers.iter().map(|outlier| outlier.value);
        outliers.chain([row.min, row.max]).collect::<Vec<_>>()
    };
    let values: Vec<f64> = rows.iter().flat_map(ends).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // An image has no links within for a screen reader; a group has.
    let has_links = rows.iter().flat_map(|row| &row.outliers).any(|one| one.href.is_some());
    let role = if has_links { "group" } else { "img" };
    let scale = Scale::around(lowest, highest);
    let x = |value: f64| LABEL_WIDTH + PLOT_WIDTH * scale.share(value);
    let bottom = TOP + ROW_HEIGHT * rows.len() as f64;
    let width = LABEL_WIDTH + PLOT_WIDTH + RIGHT_MARGIN;
    let height = bottom + AXIS_HEIGHT;
    let mut svg = format!(
        "<svg class=\"box-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"{role}\" aria-label=\"{0}\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{0}</title>",
        escaped(title)
    );
    for tick in scale.ticks() {
        let x = x(tick);
        let label = scale.label(tick);
        push(
            &mut svg,
            format_args!(
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke-opacity=\"0.2\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{label}</text>",
                bottom + 17.0
            ),
        );
    }
    push(
        &mut svg,
        format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{}</text>",
            LABEL_WIDTH + PLOT_WIDTH / 2.0,
            bottom + 38.0,
            escaped(axis)
        ),
    );
    for (index, row) in rows.iter().enumerate() {
        let y = TOP + ROW_HEIGHT * (index as f64 + 0.5);
        draw_box(&mut svg, &scale, row, y);
        for outlier in &row.outliers {
            draw_outlier(&mut svg, &scale, row, outlier, y);
        }
    }
    svg + "</svg>"
}

fn draw_box(svg: &mut String, scale: &Scale, row: &BoxPlotRow, y: f64) {
    let x = |value: f64| LABEL_WIDTH + PLOT_WIDTH * scale.share(value);
    let [min, q1, median, q3, max, mean] =
        [row.min, row.q1, row.median, row.q3, row.max, row.mean].map(x);
    let class = if row.is_reference { "row reference" } else { "row" };
    let dashes = if row.is_reference { " stroke-dasharray=\"4 2\"" } else { "" };
    let label = escaped(&row.label);
    let half = 9.0;
    push(
        svg,
        format_args!(
            "<g class=\"{class}\"><title>{label}: min {}, lower quartile {}, median {}, upper quartile {}, max {}, mean {}</title>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\" stroke=\"none\">{}</text>\
         <path class=\"whisker\" d=\"M{min:.1} {y}H{q1:.1}M{q3:.1} {y}H{max:.1}M{min:.1} {:.1}v10M{max:.1} {:.1}v10\"/>\
         <rect class=\"box\" x=\"{q1:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"currentColor\" fill-opacity=\"0.15\"{dashes}/>\
         <line class=\"median\" x1=\"{median:.1}\" y1=\"{:.1}\" x2=\"{median:.1}\" y2=\"{:.1}\" stroke-width=\"3\"/>\
         <path class=\"mean\" d=\"M{mean:.1} {:.1}l4 4l-4 4l-4 -4z\" fill=\"currentColor\"/></g>",
            rounded(row.min),
            rounded(row.q1),
            rounded(row.median),
            rounded(row.q3),
            rounded(row.max),
            rounded(row.mean),
            LABEL_WIDTH - 10.0,
            y + 5.0,
            shortened(&row.label),
            y - 5.0,
            y - 5.0,
            y - half,
            (q3 - q1).max(1.0),
            2.0 * half,
            y - half,
            y + half,
            y - 4.0,
        ),
    );
}

fn draw_outlier(svg: &mut String, scale: &Scale, row: &BoxPlotRow, outlier: &BoxOutlier, y: f64) {
    let x = LABEL_WIDTH + PLOT_WIDTH * scale.share(outlier.value);
    let image = escaped(&outlier.image);
    let dot = format!(
        "<title>{image}, {}: {}</title><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>",
        escaped(&row.label),
        rounded(outlier.value)
    );
    match &outlier.href {
        // The table of the entry has the same links for the keyboard.
        Some(href) => push(
            svg,
            format_args!(
                "<a class=\"outlier\" href=\"{}\" tabindex=\"-1\">{dot}</a>",
                escaped(href)
            ),
        ),
        None => push(svg, format_args!("<g class=\"outlier\">{dot}</g>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn row(label: &str, min: f64, max: f64) -> BoxPlotRow {
        let middle = f64::midpoint(min, max);
        BoxPlotRow {
            label: label.into(),
            min,
            q1: f64::midpoint(min, middle),
            median: middle,
            q3: f64::midpoint(middle, max),
            max,
            mean: middle,
            is_reference: false,
            outliers: Vec::new(),
        }
    }

    #[test]
    fn an_outlier_is_a_link_to_its_image_and_on_the_axis() {
        let href = Some("/x?a&b".to_owned());
        let outlier = BoxOutlier { image: "<i>".into(), value: 9.0, href };
        let rows = [BoxPlotRow { outliers: vec![outlier], ..row("a", 0.0, 1.0) }];
        let svg = box_plot("t", "a", &rows);
        assert!(
            svg.contains("href=\"/x?a&amp;b\"") && svg.contains("&lt;i&gt;, a: 9.0000"),
            "{svg}"
        );
        assert!(svg.contains(">10</text>") && svg.contains("role=\"group\""), "{svg}");
        assert!(box_plot("t", "a", &[row("a", 0.0, 1.0)]).contains("role=\"img\""));
    }

    #[test]
    fn hostile_labels_are_escaped() {
        let svg = box_plot("t", "a", &[row("<script>alert(1)</script>", 0.0, 1.0)]);
        assert!(!svg.contains("<script"));
    }

    #[test]
    fn equal_values_and_no_rows_still_draw() {
        for rows in [vec![], vec![row("a", 0.5, 0.5)], vec![row("a", 0.0, 0.0)]] {
            let svg = box_plot("title", "axis", &rows);
            assert!(svg.ends_with("</svg>") && !svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}
