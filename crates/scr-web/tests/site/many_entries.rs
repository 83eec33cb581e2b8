//! A benchmark with more entries than a page shows.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::fixture::Site;

/// Entries beside those of every fixture.
const N_MORE: usize = 70;
/// Entries of a page of results.
const A_PAGE: usize = 25;

/// Identifiers of the entries in the table of the section `id`, top first, each with its rank.
fn rows(page: &str, id: &str) -> Vec<(String, String)> {
    let section = &page[page.find(&format!("<section id=\"{id}\"")).unwrap()..];
    let body = &section[section.find("<tbody>").unwrap()..section.find("</tbody>").unwrap()];
    let between = |text: &str, start: &str, end: &str| {
        let text = &text[text.find(start).unwrap() + start.len()..];
        text[..text.find(end).unwrap()].to_owned()
    };
    let row = |row: &str| {
        let rank = between(row, "<td class=\"number\">", "<");
        (between(row, "href=\"/entries/", "\""), rank)
    };
    body.split("<tr").skip(1).map(row).collect()
}

#[tokio::test]
async fn pages_of_results_have_every_entry_once_and_ranks_go_on() {
    let site = Site::with_many(N_MORE).await;
    let first = site.page("/benchmarks/tiny/results").await;
    let second = site.page("/benchmarks/tiny/results?page=2").await;
    let third = site.page("/benchmarks/tiny/results?page=3").await;
    assert!(first.contains("?page=3") && first.contains("of 75"), "links, and what it shows");
    for id in ["all", "lungs", "heart"] {
        let all = [&first, &second, &third].map(|page| rows(page, id)).concat();
        assert_eq!(rows(&first, id).len(), A_PAGE);
        let ids: BTreeSet<&String> = all.iter().map(|(id, _)| id).collect();
        assert_eq!((all.len(), ids.len()), (N_MORE + 5, N_MORE + 5), "{id}");
        // Ranks ascend from row to row, and skip those that are shared.
        let ranks: Vec<usize> = all.iter().map(|(_, rank)| rank.parse().unwrap()).collect();
        for (place, pair) in ranks.windows(2).enumerate() {
            assert!(pair[1] == pair[0] || pair[1] == place + 2, "{id}, row {place}: {pair:?}");
        }
    }
    // In the reverse order the first page has the last ones, with their ranks.
    let reversed = "/benchmarks/tiny/results?object=heart&sort=overlap.mean&order=asc";
    let worst = rows(&site.page(reversed).await, "heart");
    let best = rows(&third, "heart");
    assert_eq!(worst[0].1, best[best.len() - 1].1);
    for far in ["page=99", "page=0", "page=x"] {
        let page = site.page(&format!("/benchmarks/tiny/results?{far}")).await;
        let expected = if far == "page=99" { &third } else { &first };
        assert_eq!(rows(&page, "heart"), rows(expected, "heart"), "{far}");
    }
}

#[tokio::test]
async fn figures_are_over_the_entries_of_the_page() {
    let site = Site::with_many(N_MORE).await;
    let second = site.page("/benchmarks/tiny/results?page=2").await;
    assert!(!second.contains("<svg class=\"box-plot\""), "a picture, which is loaded when seen");
    let here = rows(&second, "heart");
    let figure = site.page("/benchmarks/tiny/plots/boxes-heart.svg?page=2").await;
    let first = site.page("/benchmarks/tiny/plots/boxes-heart.svg").await;
    assert_ne!(figure, first);
    for (name, id) in &site.entries {
        let is_here = here.iter().any(|(found, _)| found == id);
        assert_eq!(figure.contains(&format!(">{name}<")), is_here, "{name}");
    }
    assert!(second.contains("<img src=\"/benchmarks/tiny/plots/boxes-heart.svg?page=2\""));
    let chosen = site.page("/benchmarks/tiny/plots/boxes-heart.svg?kind=baseline").await;
    assert!(chosen.contains(">Shifted<") && !chosen.contains(">Method 000<"));
}

#[tokio::test]
async fn a_filter_searches_all_pages() {
    let site = Site::with_many(N_MORE).await;
    let page = site.page("/benchmarks/tiny/results?q=METHOD&page=3").await;
    assert_eq!(rows(&page, "heart").len(), N_MORE - 2 * A_PAGE);
    assert!(page.contains("70 of 75 entries"));
    let page = site.page("/benchmarks/tiny/results?kind=observer").await;
    assert_eq!(rows(&page, "heart").len(), 1);
    assert_ne!(rows(&page, "heart")[0].1, "1", "ranks are among all");
}

#[tokio::test]
async fn a_list_of_the_api_goes_on_where_it_says() {
    let site = Site::with_many(N_MORE).await;
    let mut address = "/api/v1/benchmarks/tiny/entries?limit=30".to_owned();
    let mut found = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let answer = site.get(&address).await.json();
        let entries = answer["entries"].as_array().unwrap().clone();
        sizes.push(entries.len());
        found.extend(entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        match answer["next"].as_str() {
            Some(next) => next.clone_into(&mut address),
            None => break,
        }
    }
    let expected: Vec<String> = site.entries.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!((sizes, found), (vec![30, 30, 15], expected));
    for (limit, length, goes_on) in
        [("", 75, false), ("?limit=75", 75, false), ("?limit=70", 70, true)]
    {
        let whole = site.get(&format!("/api/v1/benchmarks/tiny/entries{limit}")).await;
        let list: scr_documents::EntryList = serde_json::from_str(whole.text()).unwrap();
        assert_eq!((list.entries.len(), list.next.is_some()), (length, goes_on), "{limit}");
        assert_eq!(serde_json::to_string(&list).unwrap(), whole.text(), "the document's bytes");
    }
    for odd in ["limit=0", "limit=501", "after=nobody"] {
        let answer = site.get(&format!("/api/v1/benchmarks/tiny/entries?{odd}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
    }
}

#[tokio::test]
async fn pages_that_offer_entries_offer_some_and_those_of_the_address() {
    let site = Site::with_many(N_MORE).await;
    let lungs = rows(&site.page("/benchmarks/tiny/results?page=3").await, "lungs");
    let (last, _) = &lungs[lungs.len() - 1];
    let box_of = |id: &str| format!("value=\"{id}\"");
    for page in ["/benchmarks/tiny/browse/T1", "/benchmarks/tiny/compare"] {
        let plain = site.page(page).await;
        let chosen = site.page(&format!("{page}?entries={last}")).await;
        assert!(chosen.contains(&box_of(last)), "{page}");
        let boxes = plain.matches("name=\"entries\" value=\"").count();
        assert!(boxes < 62, "{page}: {boxes}");
    }
    let cases = site.get("/api/v1/benchmarks/tiny/cases.json").await.json();
    assert!(cases["entries"].as_array().unwrap().len() < 62);
    for file in ["results.csv", "results.json"] {
        let text = site.page(&format!("/benchmarks/tiny/{file}")).await;
        assert!(site.entries.iter().all(|(_, id)| text.contains(id)), "{file} has all");
    }
    let tex = site.page("/benchmarks/tiny/results.tex").await;
    assert!(tex.contains("Method 069"), "75 entries fit into a paper’s tables");
}
