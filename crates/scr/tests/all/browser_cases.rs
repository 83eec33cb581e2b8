//! The strip of cases in a browser: order, filter, keys; marks and tables that lead to an image.
#![expect(clippy::unwrap_used, reason = "a failed setup ends the test")]

use crate::browser::{READY, with_browser};

/// Names and scores of the strip's cases that are in the page, from the top.
const SHOWN: &str = "return [...document.querySelectorAll('.strip-list li')].map(item => \
    ['.strip-name', '.strip-score'].map(part => item.querySelector(part).textContent))";

fn names(shown: &serde_json::Value) -> Vec<String> {
    let cases = shown.as_array().unwrap().iter();
    cases.map(|case| case[0].as_str().unwrap().to_owned()).collect()
}

/// Script that chooses a value of a list of the strip's form, as a reader does.
fn choose(list: &str, value: &str) -> String {
    format!(
        "const list = document.querySelector('.strip-form [name={list}]'); list.value = '{value}'; \
         list.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    )
}

#[test]
fn a_reader_orders_the_strip_steps_in_its_order_and_filters_it() {
    with_browser(1440, false, async |browser, site| {
        let page = format!("{}/benchmarks/phantom/browse/JPCLN001", site.address);
        browser.client.goto(&page).await.unwrap();
        browser.until("the viewer starts", READY).await;
        let is_there = "document.querySelectorAll('.strip-list .strip-score').length === 8";
        browser.until("the strip has all cases", is_there).await;
        let in_table = names(&browser.script(SHOWN).await);
        assert_eq!(in_table[0], "JPCLN001");

        browser.script(&choose("by", "worst")).await;
        browser
            .until("the address names the order", "location.search.includes('order=worst:')")
            .await;
        browser.script(&choose("of", "heart/overlap")).await;
        browser
            .until("the scores are shown", "document.querySelector('.strip-score')?.textContent")
            .await;
        let shown = browser.script(SHOWN).await;
        let scores: Vec<f64> = shown
            .as_array()
            .unwrap()
            .iter()
            .map(|case| case[1].as_str().unwrap().parse().unwrap())
            .collect();
        assert!(scores.is_sorted() && scores[0] < scores[7], "{scores:?}");
        let worst_first = names(&shown);
        browser.picture("strip-worst-first").await;
        // Thumbnails and outlines are pictures with pixels.
        browser
            .until(
                "the pictures are loaded",
                "[...document.querySelectorAll('.strip-list img')].slice(0, 3)\
                 .every(img => img.complete && img.naturalWidth > 0)",
            )
            .await;

        // A click opens the worst, keys step on and back; the page is not loaded again.
        browser.script("window.stays = true").await;
        browser.script("document.querySelector('.strip-list a').click()").await;
        let at = |name: &str| format!("location.pathname.endsWith('/{name}')");
        browser.until("the worst opens", &at(&worst_first[0])).await;
        let marked = |name: &str| {
            format!(
                "document.querySelector('[aria-current=true] .strip-name')?.textContent === '{name}'"
            )
        };
        browser.until("it is marked", &marked(&worst_first[0])).await;
        let press = |key: &str| {
            format!("document.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}' }}))")
        };
        browser.script(&press("n")).await;
        browser.until("the second worst opens", &at(&worst_first[1])).await;
        browser.until("it is marked", &marked(&worst_first[1])).await;
        browser.script(&press("p")).await;
        browser.until("the worst opens again", &at(&worst_first[0])).await;
        assert_eq!(browser.script("return window.stays").await, true);

        // The address restores the order, and the server has the same one without script.
        let address = browser.address().await;
        browser.client.goto(&site.address).await.unwrap();
        browser.client.goto(&address).await.unwrap();
        browser.until("the viewer starts", READY).await;
        browser.until("the strip is marked", &marked(&worst_first[0])).await;
        assert_eq!(names(&browser.script(SHOWN).await), worst_first);
        let next = "const page = new DOMParser().parseFromString(\
            await (await fetch(location.href)).text(), 'text/html'); \
            return page.querySelector('#next-image').getAttribute('href')";
        let next = browser.script(&format!("return (async () => {{ {next} }})()")).await;
        assert!(next.as_str().unwrap().contains(&format!("/{}?", worst_first[1])), "{next}");

        // Arrow keys move the focus; a range of scores and a fold leave cases out.
        browser.script("document.querySelector('.strip-list a').focus()").await;
        let arrow = "document.activeElement.dispatchEvent(\
            new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))";
        browser.script(arrow).await;
        let focused = "return document.activeElement.querySelector('.strip-name')?.textContent";
        assert_eq!(browser.script(focused).await, worst_first[1].as_str());
        browser.script(&choose("high", "100")).await;
        let counted =
            "/^[1-7] of 8 images$/.test(document.querySelector('.strip-count').textContent)";
        browser.until("the range leaves cases out", counted).await;
        browser
            .until("the address names the range", "location.search.includes('score=..0.')")
            .await;
        browser.script(&choose("fold", "2")).await;
        browser.until("the address names the fold", "location.search.includes('fold=2')").await;
        browser.picture("strip-filtered").await;
        browser.close().await;
    });
}

#[test]
fn a_mark_of_the_data_page_opens_its_image_and_back_returns_to_the_place() {
    with_browser(1280, false, async |browser, site| {
        let page = format!("{}/benchmarks/phantom/data", site.address);
        browser.client.goto(&page).await.unwrap();
        browser
            .script("document.querySelector('.spread-plot a').scrollIntoView({ block: 'center' })")
            .await;
        let place = browser.script("return scrollY").await.as_f64().unwrap();
        assert!(place > 100.0);
        let name = "document.querySelector('.spread-plot a title').textContent.split(':')[0]";
        let name = browser.script(&format!("return {name}")).await;
        browser
            .client
            .find(fantoccini::Locator::Css(".spread-plot a"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        let opens = format!("location.pathname.endsWith('/{}')", name.as_str().unwrap());
        browser.until("the image opens", &opens).await;
        browser.until("the viewer starts", READY).await;
        browser.client.back().await.unwrap();
        browser.until("the page is back", "location.pathname.endsWith('/data')").await;
        browser.until("the place is back", &format!("Math.abs(scrollY - {place}) < 50")).await;
        browser.close().await;
    });
}
