//! The viewer and the tables in a browser: stepping, windowing, outlines, links, sorting.

use crate::site::{Site, small_phantoms};
use crate::webdriver::Browser;

pub(crate) fn with_browser<F: Future<Output = ()>>(
    width: u32,
    dark: bool,
    story: impl FnOnce(Browser, Site) -> F,
) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let Some(browser) = Browser::start(width, 1000, dark).await else { return };
        let temp = tempfile::tempdir().expect("a folder can be made");
        let site = Site::start(&temp.path().join("demo"), small_phantoms());
        story(browser, site).await;
    });
}

pub(crate) const READY: &str = "document.querySelector('#viewer[data-ready] canvas') && \
    Number(document.querySelector('#window-high').value) > 0 && \
    !document.querySelector('.viewer-tools').hidden";

#[test]
fn every_page_opens_without_an_error_and_in_the_dark() {
    for (dark, name) in [(false, "light"), (true, "dark")] {
        with_browser(1280, dark, async |browser, site| {
            let client = &browser.client;
            let pages = [
                ("home", "/"),
                ("benchmark", "/benchmarks/phantom"),
                ("data", "/benchmarks/phantom/data"),
                ("download", "/benchmarks/phantom/download"),
                ("results", "/benchmarks/phantom/results"),
                ("images", "/benchmarks/phantom/browse"),
                ("add", "/add"),
            ];
            for (page, path) in pages {
                client.goto(&format!("{}{path}", site.address)).await.unwrap();
                let heading =
                    browser.script("return document.querySelector('h1')?.innerText").await;
                assert!(heading.as_str().is_some_and(|text| !text.is_empty()), "{path}: {heading}");
                let margins =
                    "return [...document.body.querySelectorAll('.site-head, main, .site-foot')]
                    .map(part => parseFloat(getComputedStyle(part).paddingInlineStart))";
                let margins = browser.script(margins).await;
                let margins = margins.as_array().unwrap();
                assert!(margins.len() == 3 && margins.iter().all(|px| px.as_f64() > Some(10.0)));
                browser.picture(&format!("{page}-{name}")).await;
            }
            // No request went to another site, and the policy refused none.
            let script =
                "return performance.getEntriesByType('resource').map(r => new URL(r.name).host)";
            let hosts = browser.script(script).await;
            let own = site.address.trim_start_matches("http://");
            assert!(hosts.as_array().unwrap().iter().all(|host| host == own), "{hosts}");
            browser.close().await;
        });
    }
}

#[test]
fn a_reader_steps_windows_toggles_and_links_to_what_is_seen() {
    with_browser(1280, false, async |browser, site| {
        let client = &browser.client;
        client.goto(&format!("{}/benchmarks/phantom/browse/JPCLN001", site.address)).await.unwrap();
        browser.until("the viewer starts", READY).await;
        browser.picture("browse").await;

        browser.script("document.querySelector('#next-image').click()").await;
        browser.until("the next image opens", "location.pathname.endsWith('JPCLN002')").await;
        browser.until("the viewer starts", READY).await;

        // Toggles the second observer's outline by its check box.
        let observer =
            "[...document.querySelectorAll('#viewer-panel input')].find(i => i.value === 'second')";
        assert_eq!(browser.script(&format!("return {observer}.checked")).await, false);
        browser.script(&format!("{observer}.click()")).await;
        browser.until("the address names the outline", "location.search.includes('second')").await;

        // Changes the window by its range.
        browser
            .script(
                "const high = document.querySelector('#window-high'); high.value = 30000; \
                 high.dispatchEvent(new Event('input', { bubbles: true })); \
                 high.dispatchEvent(new Event('change', { bubbles: true }))",
            )
            .await;
        browser.until("the address names the window", "location.search.includes('window=')").await;
        browser.picture("browse-window").await;
        let brightness = "const c = document.querySelector('#viewer canvas'); \
             const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; \
             let s = 0; for (let i = 0; i < d.length; i += 4) s += d[i]; return s / (d.length / 4)";
        let windowed = browser.script(brightness).await.as_f64().unwrap();

        // The address restores the view.
        let address = browser.address().await;
        client.goto(&site.address).await.unwrap();
        client.goto(&address).await.unwrap();
        browser.until("the viewer starts", READY).await;
        assert_eq!(browser.script(&format!("return {observer}.checked")).await, true);
        let high = browser.script("return document.querySelector('#window-high').value").await;
        assert_eq!(high, "30000");
        let linked = browser.script(brightness).await.as_f64().unwrap();
        assert!((linked - windowed).abs() < 1.0, "{linked} and {windowed}");
        browser.close().await;
    });
}

