//! Tables of results: rows of the database against a naive computation in memory.

use scr_documents::{
    BenchmarkSettings, FoldDocument, ImageResults, MeasureMap, Reference, SummaryDocument,
    UndefinedDocument,
};
use scr_measures::Better;
use scr_standings::standings::{Order, Ranks, Standing, Statistic};
use scr_store::{
    EntryFilter, EntryRow, EntrySelection, RowRange, StandingOrder, StandingPlace, TableSubject,
};
use sqlx::Connection;

use super::*;

/// Measures of the fixture, with their better ends.
const MEASURES: [(&str, Better); 2] = [("overlap", Better::Higher), ("masd_mm", Better::Lower)];
const N_ENTRIES: usize = 23;
const BOTH: TableSubject<'static> = TableSubject { fold: None, object: Some("both") };

/// Summary with few different values, so that many are equal; some are undefined.
fn summary(seed: usize) -> SummaryDocument {
    let value = |step: usize| Some(((seed * step) % 7) as f64 / 9.0);
    let n_undefined = if seed.is_multiple_of(5) { seed % 3 } else { 0 };
    let is_defined = !seed.is_multiple_of(11);
    SummaryDocument {
        mean: value(3).filter(|_| is_defined),
        sd: value(2).filter(|_| is_defined),
        min: value(5).filter(|_| is_defined),
        q1: value(11).filter(|_| is_defined),
        median: value(4).filter(|_| is_defined),
        q3: value(13).filter(|_| is_defined),
        max: value(6).filter(|_| is_defined),
        n: Some(if is_defined { 5 - n_undefined } else { 0 }),
        n_undefined: Some(if is_defined { n_undefined } else { 5 }),
        ci95: (is_defined && !seed.is_multiple_of(4)).then_some([seed as f64 / 50.0, 1.0]),
    }
}

fn measures(seed: usize) -> MeasureMap<SummaryDocument> {
    let keys = MEASURES.iter().enumerate();
    // One entry has results without the first measure.
    let has = |index: usize| !(seed == 9 && index == 0);
    let shown = keys.filter(|(index, _)| has(*index));
    shown.map(|(index, (key, _))| ((*key).to_owned(), summary(seed + 17 * index))).collect()
}

/// Publishes entries of all roles.
async fn publish_many(fixture: &Fixture) {
    let masks = fixture.masks(2);
    for seed in 0..N_ENTRIES {
        // Upper and lower case, and equal names.
        let name =
            if seed % 2 == 0 { format!("name {}", seed / 4) } else { format!("Name {seed}") };
        let mut entry = fixture.entry(&name, &masks);
        entry.card.authors = vec![format!("Author_{}", seed % 3), "100% B.".into()];
        entry.card.version = seed.to_string();
        entry.role = EntryRole::ALL[if seed % 6 == 0 { seed % 2 } else { 2 }];
        entry.result.objects = [("both".to_owned(), measures(seed))].into_iter().collect();
        entry.result.image_measures =
            [("pixel_error".to_owned(), summary(seed + 1))].into_iter().collect();
        let fold = FoldDocument {
            objects: [("both".to_owned(), measures(seed + 40))].into_iter().collect(),
            image_measures: MeasureMap::new(),
        };
        entry.result.folds = [("1".to_owned(), fold)].into_iter().collect();
        if seed % 7 == 3 {
            entry.result.undefined_as = Some(UndefinedDocument::ImageDiagonal);
        }
        fixture.publish(entry).await.unwrap();
    }
}

async fn fixture_with_many() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    publish_many(&fixture).await;
    fixture
}

/// Row of a table: identifier and ranks.
type Ranked = (String, Option<u64>, Option<u64>);

