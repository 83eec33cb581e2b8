//! Scatter plots of two methods: one point an image, the first method's value across and the
//! second's up.
//!
//! Both axes have one scale, so that the diagonal is where both are equal. Groups, such as
//! folds, differ in shape and colour. The points that a script filters carry their image,
//! values and place as data.

use scr_measures::Better;

use super::scale::Scale;
use super::svg::{escaped, push, shortened_to};

/// Scatter plot of two methods.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPlot<'a> {
    /// Title, for screen readers.
    pub title: &'a str,
    /// Name of the method across.
    pub first: &'a str,
    /// Name of the method up.
    pub second: &'a str,
    /// Measure with its unit, for the axes.
    pub measure: &'a str,
    /// Direction of improvement.
    pub better: Better,
    /// Names of the groups; one or none draws no legend.
    pub groups: &'a [String],
    /// Points, one an image.
    pub points: &'a [ScatterPoint],
}

/// Point of a scatter plot; its values are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPoint {
    /// Identifier of the image.
    pub image: String,
    /// Index of its group.
    pub group: usize,
    /// Value of the first method.
    pub first: f64,
    /// Value of the second method.
    pub second: f64,
    /// Both values in words.
    pub words: String,
    /// Target of the point's link.
    pub href: Option<String>,
}

const LEFT: f64 = 84.0;
const SIDE: f64 = 500.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 58.0;
/// Letters of a method's name along an axis.
const MAX_NAME: usize = 44;

/// Shapes of groups, about a centre, in path commands.
const SHAPES: [&str; 4] = [
    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    "m-4 -4h8v8h-8z",
    "m0 -5l5 9h-10z",
    "m0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
];

/// Draws the points, the diagonal, and the name of the better method on either side of it.
#[must_use]
pub fn scatter_plot(plot: &ScatterPlot<'_>) -> String {
    let values = || plot.points.iter().flat_map(|point| [point.first, point.second]);
    let lowest = values().fold(f64::INFINITY, f64::min);
    let highest = values().fold(f64::NEG_INFINITY, f64::max);
    let scale = Scale::around(lowest, highest);
    let x = |value: f64| LEFT + SIDE * scale.share(value);
    let y = |value: f64| TOP + SIDE * (1.0 - scale.share(value));
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let (width, height) = (right + RIGHT, bottom + BOTTOM);
    let mut svg = format!(
        "<svg class=\"scatter-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"group\" aria-label=\"{}\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{0}</title>",
        escaped(plot.title)
    );
    let svg_ref = &mut svg;
    for tick in scale.ticks() {
        let (x, y, label) = (x(tick), y(tick), scale.label(tick));
        push(
            svg_ref,
            format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}M{LEFT} {y:.1}H{right}\" stroke-opacity=\"0.2\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{label}</text>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\" stroke=\"none\">{label}</text>",
                bottom + 18.0,
                LEFT - 8.0,
                y + 5.0
            ),
        );
    }
    push(
        svg_ref,
        format_args!(
            "<path class=\"equal\" d=\"M{LEFT} {bottom}L{right} {TOP}\" stroke-dasharray=\"6 4\"/>"
        ),
    );
    draw_names(svg_ref, plot);
    draw_legend(svg_ref, plot.groups);
    svg += "<g class=\"points\">";
    for point in plot.points {
        draw_point(&mut svg, point, x(point.first), y(point.second));
    }
    svg + "</g></svg>"
}

/// Names along the axes, and on the side of the diagonal where a method is better.
fn draw_names(svg: &mut String, plot: &ScatterPlot<'_>) {
    let first = shortened_to(plot.first, MAX_NAME);
    let second = shortened_to(plot.second, MAX_NAME);
    let measure = escaped(plot.measure);
    let (middle, bottom) = (LEFT + SIDE / 2.0, TOP + SIDE);
    push(
        svg,
        format_args!(
            "<text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">A: {first}, {measure}</text>\
             <text transform=\"translate(22 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">B: {second}, {measure}</text>",
            bottom + 44.0,
            TOP + SIDE / 2.0
        ),
    );
    let (above, below) = match plot.better {
        Better::Higher => ("B better", "A better"),
        Better::Lower => ("A better", "B better"),
    };
    push(
        svg,
        format_args!(
            "<text class=\"side\" x=\"{:.1}\" y=\"{:.1}\" fill=\"currentColor\" stroke=\"none\">{above}</text>\
             <text class=\"side\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\" stroke=\"none\">{below}</text>",
            LEFT + 10.0,
            TOP + 22.0,
            LEFT + SIDE - 10.0,
            bottom - 12.0
        ),
    );
}

