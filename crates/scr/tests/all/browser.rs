//! The viewer and the tables in a browser: stepping, windowing, outlines, links, sorting.

use crate::site::{Site, small_phantoms};
use crate::webdriver::Browser;

fn with_browser<F: Future<Output = ()>>(
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

const READY: &str = "document.querySelector('#viewer canvas') && \
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
        let observer = "[...document.querySelectorAll('#viewer-layers input')].find(i => i.value === 'second')";
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
fn pages_fit_a_narrow_window() {
    with_browser(400, false, async |browser, site| {
        for (name, path) in [
            ("home", "/"),
            ("results", "/benchmarks/phantom/results"),
            ("browse", "/benchmarks/phantom/browse/JPCLN001"),
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