/// The table as code without a database computes it.
fn naive(entries: &[EntryRow], order: &StandingOrder, filter: &EntryFilter) -> Vec<Ranked> {
    let rows: Vec<&EntryRow> =
        entries.iter().filter(|entry| entry.result.objects.contains_key("both")).collect();
    let standing = |entry: &&EntryRow| {
        let summary = entry.result.objects["both"].get(&order.measure);
        Standing::of(&entry.result, &order.measure, summary, order.statistic)
    };
    let standings: Vec<Standing> = rows.iter().map(standing).collect();
    let is_submission: Vec<bool> =
        rows.iter().map(|entry| entry.role == EntryRole::Method).collect();
    let ranks = Ranks::of(&standings, &is_submission, order.better);
    let mut places: Vec<usize> = (0..rows.len()).collect();
    // Equal ones are in the order of their names, then of publication.
    places.sort_by(|&left, &right| {
        let name = |place: usize| (rows[place].card.name.to_lowercase(), place);
        match (order.by_name, order.order) {
            (true, Order::Ascending) => name(left).cmp(&name(right)),
            (true, Order::Descending) => name(right).cmp(&name(left)),
            (false, rows) => standings[left]
                .compare(standings[right], rows)
                .then_with(|| name(left).cmp(&name(right))),
        }
    });
    let passes = |entry: &EntryRow| {
        let words = format!("{} {} {}", entry.card.name, entry.card.authors.join(" "), entry.id);
        filter.role.is_none_or(|role| entry.role == role)
            && filter.words.iter().all(|word| words.to_lowercase().contains(&word.to_lowercase()))
    };
    let ranked = |place: usize| {
        let of = |rank: Option<usize>| rank.map(|rank| rank as u64);
        let id = rows[place].id.clone();
        (id, of(ranks.among_all[place]), of(ranks.among_submissions[place]))
    };
    places.into_iter().filter(|&place| passes(rows[place])).map(ranked).collect()
}

/// The table as the database gives it, in pages of `count` rows.
async fn paged(
    store: &Store,
    order: &StandingOrder,
    filter: &EntryFilter,
    count: u32,
) -> Vec<Ranked> {
    let public = store.public();
    let standings = public.standings("tiny").await.unwrap();
    let mut found = Vec::new();
    for page in 0.. {
        let range = RowRange { start: page * u64::from(count), count };
        let rows = standings.rows(BOTH, order, filter, range, &["overlap"]).await.unwrap();
        if rows.is_empty() {
            break;
        }
        found.extend(
            rows.into_iter().map(|row| (row.entry.id, row.rank, row.rank_among_submissions)),
        );
    }
    found
}

fn orders() -> Vec<StandingOrder> {
    let mut orders = Vec::new();
    for (measure, better) in MEASURES {
        for statistic in Statistic::ALL {
            for order in [Order::Ascending, Order::Descending] {
                for by_name in [false, true] {
                    let better =
                        if statistic == Statistic::Undefined { Better::Lower } else { better };
                    let measure = measure.to_owned();
                    orders.push(StandingOrder { measure, statistic, better, order, by_name });
                }
            }
        }
    }
    orders
}

#[tokio::test]
async fn pages_of_rows_are_those_of_a_naive_computation() {
    let fixture = fixture_with_many().await;
    let entries = fixture.store.entries().summaries("tiny").await.unwrap();
    assert_eq!(entries.len(), N_ENTRIES);
    let all = EntryFilter::default();
    for order in orders() {
        let expected = naive(&entries, &order, &all);
        assert_eq!(expected.len(), N_ENTRIES);
        for count in [1, 4, 100] {
            let found = paged(&fixture.store, &order, &all, count).await;
            assert_eq!(found, expected, "{order:?} in pages of {count}");
        }
    }
    let filters = [
        EntryFilter { role: Some(EntryRole::Method), words: vec![], verified: false },
        EntryFilter { role: None, words: vec!["AUTHOR_1".into(), "name".into()], verified: false },
        EntryFilter { role: None, words: vec!["100%".into()], verified: false },
        EntryFilter {
            role: Some(EntryRole::Observer),
            words: vec!["_".into(), "%".into()],
            verified: false,
        },
        EntryFilter { role: None, words: vec!["nobody".into()], verified: false },
    ];
    for filter in &filters {
        for order in orders().iter().step_by(5) {
            let expected = naive(&entries, order, filter);
            let found = paged(&fixture.store, order, filter, 4).await;
            assert_eq!(found, expected, "{order:?}, {filter:?}");
            let public = fixture.store.public();
            let n = public.entries().count("tiny", filter).await.unwrap();
            assert_eq!(n, expected.len() as u64);
        }
    }
}

