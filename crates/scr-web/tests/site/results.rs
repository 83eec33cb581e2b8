//! Tables of results: order, ranks, undefined values, results from the literature.

use crate::fixture::{HOSTILE, Site};

/// Names and ranks in the table of the section `id`, top first.
fn standings(page: &str, id: &str) -> Vec<(String, String)> {
    let section = &page[page.find(&format!("<section id=\"{id}\"")).unwrap()..];
    let body = &section[section.find("<tbody>").unwrap()..section.find("</tbody>").unwrap()];
    body.split("<tr")
        .skip(1)
        .map(|row| {
            let rank = &row[row.find("<td class=\"number\">").unwrap() + 19..];
            let name = &row[row.find("<a href=").unwrap()..];
            let name = &name[name.find('>').unwrap() + 1..name.find("</a>").unwrap()];
            (rank[..rank.find('<').unwrap()].to_owned(), name.to_owned())
        })
        .collect()
}

fn names(standings: &[(String, String)]) -> Vec<&str> {
    standings
        .iter()
        .map(|(_, name)| if name.contains("alert") { "Hostile" } else { name })
        .collect()
}

fn ranks(standings: &[(String, String)]) -> Vec<&str> {
    standings.iter().map(|(rank, _)| rank.as_str()).collect()
}

#[tokio::test]
async fn the_best_are_first_and_equals_share_a_rank() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    let lungs = standings(&page, "lungs");
    assert_eq!(names(&lungs), ["Hostile", "Exact", "Hole", "Second observer", "Shifted"]);
    assert_eq!(ranks(&lungs), ["1", "1", "1", "4", "5"]);
}

#[tokio::test]
async fn an_entry_with_an_undefined_value_is_last_in_either_order() {
    let site = Site::published().await;
    for (order, first) in [("asc", "Hostile"), ("desc", "Shifted")] {
        let address =
            format!("/benchmarks/tiny/results?object=heart&sort=masd_mm.mean&order={order}");
        let page = site.page(&address).await;
        let heart = standings(&page, "heart");
        assert_eq!(names(&heart)[0], first, "{order}");
        // The other five hearts are perfect: without the sixth this entry would be first.
        assert_eq!(heart[4], ("5".to_owned(), "Hole".to_owned()), "{order}");
        assert!(page.contains("1 of 6"), "the count of undefined values is not shown");
        let sorted = format!("aria-sort=\"{order}ending\"");
        assert!(page.contains(&sorted), "{sorted}");
    }
}

#[tokio::test]
async fn a_table_sorts_by_name_and_the_others_keep_their_order() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results?object=lungs&sort=name&order=desc").await;
    assert_eq!(
        names(&standings(&page, "lungs")),
        ["Shifted", "Second observer", "Hole", "Exact", "Hostile"]
    );
    assert_eq!(names(&standings(&page, "heart"))[4], "Shifted");
}

#[tokio::test]
async fn a_sort_key_that_is_no_column_is_as_good_as_none() {
    let site = Site::published().await;
    let plain = site.page("/benchmarks/tiny/results").await;
    for odd in ["sort=nonsense", "sort=overlap.nonsense&order=up", "object=x&sort=overlap", "sort="]
    {
        let page = site.page(&format!("/benchmarks/tiny/results?{odd}")).await;
        assert_eq!(standings(&page, "lungs"), standings(&plain, "lungs"), "{odd}");
    }
}

#[tokio::test]
async fn every_column_head_is_a_link_that_sorts() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    let heads = page.matches("/benchmarks/tiny/results?object=").count();
    assert!(heads > 20, "{heads}");
    let link = "results?object=lungs&#38;sort=overlap.mean&#38;order=asc#lungs";
    assert!(page.contains(link) || page.contains(&link.replace("&#38;", "&amp;")), "reverses");
}

#[tokio::test]
async fn the_overview_has_a_box_plot_and_the_five_numbers() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(page.contains("<svg class=\"box-plot\""));
    for head in ["Min", "Q1", "Median", "Q3", "Max"] {
        assert!(page.contains(&format!(">{head}</a>")), "{head}");
    }
    // The hole changes one image, but not the median.
    let overview = standings(&page, "all");
    assert_eq!(ranks(&overview), ["1", "1", "1", "4", "5"]);
}

#[tokio::test]
async fn reference_rows_are_marked() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(
        page.contains("Second observer</a> <span class=\"mark mark-observer\">observer</span>")
    );
    assert!(page.contains("Shifted</a> <span class=\"mark mark-baseline\">baseline</span>"));
    assert!(page.contains("Exact</a></th>"));
}

#[tokio::test]
async fn what_others_published_stands_apart_with_protocol_and_how_it_was_verified() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    let part = &page[page.find("id=\"literature\"").unwrap()..];
    assert!(part.contains("Not computed here.</strong> Measured on other images."));
    assert!(part.contains("0.029 (0.008)"));
    assert!(part.contains("protocol not read"));
    assert!(part.contains("read in the abstract"));
    assert!(part.contains("https://doi.org/10.1109/TMI.2018.2806086"));
    let ours = &page[..page.find("id=\"literature\"").unwrap()];
    assert!(!ours.contains("Someone"), "a published row stands among computed ones");
}

#[tokio::test]
async fn an_entry_lists_its_worst_images_first() {
    let site = Site::published().await;
    let address = format!("/entries/{}", site.entry("Hole"));
    let page = site.page(&address).await;
    let first = |page: &str| {
        let body = &page[page.find("id=\"images\"").unwrap()..];
        let body = &body[body.find("<tbody>").unwrap()..];
        let start = body.find("/browse/").unwrap() + 8;
        body[start..start + 2].to_owned()
    };
    assert_eq!(first(&page), "T3", "by pixel error");
    assert!(page.contains(&format!("/benchmarks/tiny/browse/T3?entries={}", site.entry("Hole"))));
    let sorted = site.page(&format!("{address}?sort=heart/masd_mm")).await;
    assert_eq!(first(&sorted), "T3", "undefined is worst");
    let best = site.page(&format!("{address}?sort=heart/masd_mm&order=asc")).await;
    assert_eq!(first(&best), "T1", "and last from the best on");
}

#[tokio::test]
async fn a_hostile_name_is_escaped_in_the_plot_too() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(!page.contains(HOSTILE) && !page.contains("<script>alert"));
}
