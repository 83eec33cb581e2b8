//! The viewer's analysis in a browser: errors, worst point, distances, consensus and calipers, read back
//! from the page and from its pixels, against the scores and against the measures' own crate.
#![expect(clippy::unwrap_used, reason = "a failed setup ends the test")]

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet};
use scr_image::Mask;
use scr_measures::boundary::{BoundaryRule, boundary};

use crate::browser::with_browser;
use crate::site::{Site, small_phantoms};
use crate::webdriver::Browser;

const IMAGE: &str = "JPCLN003";
const READY: &str = "document.querySelector('#viewer[data-ready]') && \
    !document.querySelector('.viewer-tools').hidden";
/// Colours of the canvas, `pixels.data`, in screen pixels.
const PIXELS: &str = "const c = document.querySelector('.viewer-canvas'); \
    const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height);";

/// Opens the image with a query, and waits for the viewer.
async fn open(browser: &Browser, site: &Site, query: &str) {
    let address = format!("{}/benchmarks/phantom/browse/{IMAGE}?{query}", site.address);
    browser.client.goto("about:blank").await.unwrap();
    browser.client.goto(&address).await.unwrap();
    browser.until("the viewer starts", READY).await;
}

async fn press(browser: &Browser, key: &str) {
    let code = format!("document.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}' }}))");
    browser.script(&code).await;
}

/// One pixel of the screen for each of the image.
async fn show_pixel_for_pixel(browser: &Browser) {
    press(browser, "o").await;
    let is_shown = "document.querySelector('#zoom-shown').value === '100 %'";
    browser.until("the image is pixel for pixel", is_shown).await;
}

async fn text(browser: &Browser, selector: &str) -> String {
    let code = format!("return document.querySelector('{selector}').textContent");
    browser.script(&code).await.as_str().expect("a text").to_owned()
}

/// Identifier of the mean shape's entry, and its scores on the image.
async fn mean_shape(browser: &Browser, site: &Site) -> (String, serde_json::Value) {
    browser.client.goto(&site.address).await.unwrap();
    let json = async |path: &str| {
        let code = "const request = new XMLHttpRequest(); request.open('GET', 'PATH', false); \
            request.send(); return JSON.parse(request.responseText)";
        browser.script(&code.replace("PATH", path)).await
    };
    let list = json("/api/v1/benchmarks/phantom/entries").await;
    let entries = list["entries"].as_array().expect("a list of entries").iter();
    let mut ids = entries.filter_map(|entry| entry["id"].as_str());
    let id = ids.find(|id| id.starts_with("mean-shape")).expect("a mean shape").to_owned();
    let result = json(&format!("/entries/{id}/results.json")).await;
    let images = result["images"].as_array().expect("values of images");
    let image = images.iter().find(|image| image["image"] == IMAGE).expect("the image's values");
    (id, image.clone())
}

/// Numbers of a text such as `1,234 px 56 mm²`.
fn numbers(text: &str) -> Vec<f64> {
    let pieces = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','));
    pieces
        .filter_map(|piece| piece.trim_matches(['.', ',']).replace(',', "").parse().ok())
        .collect()
}

#[test]
fn the_error_layer_counts_and_colours_what_the_scores_say() {
    with_browser(1280, false, async |browser, site| {
        let (id, scores) = mean_shape(&browser, &site).await;
        open(&browser, &site, &format!("entries={id}&compare=entries:{id}&show=errors")).await;
        browser.until("the counts come", "document.querySelector('#error-counts td + td')").await;
        browser.picture("browse-errors").await;
        for (row, object) in ["lungs", "heart", "clavicles"].into_iter().enumerate() {
            let row = row + 1;
            let mut counts = Vec::new();
            for column in 2..=4 {
                let cell =
                    format!("#error-counts tbody tr:nth-child({row}) td:nth-child({column})");
                counts.push(numbers(&text(&browser, &cell).await));
            }
            let [fp, fn_, tp] = [0, 1, 2].map(|kind| counts[kind][0]);
            let overlap = scores["objects"][object]["overlap"].as_f64().unwrap();
            assert!(
                (tp / (tp + fp + fn_) - overlap).abs() < 1e-12,
                "{object}: {counts:?} {overlap}"
            );
            let sensitivity = scores["objects"][object]["sensitivity"].as_f64().unwrap();
            assert!((tp / (tp + fn_) - sensitivity).abs() < 1e-12, "{object}: {counts:?}");
            // The phantom's field of view is 358.4 mm.
            let area = (358.4f64 / 512.0).powi(2) * fp;
            assert!((counts[0][1] - area).abs() < 0.51, "{object}: {counts:?} {area}");
        }
        // One pixel of the screen for each of the image, without lines: every wrong pixel is coloured.
        press(&browser, "c").await;
        show_pixel_for_pixel(&browser).await;
        let wrong = (scores["pixel_error"].as_f64().unwrap() * 512.0 * 512.0).round();
        let coloured = format!(
            "{PIXELS} let n = 0; for (let i = 0; i < pixels.data.length; i += 4) {{ \
             const [r, g, b] = pixels.data.subarray(i, i + 3); \
             if (Math.max(r, g, b) - Math.min(r, g, b) > 24) n++; }} return n"
        );
        browser.until("the map is drawn", &format!("(() => {{ {coloured} }})() === {wrong}")).await;
        // Red and blue tell false positives and false negatives of one object apart.
        for (structure, key) in [("heart", 1), ("lungs", 0)] {
            let select = format!(
                "const s = document.querySelector('#compare-object'); s.value = '{structure}'; \
                 s.dispatchEvent(new Event('change'))"
            );
            browser.script(&select).await;
            let named = format!(
                "document.querySelector('#error-counts tbody').rows.length === 1 && location.search.includes('object={structure}')"
            );
            browser.until("the counts are the object's", &named).await;
            let cells = "return [...document.querySelector('#error-counts tbody').rows[0].cells].slice(1, 3).map(cell => parseInt(cell.textContent.replaceAll(',', '')))";
            let expected = browser.script(cells).await;
            let found = format!(
                "{PIXELS} const n = [0, 0]; for (let i = 0; i < pixels.data.length; i += 4) {{ \
                 const more = pixels.data[i] - pixels.data[i + 2]; \
                 if (more > 24) n[0]++; if (more < -24) n[1]++; }} return n"
            );
            let same = format!("JSON.stringify((() => {{ {found} }})()) === '{expected}'");
            browser.until("the colours are as many", &same).await;
            assert!(expected[0].as_u64() > Some(0), "{structure} {key}: {expected}");
        }
        browser.close().await;
    });
}