#[tokio::test]
async fn summaries_of_rows_are_those_of_results_on_full_precision() {
    let fixture = fixture_with_many().await;
    let entries = fixture.store.entries().summaries("tiny").await.unwrap();
    let public = fixture.store.public();
    let standings = public.standings("tiny").await.unwrap();
    let keys = MEASURES.map(|(key, _)| key);
    let range = RowRange { start: 0, count: 100 };
    for subject in [BOTH, TableSubject { fold: Some("1"), object: Some("both") }] {
        let rows =
            standings.rows(subject, &orders()[0], &EntryFilter::default(), range, &keys).await;
        for row in rows.unwrap() {
            let entry = entries.iter().find(|entry| entry.id == row.entry.id).unwrap();
            let objects = match subject.fold {
                Some(fold) => &entry.result.folds[fold].objects,
                None => &entry.result.objects,
            };
            for (key, summary) in &objects["both"] {
                assert_eq!(row.entry.result.objects["both"].get(key), Some(summary), "{key}");
            }
            assert_eq!(row.entry.card, entry.card);
            assert_eq!(row.entry.result.evaluator_version, entry.result.evaluator_version);
        }
    }
    let columns: Vec<_> = standings.columns(BOTH).collect();
    assert_eq!(columns.iter().map(|column| &*column.measure).collect::<Vec<_>>(), keys);
    for column in columns {
        let of = |entry: &&EntryRow| entry.result.objects["both"].get(&column.measure).cloned();
        let with: Vec<SummaryDocument> = entries.iter().filter_map(|entry| of(&entry)).collect();
        let undefined = with.iter().filter(|summary| summary.n_undefined != Some(0)).count();
        assert_eq!(column.n_listed, with.len() as u64);
        assert_eq!(column.n_with_undefined, undefined as u64);
    }
}

#[tokio::test]
async fn neighbours_and_ranks_of_an_entry_are_those_of_the_table() {
    let fixture = fixture_with_many().await;
    let public = fixture.store.public();
    let standings = public.standings("tiny").await.unwrap();
    let order = StandingOrder {
        measure: "overlap".into(),
        statistic: Statistic::Mean,
        better: Better::Higher,
        order: Order::Descending,
        by_name: false,
    };
    let range = RowRange { start: 0, count: 100 };
    let all = EntryFilter::default();
    let rows = standings.rows(BOTH, &order, &all, range, &["overlap"]).await.unwrap();
    let column = standings.columns(BOTH).next().unwrap();
    for (place, row) in rows.iter().enumerate() {
        let id = &row.entry.id;
        let Some(at) = standings.place_of(id, BOTH, "overlap").await.unwrap() else {
            assert!(!row.entry.result.objects.contains_key("both"), "it lacks the measure");
            continue;
        };
        let found = standings.around(BOTH, "overlap", &at, 2, &[]).await.unwrap();
        let ids = |rows: &[scr_store::StandingRow]| -> Vec<(String, Option<u64>, Option<u64>)> {
            let row = |row: &scr_store::StandingRow| {
                (row.entry.id.clone(), row.rank, row.rank_among_submissions)
            };
            rows.iter().map(row).collect()
        };
        let listed = rows.len() - 1; // the one without the measure is last
        assert_eq!(ids(&found.above), ids(&rows[place.saturating_sub(2)..place]));
        assert_eq!(ids(&found.below), ids(&rows[place + 1..(place + 3).min(listed)]));
        let standing = standings.of_entry(id, &[column]).await.unwrap().pop().unwrap();
        assert_eq!(standing.rank, row.rank);
        assert_eq!(standing.rank_among_submissions, row.rank_among_submissions);
        assert_eq!(standing.interval_of_best, rows[0].entry.result.objects["both"]["overlap"].ci95);
        // As a submission with the same scores, which comes behind its equals.
        let own =
            StandingPlace::of(&row.entry.result, &row.entry.card.name, Some("both"), "overlap");
        let own = own.unwrap();
        assert_eq!(standings.ranks_at(BOTH, "overlap", &own).await.unwrap().0, row.rank);
        let above = standings.around(BOTH, "overlap", &own, 1, &[]).await.unwrap().above;
        assert!(above.iter().all(|above| above.rank == row.rank), "{id}");
    }
}

