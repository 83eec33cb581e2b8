//! Accessibility of the pages: axe-core finds nothing serious or moderate on any of them, in
//! light and dark, wide and narrow.

use std::path::PathBuf;

use serde::Deserialize;

use crate::command::root;
use crate::site::{Site, small_phantoms};
use crate::webdriver::Browser;

/// Sizes of the window in CSS pixels.
const WINDOWS: [(u32, u32); 2] = [(1440, 900), (390, 844)];
/// Pages; `ENTRY` and `OTHER` are identifiers of entries.
const PAGES: [&str; 20] = [
    "/",
    "/benchmarks/phantom",
    "/benchmarks/phantom/data",
    "/benchmarks/phantom/results",
    "/benchmarks/phantom/results?measures=all",
    "/benchmarks/phantom/compare?entries=ENTRY,OTHER",
    "/benchmarks/phantom/browse",
    "/benchmarks/phantom/browse/JPCLN001?entries=ENTRY,OTHER",
    "/benchmarks/phantom/browse/JPCLN001/scores",
    "/benchmarks/phantom/download",
    "/benchmarks/phantom/terms",
    "/benchmarks/phantom/publications",
    "/entries/ENTRY",
    "/add",
    "/feedback",
    "/privacy",
    "/docs",
    "/docs/api",
    "/account/sign-in",
    "/nowhere",
];

/// Finding of axe-core.
#[derive(Debug, Deserialize)]
struct Finding {
    id: String,
    impact: Option<String>,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    html: String,
}

/// Source of axe-core. Prints the reason and returns none where it is not installed; with
/// `SCR_REQUIRE_BROWSER` set it fails instead.
fn axe() -> Option<String> {
    let path: PathBuf = root().join("crates/scr-web/viewer/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(path).ok();
    if source.is_none() {
        assert!(
            std::env::var_os("SCR_REQUIRE_BROWSER").is_none(),
            "axe-core is required here and not found: npm --prefix crates/scr-web/viewer ci"
        );
        eprintln!("skipped: needs axe-core (npm --prefix crates/scr-web/viewer ci)");
    }
    source
}

async fn findings(browser: &Browser, axe: &str) -> Vec<String> {
    browser.script(axe).await;
    let run = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((found) =>
            done(JSON.stringify(found.violations)), (error) => done(String(error)));";
    let text = browser.client.execute_async(run, vec![]).await.expect("axe-core runs");
    let text = text.as_str().expect("axe-core answers");
    let found: Vec<Finding> = serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"));
    let counts = |finding: &Finding| {
        matches!(finding.impact.as_deref(), Some("moderate" | "serious" | "critical"))
    };
    let words = |finding: Finding| {
        let (first, count) = (&finding.nodes[0].html, finding.nodes.len());
        let first: String = first.chars().take(160).collect();
        format!("{} ({:?}), {count} times, first {first}", finding.id, finding.impact)
    };
    found.into_iter().filter(counts).map(words).collect()
}

#[test]
fn axe_finds_nothing_serious_or_moderate_on_any_page() {
    let Some(axe) = axe() else { return };
    let temp = tempfile::tempdir().expect("a folder can be made");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut all = Vec::new();
    runtime.block_on(async {
        let mut site = None;
        for dark in [false, true] {
            let Some(browser) = Browser::start(1440, 900, dark).await else { return };
            let site = site
                .get_or_insert_with(|| Site::start(&temp.path().join("demo"), small_phantoms()));
            let entries = entries(&browser, site).await;
            for (width, height) in WINDOWS {
                browser.client.set_window_size(width, height).await.expect("it can be resized");
                for page in PAGES {
                    let page = page.replace("ENTRY", &entries[0]).replace("OTHER", &entries[1]);
                    browser
                        .client
                        .goto(&format!("{}{page}", site.address))
                        .await
                        .expect("it opens");
                    if page.contains("/browse/") && !page.ends_with("/scores") {
                        browser
                            .until("the viewer starts", "document.querySelector('#viewer canvas')")
                            .await;
                    }
                    let scheme = if dark { "dark" } else { "light" };
                    let found = findings(&browser, &axe).await.into_iter();
                    all.extend(found.map(|found| format!("{page}, {scheme}, {width} px: {found}")));
                }
            }
            browser.close().await;
        }
    });
    assert!(all.is_empty(), "{} findings:\n{}", all.len(), all.join("\n"));
}

/// Identifiers of two entries of the demo.
async fn entries(browser: &Browser, site: &Site) -> Vec<String> {
    browser
        .client
        .goto(&format!("{}/benchmarks/phantom/results", site.address))
        .await
        .expect("it opens");
    let script = "return [...new Set([...document.querySelectorAll('a[href^=\"/entries/\"]')]
        .map((link) => link.getAttribute('href').split('/')[2]))]";
    let found = browser.script(script).await;
    let found: Vec<String> = serde_json::from_value(found).expect("a list");
    assert!(found.len() >= 2, "{found:?}");
    found
}