/// Red, green and blue in the middle of a pane.
async fn middle(browser: &Browser, pane: usize) -> [i64; 3] {
    let script = format!(
        "const c = document.querySelectorAll('#viewer canvas.viewer-canvas')[{pane}]; \
         return [...c.getContext('2d').getImageData(c.width >> 1, c.height >> 1, 1, 1).data]"
    );
    let found = browser.script(&script).await;
    [0, 1, 2].map(|channel| found[channel].as_i64().expect("a colour"))
}

fn press(key: &str, event: &str) -> String {
    format!(
        "document.dispatchEvent(new KeyboardEvent('{event}', {{ key: '{key}', bubbles: true }}))"
    )
}

#[test]
fn greys_and_outlines_have_the_colours_that_are_computed() {
    with_browser(1280, false, async |browser, site| {
        let client = &browser.client;
        let page = format!("{}/benchmarks/phantom/browse/JPCLN001", site.address);
        let file = std::fs::read(small_phantoms().join("images/JPCLN001.png")).unwrap();
        let radiograph = scr_data::formats::png::read_radiograph(&file).unwrap();
        // Enlarged, so that a pixel of the image is a square of one grey.
        for (x, y, low, high) in [(200, 150, 10_000, 30_000), (256, 300, 20_000, 60_000)] {
            let at = format!("zoom=30&x={x}.5&y={y}.5");
            client.goto(&format!("{page}?observers=&window={low}-{high}&{at}")).await.unwrap();
            browser.until("the viewer starts", READY).await;
            let value = i64::from(radiograph.pixels()[y * radiograph.size().width + x]);
            let grey =
                (255.0 * (value - low) as f64 / (high - low) as f64).round().clamp(0.0, 255.0);
            let found = middle(&browser, 0).await;
            assert!((found[0] - grey as i64).abs() <= 1, "{found:?}, expected {grey} of {value}");
            assert!(found.iter().all(|channel| *channel == found[0]), "{found:?}");
            browser.script(&press("i", "keydown")).await;
            browser.until("the address says so", "location.search.includes('invert=1')").await;
            let inverted = middle(&browser, 0).await;
            assert!((inverted[0] - 255 + grey as i64).abs() <= 1, "{inverted:?}");
        }
        // The middle of the heart's longest edge has the colour of the reference.
        let edge = "const { structures } = await (await fetch('/api/v1/benchmarks/phantom/outlines/reference/JPCLN001.json')).json(); \
             const [ring] = structures.heart; let best = [0]; \
             for (let i = 0; i + 3 < ring.length; i += 2) { \
               const [x, y, u, v] = ring.slice(i, i + 4); const long = Math.hypot(u - x, v - y); \
               if (long > best[0]) best = [long, (x + u) / 2, (y + v) / 2]; } return best";
        let edge = browser.script(&format!("return (async () => {{ {edge} }})()")).await;
        client.goto(&format!("{page}?zoom=20&x={}&y={}", edge[1], edge[2])).await.unwrap();
        browser.until("the viewer starts", READY).await;
        let found = middle(&browser, 0).await;
        let expected = [0x56, 0xb4, 0xe9];
        let off =
            found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).max();
        assert!(off < Some(12), "{found:?}, expected {expected:?} at {edge}");
        browser.picture("browse-edge").await;
        browser.close().await;
    });
}