#[test]
fn the_worst_point_is_the_hausdorff_distance_and_the_ratio_is_the_scores() {
    with_browser(1280, false, async |browser, site| {
        let (id, scores) = mean_shape(&browser, &site).await;
        for object in ["lungs", "heart", "clavicles"] {
            let query = format!("entries={id}&compare=entries:{id}&object={object}");
            open(&browser, &site, &query).await;
            press(&browser, "W").await;
            browser
                .until("the length is said", "!document.querySelector('#worst-length').hidden")
                .await;
            let said = numbers(&text(&browser, "#worst-length").await);
            let expected = scores["objects"][object]["hausdorff_mm"].as_f64().unwrap();
            assert!((said[0] - expected).abs() < 0.0051, "{object}: {said:?} {expected}");
            assert!((said[1] - expected / 0.7).abs() < 0.051, "{object}: {said:?} {expected}");
            browser.until("the address says it", "location.search.includes('show=worst')").await;
            browser.until("the pair is in the middle", "location.search.includes('zoom=')").await;
        }
        browser.picture("browse-worst").await;
        // Reference and entry, each with its own ratio.
        open(&browser, &site, &format!("entries={id}&ctr=1")).await;
        browser
            .until("the ratios come", "document.querySelectorAll('#ctr-list li').length === 2")
            .await;
        browser.picture("browse-ctr").await;
        let list = "return [...document.querySelectorAll('#ctr-list li')].map(item => / ([\\d.]+):/.exec(item.textContent)[1])";
        let said = browser.script(list).await;
        for (place, key) in ["ctr_reference", "ctr"].into_iter().enumerate() {
            let expected = format!("{:.3}", scores[key].as_f64().unwrap());
            assert_eq!(said[place], expected.as_str(), "{key}");
        }
        browser.close().await;
    });
}

#[test]
fn distances_along_an_outline_are_those_of_its_boundary() {
    with_browser(1280, false, async |browser, site| {
        let (id, _) = mean_shape(&browser, &site).await;
        let (reference, prediction) = hearts(&site);
        let rule = BoundaryRule::default();
        let targets = pixels(&boundary(&reference, rule));
        // The farthest of some boundary pixels of the prediction, by trying all pairs.
        let distance = |&(x, y): &(usize, usize)| {
            let squares = targets.iter().map(|&(a, b)| x.abs_diff(a).pow(2) + y.abs_diff(b).pow(2));
            (squares.min().expect("a boundary") as f64).sqrt()
        };
        let outline = pixels(&boundary(&prediction, rule));
        let farthest = outline.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
        let &(x, y) = farthest.expect("a boundary");
        let sign = if reference.get(x, y) { '−' } else { '+' };
        let expected = format!("{sign}{:.2} mm at ", distance(&(x, y)) * 0.7);

        let query = format!("entries={id}&compare=entries:{id}&object=heart&show=distance");
        open(&browser, &site, &query).await;
        browser.until("the profile comes", "!document.querySelector('#profile').hidden").await;
        show_pixel_for_pixel(&browser).await;
        // The image is in the middle of the canvas.
        let point = format!(
            "const c = document.querySelector('.viewer-canvas'); const box = c.getBoundingClientRect(); \
             const left = Math.round((c.width - 512) / 2), top = Math.round((c.height - 512) / 2); \
             const at = {{ clientX: box.left + left + {x} + 0.5, clientY: box.top + top + {y} + 0.5 }}; \
             c.dispatchEvent(new PointerEvent('pointermove', {{ ...at, pointerType: 'mouse', bubbles: true }}));"
        );
        browser.script(&point).await;
        let said = text(&browser, "#profile-value").await;
        assert!(said.starts_with(&expected), "{said}, expected {expected}");
        browser.picture("browse-distances").await;
        // There the line has the colour of the end of the scale, blue or red.
        let colour = format!(
            "{PIXELS} const left = Math.round((c.width - 512) / 2), top = Math.round((c.height - 512) / 2); \
             let most = 0; for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) {{ \
             const i = 4 * ((top + {y} + dy) * c.width + left + {x} + dx); \
             const more = pixels.data[i] - pixels.data[i + 2]; if (Math.abs(more) > Math.abs(most)) most = more; }} return most"
        );
        let most = browser.script(&colour).await.as_f64().unwrap();
        assert!(if sign == '+' { most > 60.0 } else { most < -60.0 }, "{most} at {said}");
        // The slider moves the mark by keys.
        browser.script("const s = document.querySelector('#profile-at'); s.value = 5; s.dispatchEvent(new Event('input'))").await;
        let moved = text(&browser, "#profile-value").await;
        assert!(moved != said && moved.contains(" mm at "), "{moved}");
        browser.close().await;
    });
}