#[tokio::test]
async fn lists_go_on_after_an_entry_and_skip_withdrawn_ones() {
    let fixture = fixture_with_many().await;
    let all = fixture.store.entries().summaries("tiny").await.unwrap();
    let gone = &all[5].id;
    fixture.store.entries().withdraw(gone, "the submitter", "a bug").await.unwrap();
    let public = fixture.store.public();
    let mut found: Vec<String> = Vec::new();
    loop {
        let after = found.last().cloned();
        let more = public
            .entries()
            .summaries_after("tiny", EntrySelection::All, after.as_deref(), 4)
            .await
            .unwrap();
        if more.is_empty() {
            break;
        }
        found.extend(more.into_iter().map(|entry| entry.id));
    }
    let expected: Vec<&String> =
        all.iter().map(|entry| &entry.id).filter(|id| *id != gone).collect();
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    let after_gone =
        public.entries().summaries_after("tiny", EntrySelection::All, Some(gone), 1).await.unwrap();
    assert_eq!(after_gone[0].id, all[6].id, "a cursor stays valid");
    let entries = fixture.store.entries().summaries("tiny").await.unwrap();
    for order in orders().iter().step_by(3) {
        let all = EntryFilter::default();
        assert_eq!(paged(&fixture.store, order, &all, 7).await, naive(&entries, order, &all));
    }
    assert_eq!(public.entries().counts("tiny").await.unwrap().all(), N_ENTRIES as u64 - 1);
}