#[test]
fn panes_are_linked_or_free_and_a_key_blinks_two_entries() {
    with_browser(1440, false, async |browser, site| {
        let page = format!("{}/benchmarks/phantom/browse/JPCLN001", site.address);
        browser.client.goto(&format!("{page}?observers=&panes=2&pane2=")).await.unwrap();
        browser.until("the viewer starts", READY).await;
        let wheel = "document.querySelector('#viewer canvas').dispatchEvent(new WheelEvent('wheel', \
             { deltaY: -600, clientX: 300, clientY: 400, bubbles: true, cancelable: true }))";
        let differing = "const [a, b] = [...document.querySelectorAll('#viewer canvas.viewer-canvas')].map(c => \
             c.getContext('2d').getImageData(0, 0, c.width, c.height).data); \
             if (a.length !== b.length) return -1; \
             let n = 0; for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) n++; return n";
        browser.script(wheel).await;
        browser.until("the address names the zoom", "location.search.includes('zoom=')").await;
        assert_eq!(browser.script(differing).await, 0, "both panes show the same place");
        browser.script("document.querySelector('#link-view').click()").await;
        browser.script(wheel).await;
        browser.until("the address says so", "location.search.includes('free=view')").await;
        assert!(browser.script(differing).await.as_i64() > Some(1000), "one pane moved alone");
        browser.picture("browse-panes").await;

        // Two entries, which the space bar blinks.
        let entries =
            "[...document.querySelectorAll('#viewer-layers input[name=entries]')].slice(0, 2)";
        browser.script(&format!("{entries}.forEach(box => box.click())")).await;
        let label = "document.querySelector('.viewer-pane-name').textContent";
        browser.until("both are shown", &format!("{label}.includes(' · ')")).await;
        let both = browser.script(&format!("return {label}")).await;
        browser.script(&press(" ", "keydown")).await;
        browser.until("one is shown", &format!("{label} && !{label}.includes(' · ')")).await;
        let first = browser.script(&format!("return {label}")).await;
        browser
            .until("the other follows", &format!("{label} !== {first} && !{label}.includes(' · ')"))
            .await;
        browser.script(&press(" ", "keyup")).await;
        browser.until("both are back", &format!("{label} === {both}")).await;
        browser.close().await;
    });
}

#[test]
fn the_next_image_comes_without_a_load_and_keeps_focus_and_zoom() {
    with_browser(1280, false, async |browser, site| {
        let page =
            format!("{}/benchmarks/phantom/browse/JPCLN001?zoom=3&x=200.0&y=220.0", site.address);
        browser.client.goto(&page).await.unwrap();
        browser.until("the viewer starts", READY).await;
        browser
            .script(
                "globalThis.isSamePage = true; document.querySelector('#viewer canvas').focus()",
            )
            .await;
        browser.script(&press("n", "keydown")).await;
        browser
            .until(
                "the next image is shown",
                "document.querySelector('#viewer').dataset.image === 'JPCLN002'",
            )
            .await;
        let state = "return [globalThis.isSamePage, document.activeElement.tagName, location.pathname.split('/').pop(), \
             document.querySelector('h1').innerText.includes('JPCLN002'), \
             document.querySelector('figcaption').innerText.includes('JPCLN002')]";
        let expected = serde_json::json!([true, "CANVAS", "JPCLN002", true, true]);
        assert_eq!(browser.script(state).await, expected);
        browser
            .until(
                "the address names the zoom",
                "location.search.includes('zoom=3&x=200.0&y=220.0')",
            )
            .await;
        browser.script("history.back()").await;
        browser
            .until("it goes back", "document.querySelector('#viewer').dataset.image === 'JPCLN001'")
            .await;
        assert_eq!(browser.script("return globalThis.isSamePage").await, true);
        browser
            .until(
                "the address is the first",
                "location.href.endsWith('/JPCLN001?zoom=3&x=200.0&y=220.0')",
            )
            .await;
        browser.script(&press("?", "keydown")).await;
        let help = browser
            .script("return document.querySelector('#viewer-help-box[open]').innerText")
            .await;
        let help = help.as_str().unwrap();
        for words in ["next image", "hold Space", "grey window", "solo"] {
            assert!(help.contains(words), "{words} in {help}");
        }
        browser.close().await;
    });
}

