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
        assert!(page.contains("of 5, 1 undefined"), "beside the mean that leaves one out");
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
        let is_said = page.contains("There is no column") || page.contains("There is no object");
        assert_eq!(is_said, odd != "sort=", "{odd} is said in place");
    }
}

#[tokio::test]
async fn every_column_head_is_a_link_that_sorts() {
    let site = Site::published().await;
    let all = site.page("/benchmarks/tiny/results?measures=all").await;
    let heads = all.matches("/benchmarks/tiny/results?object=").count();
    assert!(heads > 20, "{heads}");
    let page = site.page("/benchmarks/tiny/results").await;
    let link = "results?object=lungs&#38;sort=overlap.mean&#38;order=asc#lungs";
    assert!(page.contains(link) || page.contains(&link.replace("&#38;", "&amp;")), "reverses");
}

#[tokio::test]
async fn the_overview_has_a_box_plot_and_the_five_numbers() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results?measures=all").await;
    assert!(page.contains("<svg class=\"box-plot\""));
    for head in ["Min", "Q1", "Median", "Q3", "Max"] {
        assert!(page.contains(&format!(">{head}</a>")), "{head}");
    }
    // The hole changes one image, and the mean by which everything is ranked.
    let overview = standings(&page, "all");
    assert_eq!(ranks(&overview), ["1", "1", "3", "4", "5"]);
}

#[tokio::test]
async fn a_compact_table_has_intervals_ranks_of_submissions_groups_and_rank_intervals() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    let lungs = &page[page.find("<section id=\"lungs\"").unwrap()..];
    let table = &lungs[..lungs.find("</table>").unwrap()];
    assert!(table.contains("<svg class=\"interval\"") && table.contains("Among<br>submissions"));
    let row = |name: &str| {
        let at = table.find(&format!("{name}</a>")).unwrap();
        let start = table[..at].rfind("<tr").unwrap();
        let end = at + table[at..].find("</tr>").unwrap();
        table[start..end].to_owned()
    };
    // Three submissions share rank 1; the baseline has no rank among them.
    assert!(row("Exact").contains("<td class=\"number\">1</td><td class=\"number\">1</td>"));
    assert!(row("Shifted").contains("<td class=\"number\">5</td><td class=\"number\">–</td>"));
    assert!(
        row("Shifted").ends_with("<td class=\"number\">5</td><td>a</td>"),
        "{}",
        row("Shifted")
    );
    assert!(lungs.contains("<svg class=\"rank-plot\""));
}