fn draw_legend(svg: &mut String, groups: &[String]) {
    if groups.len() < 2 {
        return;
    }
    let step = (SIDE / groups.len() as f64).min(110.0);
    for (index, name) in groups.iter().enumerate() {
        let x = LEFT + 6.0 + step * index as f64;
        push(
            svg,
            format_args!(
                "<g class=\"group-{}\"><path class=\"dot\" d=\"M{x:.1} 15{}\" fill=\"currentColor\"/>\
                 <text x=\"{:.1}\" y=\"20\" fill=\"currentColor\" stroke=\"none\">{}</text></g>",
                index % SHAPES.len(),
                SHAPES[index % SHAPES.len()],
                x + 10.0,
                escaped(name)
            ),
        );
    }
}

fn draw_point(svg: &mut String, point: &ScatterPoint, x: f64, y: f64) {
    let group = point.group % SHAPES.len();
    let shape = SHAPES[group];
    let image = escaped(&point.image);
    let words = escaped(&point.words);
    let dot = format!(
        "<title>{image}: {words}</title>\
         <path class=\"dot\" d=\"M{x:.1} {y:.1}{shape}\" fill=\"currentColor\" fill-opacity=\"0.5\"/>"
    );
    match &point.href {
        // A list beside the plot has the same links for the keyboard.
        Some(href) => push(
            svg,
            format_args!(
                "<a class=\"point group-{group}\" href=\"{}\" tabindex=\"-1\" data-image=\"{image}\" \
                 data-words=\"{words}\" data-x=\"{x:.1}\" data-y=\"{y:.1}\">{dot}</a>",
                escaped(href)
            ),
        ),
        None => push(svg, format_args!("<g class=\"point group-{group}\">{dot}</g>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(image: &str, first: f64, second: f64) -> ScatterPoint {
        let href = Some("/x?a=1&b=\"2\"".to_owned());
        let words = format!("{first} and {second}");
        ScatterPoint { image: image.to_owned(), group: 5, first, second, words, href }
    }

    fn plot(points: &[ScatterPoint], better: Better) -> String {
        let groups = ["fold 1".to_owned(), "fold 2".to_owned()];
        let names = ("<b>", "other");
        scatter_plot(&ScatterPlot {
            title: "t",
            first: names.0,
            second: names.1,
            measure: "overlap",
            better,
            groups: &groups,
            points,
        })
    }

    #[test]
    fn every_image_is_a_linked_point_and_texts_are_escaped() {
        let svg = plot(&[point("a<b", 0.9, 0.8), point("c", 0.5, 0.7)], Better::Higher);
        assert_eq!(svg.matches("<a class=\"point").count(), 2);
        assert!(svg.contains("a&lt;b: 0.9 and 0.8") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("href=\"/x?a=1&amp;b=&quot;2&quot;\""), "{svg}");
        assert!(svg.contains("fold 2"), "{svg}");
    }

    #[test]
    fn the_side_of_the_diagonal_says_who_is_better() {
        // B's values are up: above the diagonal B is higher.
        let above = |svg: &str| svg.find("B better") < svg.find("A better");
        assert!(above(&plot(&[point("a", 0.9, 0.8)], Better::Higher)));
        assert!(!above(&plot(&[point("a", 0.9, 0.8)], Better::Lower)));
    }

    #[test]
    fn equal_values_and_no_points_still_draw() {
        for points in [vec![], vec![point("a", 0.5, 0.5)], vec![point("a", 0.0, 0.0)]] {
            let svg = plot(&points, Better::Lower);
            assert!(svg.ends_with("</svg>") && !svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}