#[test]
fn a_reader_lays_a_posterior_over_the_radiograph() {
    with_browser(1280, false, async |browser, site| {
        let client = &browser.client;
        let page = format!("{}/benchmarks/phantom/browse/JPCLN001", site.address);
        client.goto(&page).await.unwrap();
        browser.until("the viewer starts", READY).await;
        let is_offered = "return Boolean(document.querySelector('#posterior-of'))";
        assert_eq!(browser.script(is_offered).await, false, "no entry has posteriors yet");

        let entry = site.add_posteriors().await.unwrap();
        client.goto(&page).await.unwrap();
        browser.until("the viewer starts", READY).await;
        // Excess of yellow over grey in the left and in the right half of the stage.
        let yellow = "const c = document.querySelector('#viewer canvas'); \
             return [0, 0.5].map(from => { \
             const d = c.getContext('2d').getImageData(from * c.width, 0, c.width / 2, c.height).data; \
             let s = 0; for (let i = 0; i < d.length; i += 4) s += d[i] - d[i + 2]; \
             return s / (d.length / 4); })";
        let halves = async || {
            let found = browser.script(yellow).await;
            [0, 1].map(|half| found[half].as_f64().unwrap())
        };
        let bare = halves().await;
        let press = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'h' }))";
        browser.script(press).await;
        let named = format!("location.search.includes('posterior={entry}')");
        browser.until("the address names the posterior", &named).await;
        browser
            .script(
                "const s = document.querySelector('#posterior-structure'); s.value = 'heart'; \
                 s.dispatchEvent(new Event('change', { bubbles: true }))",
            )
            .await;
        browser.until("the address names the heart", "location.search.includes(':heart')").await;

        // The address restores the view.
        let address = browser.address().await;
        client.goto(&site.address).await.unwrap();
        client.goto(&address).await.unwrap();
        browser.until("the viewer starts", READY).await;
        browser
            .until("the legend is there", "!document.querySelector('#posterior-legend').hidden")
            .await;
        browser.until("the address stays", "location.search.includes(':heart')").await;
        browser.picture("browse-posterior").await;
        let heat = halves().await;
        assert!(heat[0] > bare[0] + 20.0, "{heat:?} and {bare:?}");
        assert!((heat[1] - bare[1]).abs() < 5.0, "{heat:?} and {bare:?}");

        browser.script(press).await;
        browser.until("it is off", "!location.search.includes('posterior')").await;
        browser.close().await;
    });
}

#[test]
fn a_reader_sorts_a_table_and_opens_an_entry() {
    with_browser(1280, false, async |browser, site| {
        let client = &browser.client;
        client.goto(&format!("{}/benchmarks/phantom/results", site.address)).await.unwrap();
        let sorted = "document.querySelector('th[aria-sort=ascending], th[aria-sort=descending]')";
        let before = browser.script(&format!("return {sorted}.ariaSort + location.search")).await;
        browser.script(&format!("{sorted}.querySelector('a').click()")).await;
        browser
            .until(
                "the order turns",
                &format!("{sorted} && ({sorted}.ariaSort + location.search) !== {before}"),
            )
            .await;
        browser.picture("results-sorted").await;
        browser.script("document.querySelector('a[href^=\"/entries/mean-shape\"]').click()").await;
        browser
            .until("the entry opens", "location.pathname.startsWith('/entries/mean-shape')")
            .await;
        browser.picture("entry").await;
        browser.script("document.querySelector('a[href*=\"/browse/\"]').click()").await;
        browser.until("its worst image opens", "location.pathname.includes('/browse/')").await;
        browser.until("the viewer starts", READY).await;
        assert!(browser.address().await.contains("entries=mean-shape"));
        browser.picture("browse-entry").await;
        browser.close().await;
    });
}