/// Heart of the image in the reference and in the mean shape.
fn hearts(site: &Site) -> (Mask, Mask) {
    let benchmark = Benchmark::open(small_phantoms()).unwrap();
    let folder = std::fs::read_dir(site.dir.join("masks")).unwrap().next().unwrap().unwrap().path();
    let mut found = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is_mean_shape = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("mean-shape"))
    };
    let masks = MaskSet::open(&found.find(is_mean_shape).unwrap(), &benchmark).unwrap();
    let image = benchmark.images.iter().position(|image| image.id == IMAGE).unwrap();
    let heart = benchmark.structures.iter().position(|structure| structure.id == "heart").unwrap();
    let files = &mut Manifest::default();
    let references = benchmark.read_masks(benchmark.reference(), &benchmark.images[image], files);
    let prediction = masks.read_mask(&benchmark, heart, image, None, files).unwrap();
    (references.unwrap().swap_remove(heart), prediction)
}

fn pixels(mask: &Mask) -> Vec<(usize, usize)> {
    let row = |row| mask.columns_in_row(row).map(move |col| (col, row)).collect::<Vec<_>>();
    (0..mask.size().height).flat_map(row).collect()
}

#[test]
fn a_reader_measures_sees_the_consensus_and_saves_the_picture() {
    with_browser(1280, false, async |browser, site| {
        open(&browser, &site, "ruler=100,200,200,200&consensus=all").await;
        browser
            .until("the consensus comes", "!document.querySelector('#consensus-legend').hidden")
            .await;
        browser.until("the ruler comes", "document.querySelector('.viewer-pane #ruler-end')").await;
        browser.picture("browse-consensus").await;
        let turn = "const h = document.querySelector('#ruler-end'); h.focus(); \
            h.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', shiftKey: true, bubbles: true }))";
        browser.script(turn).await;
        browser
            .until(
                "the address follows",
                "location.search.includes('ruler=100.0,200.0,210.0,200.0')",
            )
            .await;
        browser
            .until(
                "the length follows",
                "document.querySelector('#viewer-status').textContent.includes('77.00 mm')",
            )
            .await;
        // Pixels that all entries include are clear; in the band they have the colours of viridis.
        let coloured = format!(
            "{PIXELS} let n = 0; for (let i = 0; i < pixels.data.length; i += 4) if (Math.abs(pixels.data[i + 1] - pixels.data[i]) > 40) n++; return n"
        );
        assert!(browser.script(&coloured).await.as_u64() > Some(500));
        // The file is read as the page makes it.
        browser
            .script(
                "window.saved = null; const make = URL.createObjectURL.bind(URL); \
                 URL.createObjectURL = (blob) => { createImageBitmap(blob).then((b) => { \
                   window.saved = { width: b.width, height: b.height }; }); return make(blob); }",
            )
            .await;
        press(&browser, "S").await;
        browser.until("the picture is saved", "window.saved").await;
        let saved = browser.script("const c = document.querySelector('.viewer-canvas'); return { ...window.saved, stage: [c.width, c.height] }").await;
        // The stage's width may be a fraction of a pixel more than its canvas.
        let widths = [&saved["width"], &saved["stage"][0]].map(|width| width.as_u64().unwrap());
        assert!(widths[0].abs_diff(widths[1]) <= 1, "{saved}");
        // Below the picture: the layers, the legend, the citation and the address.
        assert!(
            saved["height"].as_u64() > saved["stage"][1].as_u64().map(|height| height + 60),
            "{saved}"
        );
        browser.close().await;
    });
}