#[tokio::test]
async fn a_folder_of_an_earlier_version_is_filled_when_it_is_opened_in_any_state() {
    if engines::are_used() {
        return;
    }
    let Fixture { folder, store, .. } = fixture_with_many().await;
    let order = &orders()[0];
    let all = EntryFilter::default();
    let expected = paged(&store, order, &all, 100).await;
    store.close().await;
    let path = folder.path().join("store");
    let database = format!("sqlite://{}", path.join("scr.sqlite").display());
    let interrupted = [
        "DROP TABLE aggregates; DROP TABLE aggregate_columns; DROP TABLE listed_entries; \
         DROP TABLE listed_counts; \
         DROP TABLE engines; DROP TABLE upload_chunks; DROP TABLE sources; \
         DROP TABLE rate_limits; ALTER TABLE schema_migrations DROP COLUMN oldest_beside; \
         DROP TABLE file_claims; DROP TABLE rescore_jobs; DROP TABLE dead_letters; \
         ALTER TABLE jobs DROP COLUMN error; \
         DROP INDEX verified_entries; ALTER TABLE entries DROP COLUMN verified_run; \
         ALTER TABLE submissions DROP COLUMN model_access; \
         ALTER TABLE submissions DROP COLUMN model_run; \
         DROP INDEX submissions_by_entry; DELETE FROM schema_migrations WHERE version >= 15;",
        // An interrupted run: some entries are there, and others are of an earlier result.
        "DELETE FROM aggregates WHERE entry_number IN \
         (SELECT number FROM listed_entries WHERE number % 3 = 0); \
         DELETE FROM listed_entries WHERE number % 3 = 0; DELETE FROM listed_counts; \
         INSERT INTO listed_counts SELECT benchmark_id, role, COUNT(*) FROM listed_entries \
         GROUP BY benchmark_id, role; \
         UPDATE listed_entries SET version = 0 WHERE number % 3 = 1;",
    ];
    for (index, statements) in interrupted.into_iter().enumerate() {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&database).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let store = Store::open(&path).await.unwrap();
        assert_eq!(paged(&store, order, &all, 100).await.len(), expected.len());
        let n = store.public().entries().counts("tiny").await.unwrap().all();
        assert_eq!(n, N_ENTRIES as u64);
        if index == 0 {
            assert_eq!(paged(&store, order, &all, 100).await, expected);
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_new_result_takes_the_place_of_the_one_before() {
    let fixture = fixture_with_many().await;
    let masks = fixture.masks(2);
    let entry = fixture.store.entries().summaries("tiny").await.unwrap().pop().unwrap();
    let mut result = fixture.entry("x", &masks).result;
    result.evaluator_version = "2".into();
    result.objects = [("both".to_owned(), measures(2))].into_iter().collect();
    assert!(fixture.store.entries().add_result(&entry.id, "1", &result).await.unwrap());
    let entries = fixture.store.entries().summaries("tiny").await.unwrap();
    let all = EntryFilter::default();
    for order in orders().iter().step_by(3) {
        assert_eq!(paged(&fixture.store, order, &all, 5).await, naive(&entries, order, &all));
    }
    // A withdrawn entry stays out of the tables whatever happens to its result.
    fixture.store.entries().withdraw(&entry.id, "the submitter", "a bug").await.unwrap();
    result.evaluator_version = "3".into();
    assert!(fixture.store.entries().add_result(&entry.id, "2", &result).await.unwrap());
    let n = fixture.store.public().entries().counts("tiny").await.unwrap().all();
    assert_eq!(n, N_ENTRIES as u64 - 1);
}

#[tokio::test]
async fn tables_of_a_hidden_reference_have_what_documents_show_and_no_more() {
    let fixture = fixture_with_many().await;
    let store = &fixture.store;
    let shown = BenchmarkSettings::default();
    let hidden = BenchmarkSettings { reference: Reference::Hidden, ..shown.clone() };
    let rounded =
        BenchmarkSettings { image_results: Some(ImageResults::Decimals(1)), ..shown.clone() };
    let ended =
        BenchmarkSettings { ended_at: Some("2026-11-29T00:00:00.000Z".into()), ..hidden.clone() };
    for settings in [hidden, rounded, ended, shown] {
        store.settings().set("tiny", &settings).await.unwrap();
        let public = store.public();
        let entries =
            public.entries().summaries_after("tiny", EntrySelection::All, None, 100).await.unwrap();
        let all = EntryFilter::default();
        for order in orders() {
            let found = paged(store, &order, &all, 6).await;
            assert_eq!(found, naive(&entries, &order, &all), "{settings:?}, {order:?}");
        }
        // Nothing in the tables' rows that the documents leave out.
        let standings = public.standings("tiny").await.unwrap();
        let keys = MEASURES.map(|(key, _)| key);
        let range = RowRange { start: 0, count: 100 };
        let rows = standings.rows(BOTH, &orders()[0], &all, range, &keys).await.unwrap();
        for row in rows {
            let entry = entries.iter().find(|entry| entry.id == row.entry.id).unwrap();
            assert_eq!(row.entry.result.objects, entry.result.objects);
            assert_eq!(row.entry.result.rounded_to, entry.result.rounded_to);
        }
        let hides = settings.reference == Reference::Hidden;
        assert_eq!(standings.has_fold("1"), !hides, "{settings:?}");
    }
}
