//! Entry pages: card, citation, correction and withdrawal.

use axum::http::StatusCode;

use crate::fixture::{HOSTILE, Site};

#[tokio::test]
async fn a_card_is_drawn_from_markdown_and_nothing_in_it_runs() {
    let site = Site::published().await;
    let page = site.page(&format!("/entries/{}", site.entry("Exact"))).await;
    let card = &page[page.find("class=\"card-text\"").unwrap()..];
    assert!(card.contains("<p>Shifts masks. &lt;script&gt;alert"), "{}", &card[..200]);
    assert!(!page.contains("<script>alert"));
}

#[tokio::test]
async fn an_entry_is_cited_in_bibtex_and_cff_as_its_page_says() {
    let site = Site::published().await;
    for name in ["Exact", HOSTILE] {
        let entry = site.entry(name);
        let page = site.page(&format!("/entries/{entry}")).await;
        for file in ["cite.bib", "CITATION.cff"] {
            assert!(page.contains(&format!("href=\"/entries/{entry}/{file}\"")), "{file}");
        }
        let bib = site.get(&format!("/entries/{entry}/cite.bib")).await;
        assert!(bib.header("content-type").starts_with("application/x-bibtex"));
        assert!(bib.text().starts_with(&format!("@misc{{scr:{entry},\n  title = {{{{")));
        assert!(bib.text().contains("masks sha256:"));
        let cff = site.get(&format!("/entries/{entry}/CITATION.cff")).await;
        assert_eq!(cff.header("content-disposition"), "attachment; filename=\"CITATION.cff\"");
        let quoted = serde_json::to_string(name).unwrap();
        assert!(cff.text().contains(&format!("\ntitle: {quoted}\n")), "{}", cff.text());
        assert!(cff.text().contains("\n  - name: \"A. Tester\"\n"));
    }
    let bib = site.page("/benchmarks/tiny/cite.bib").await;
    assert!(bib.contains("@misc{scr:tiny,") && bib.contains("doi = {10.1000/1}"), "{bib}");
    let page = site.page("/benchmarks/tiny").await;
    assert!(page.contains("How to acknowledge and cite"));
    assert!(page.contains("href=\"/benchmarks/tiny/cite.bib\""));
}

#[tokio::test]
async fn a_correction_and_what_it_corrects_lead_to_each_other() {
    let site = Site::published().await;
    let (old, new) = (site.entry("Shifted").to_owned(), site.correct("Shifted").await);
    let old_page = site.page(&format!("/entries/{old}")).await;
    assert!(old_page.contains(&format!("is corrected by <a href=\"/entries/{new}\">")));
    let new_page = site.page(&format!("/entries/{new}")).await;
    assert!(new_page.contains(&format!("This entry corrects <a href=\"/entries/{old}\">")));
    let results = site.page("/benchmarks/tiny/results").await;
    assert!(results.contains(&format!("corrected</span> <small>by <a href=\"/entries/{new}\">")));
    assert!(results.contains(&format!("<small>corrects <a href=\"/entries/{old}\">")));
    let answer = site.get(&format!("/api/v1/entries/{new}")).await.json();
    assert_eq!(answer["card"]["corrects"], old);
}

#[tokio::test]
async fn a_withdrawn_entry_keeps_its_address_and_nothing_else() {
    let site = Site::published().await;
    let id = site.entry("Exact").to_owned();
    let corrected = site.correct("Exact").await;
    site.store.entries().withdraw(&id, "its authors", "Wrong <b>masks</b>.").await.unwrap();
    site.store.entries().withdraw(&id, "someone else", "again").await.unwrap();
    let answer = site.get(&format!("/entries/{id}")).await;
    assert_eq!(answer.status, StatusCode::GONE);
    let page = answer.text();
    assert!(page.contains("by its authors"), "the first withdrawal stays");
    assert!(page.contains("Wrong &#60;b&#62;masks"), "{page}");
    assert!(page.contains(&format!("href=\"/entries/{corrected}\"")), "what took its place");
    assert!(page.contains("@misc{scr:exact-") && !page.contains("<table"));
    let bib = site.page(&format!("/entries/{id}/cite.bib")).await;
    let on = site.store.entries().get(&id).await.unwrap().unwrap().withdrawn.unwrap().at;
    let note = format!("note = {{Withdrawn on {}: Wrong <b>masks</b>.; benchmark", &on[..10]);
    assert!(bib.contains(&note), "{bib}");
    let cff = site.page(&format!("/entries/{id}/CITATION.cff")).await;
    assert!(cff.contains("abstract: \"Withdrawn on "), "{cff}");
    for gone in [
        format!("/entries/{id}/results.json"),
        format!("/entries/{id}/results.csv"),
        format!("/api/v1/entries/{id}"),
        format!("/api/v1/entries/{id}/masks/heart/T1.png"),
        format!("/api/v1/entries/{id}/outlines/T1.json"),
        format!("/api/v1/entries/{id}/posteriors/heart/T1.png"),
    ] {
        assert_eq!(site.get(&gone).await.status, StatusCode::GONE, "{gone}");
    }
    for page in ["/", "/benchmarks/tiny", "/benchmarks/tiny/results", "/benchmarks/tiny/browse/T1"]
    {
        assert!(!site.page(page).await.contains(&id), "{page}");
    }
    let list = site.get("/api/v1/benchmarks/tiny/entries").await.json();
    assert_eq!(list["entries"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_citation_has_the_address_of_an_entry_where_the_site_s_is_known() {
    let site = Site::published().await;
    let entry = site.entry("Exact").to_owned();
    let [bib, cff] = ["cite.bib", "CITATION.cff"].map(|file| format!("/entries/{entry}/{file}"));
    for file in [&bib, &cff] {
        assert!(!site.page(file).await.contains("url"), "{file}");
    }
    let site = site.at("https://scr.example.org");
    let address = format!("https://scr.example.org/entries/{entry}");
    assert!(site.page(&bib).await.contains(&format!("url = {{{address}}}")));
    assert!(site.page(&cff).await.contains(&format!("url: \"{address}\"")));
    assert!(site.page(&format!("/entries/{entry}")).await.contains(&address));
}