#[tokio::test]
async fn a_box_plot_links_its_outliers_and_is_a_file() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results").await;
    let opens = format!("/benchmarks/tiny/browse/T3?entries={}", site.entry("Hole"));
    let heart = &page[page.find("<section id=\"heart\"").unwrap()..];
    assert!(heart.contains(&format!("<a class=\"outlier\" href=\"{opens}\"")), "{opens}");
    for (plot, class) in [("boxes-heart", "box-plot"), ("ranks-all", "rank-plot")] {
        let answer = site.get(&format!("/benchmarks/tiny/plots/{plot}.svg")).await;
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        let svg = answer.text();
        assert!(
            svg.starts_with("<?xml") && svg.contains(class) && !svg.contains("href="),
            "{plot}"
        );
    }
    for none in ["boxes-zzz.svg", "banana-heart.svg", "time-heart.svg", "boxes-heart.png"] {
        let answer = site.get(&format!("/benchmarks/tiny/plots/{none}")).await;
        assert_eq!(answer.status, axum::http::StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test]
async fn the_whole_table_is_csv_json_and_latex() {
    let site = Site::published().await;
    let csv = site.page("/benchmarks/tiny/results.csv").await;
    let head = csv.lines().next().unwrap();
    assert!(head.starts_with("entry,name,role,") && head.contains("rank_among_submissions"));
    let hole = site.entry("Hole");
    let mut rows = csv.lines().filter(|row| row.starts_with(hole));
    let row = rows.find(|row| row.contains(",all,heart,masd_mm,")).unwrap();
    assert!(row.ends_with(",5,1"), "five values and an undefined one: {row}");
    let json = site.get("/benchmarks/tiny/results.json").await.json();
    let rows = json["rows"].as_array().unwrap();
    let of = |name: &str| {
        let is = |row: &&serde_json::Value| {
            row["entry"] == site.entry(name) && row["fold"] == "all" && row["object"] == "lungs"
        };
        rows.iter().filter(is).find(|row| row["measure"] == "overlap").unwrap()
    };
    assert_eq!((&of("Shifted")["rank"], &of("Exact")["rank"]), (&5.into(), &1.into()));
    assert_eq!(of("Shifted")["rank_among_submissions"], serde_json::Value::Null);
    assert!(rows.iter().any(|row| row["fold"] == "2"), "folds are there too");
    let tex = site.page("/benchmarks/tiny/results.tex").await;
    assert!(tex.contains("\\begin{tabular}") && tex.contains("\\textbf{"), "{tex}");
}

#[tokio::test]
async fn entries_are_filtered_by_kind_and_text_and_keep_their_ranks() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/results?kind=submission&q=hole").await;
    let lungs = standings(&page, "lungs");
    assert_eq!(names(&lungs), ["Hole"]);
    assert!(page.contains("1 of 5 entries"));
    let page = site.page("/benchmarks/tiny/results?kind=baseline").await;
    assert_eq!(standings(&page, "lungs"), [("5".to_owned(), "Shifted".to_owned())]);
    let page = site.page("/benchmarks/tiny/results?kind=banana&fold=9&measures=some").await;
    for said in ["There is no kind banana", "no results of a fold 9", "no choice some of measures"]
    {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(standings(&page, "lungs").len(), 5);
}

#[tokio::test]
async fn a_fold_has_tables_of_its_own() {
    let site = Site::published().await;
    let [all, one] = [
        site.page("/benchmarks/tiny/results").await,
        site.page("/benchmarks/tiny/results?fold=1").await,
    ];
    // The empty heart is in fold 1, with two other images.
    assert!(all.contains("of 5, 1 undefined") && one.contains("of 2, 1 undefined"));
    assert!(!site.page("/benchmarks/tiny/results?fold=2").await.contains("1 undefined"));
}

#[tokio::test]
async fn a_benchmark_that_penalises_undefined_distances_says_so_and_ranks_by_the_mean() {
    let site = Site::penalising().await;
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(page.contains("counts an undefined distance as the diagonal"));
    // One of six hearts is empty: the diagonal of 24 x 20 pixels of 1.4 mm over six.
    let mean = 24.0_f64.hypot(20.0) * 1.4 / 6.0;
    let heart = &page[page.find("<section id=\"heart\"").unwrap()..];
    assert!(heart.contains(&format!(">{mean:.2} ")), "{mean:.2}");
    assert!(heart.contains("1 undefined, counted as the diagonal"));
    let overview = site.page("/benchmarks/tiny").await;
    assert!(overview.contains("counts as the image’s diagonal"));
}

#[tokio::test]
async fn numbers_against_a_hidden_reference_have_the_digits_that_they_have() {
    let site = Site::published().await;
    let settings = scr_documents::BenchmarkSettings {
        reference: scr_documents::Reference::Hidden,
        ..scr_documents::BenchmarkSettings::default()
    };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let json = site.get("/benchmarks/tiny/results.json").await.json();
    let rows = json["rows"].as_array().unwrap();
    let is = |row: &&serde_json::Value| {
        row["entry"] == site.entry("Shifted") && row["measure"] == "pixel_error"
    };
    let error = rows.iter().find(is).unwrap()["mean"].as_f64().unwrap();
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(
        page.contains(&format!("<td class=\"number\">{error:.3}</td>")),
        "{error}: three decimals"
    );
    assert!(!page.contains(&format!("{error:.4}")), "and no fourth");
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