#[test]
fn a_reader_compares_two_entries_and_brushes_over_images_by_keyboard() {
    with_browser(1440, true, async |browser, site| {
        let client = &browser.client;
        client.goto(&format!("{}/benchmarks/phantom/results", site.address)).await.unwrap();
        browser
            .script(
                "const boxes = document.querySelectorAll('#lungs input[name=entries]'); \
                 boxes[0].click(); boxes[1].click(); \
                 document.querySelector('#lungs .compare-chosen button').click()",
            )
            .await;
        browser.until("the comparison opens", "location.pathname.endsWith('/compare')").await;
        browser.until("the brush is ready", "document.querySelector('.scatter-plot .brush')").await;
        assert!(browser.address().await.contains("object=lungs"));
        browser.picture("compare-dark").await;
        // What is drawn at the place of a dot is the dot of that image, and a link to it.
        let dots = "const plot = document.querySelector('.scatter-plot'); \
             plot.scrollIntoView({ block: 'center' }); \
             return [...plot.querySelectorAll('a.point')].every(point => { \
             const box = point.querySelector('.dot').getBoundingClientRect(); \
             const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
             return at?.closest('a.point')?.href.baseVal.includes('/browse/'); })";
        assert_eq!(browser.script(dots).await, true, "every dot is where it is drawn");
        let n_dots = browser.script("return document.querySelectorAll('a.point').length").await;
        assert!(n_dots.as_u64() > Some(2), "{n_dots}");
        let press = |key: &str, shift: bool| {
            format!(
                "document.querySelector('.scatter-plot').dispatchEvent(new KeyboardEvent('keydown', \
                 {{ key: '{key}', shiftKey: {shift}, bubbles: true, cancelable: true }}))"
            )
        };
        let shown = "return [document.querySelectorAll('#strip li').length, \
             document.querySelectorAll('a.point:not(.outside)').length, \
             document.querySelector('#brush-status').innerText]";
        browser.script(&press("ArrowRight", false)).await;
        for _ in 0..60 {
            for key in ["ArrowRight", "ArrowDown"] {
                browser.script(&press(key, true)).await;
            }
            for key in ["ArrowLeft", "ArrowUp"] {
                browser.script(&press(key, false)).await;
            }
        }
        let all = browser.script(shown).await;
        assert_eq!((&all[0], &all[1]), (&n_dots, &n_dots), "the brush covers the plot: {all}");
        assert_eq!(all[2], format!("{n_dots} of {n_dots} images chosen."));
        browser.script(&press("Escape", false)).await;
        let none = browser.script(shown).await;
        assert!(!none[2].as_str().unwrap_or_default().contains("chosen"), "{none}");
        browser.close().await;
    });
}

#[test]
fn pages_fit_a_narrow_window() {
    with_browser(400, false, async |browser, site| {
        for (name, path) in [
            ("home", "/"),
            ("results", "/benchmarks/phantom/results"),
            ("browse", "/benchmarks/phantom/browse/JPCLN001"),
            ("compare", "/benchmarks/phantom/compare"),
        ] {
            browser.client.goto(&format!("{}{path}", site.address)).await.unwrap();
            let wide = "document.documentElement.scrollWidth > window.innerWidth + 1";
            let is_too_wide = browser.script(&format!("return {wide}")).await;
            browser.picture(&format!("{name}-narrow")).await;
            assert_eq!(is_too_wide, false, "{path} is wider than its window");
        }
        browser.close().await;
    });
}
