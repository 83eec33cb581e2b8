//! Public interface of accounts: people, passwords, tokens, terms.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

mod engines;

use std::path::Path;

use scr_data::{Benchmark, files, formats};
use scr_image::{Mask, Size};
use scr_store::{AccountError, OtherKeys, Role, Scope, Store};

const PASSWORD: &str = "correct horse battery";

async fn open(folder: &Path) -> Store {
    engines::open(folder).await
}

/// A benchmark of two images and one structure.
fn write_benchmark(folder: &Path) -> Benchmark {
    let toml = r#"
        id = "tiny"
        title = "Tiny"
        [images]
        table = "images.csv"
        folder = "images"
        pattern = "{image_id}.png"
        spacing_mm = 0.5
        [[structures]]
        id = "lung"
        name = "Lung"
        [[objects]]
        id = "lung"
        name = "Lung"
        structures = ["lung"]
        [[observers]]
        id = "reference"
        name = "First"
        folder = "masks"
        pattern = "{structure}/{image_id}.png"
        [folds]
        column = "fold"
        [terms]
        redistribution = "allowed"
        "#;
    files::write_file(&folder.join("benchmark.toml"), toml.as_bytes()).unwrap();
    files::write_file(&folder.join("images.csv"), b"image_id,fold\nA1,1\nA2,2\n").unwrap();
    let mask = Mask::from_fn(Size::new(8, 8), |col, _| col < 4);
    for image in ["A1", "A2"] {
        let path = folder.join(format!("masks/lung/{image}.png"));
        files::write_file(&path, &formats::png::write_mask(&mask)).unwrap();
    }
    Benchmark::open(folder).unwrap()
}

#[tokio::test]
async fn a_person_is_found_by_address_in_any_case() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let added =
        store.accounts().add("Ada@Example.ORG", " Ada ", Role::Curator, None).await.unwrap();
    assert_eq!((added.email.as_str(), added.name.as_str()), ("ada@example.org", "Ada"));
    assert_eq!(added.confirmed_at.as_ref(), Some(&added.created_at));
    assert_eq!(added.id.len(), 32);
    let found = store.accounts().by_email("ADA@example.org").await.unwrap();
    assert_eq!(found.as_ref(), Some(&added));
    assert_eq!(store.accounts().get(&added.id).await.unwrap(), found);
    assert_eq!(store.accounts().list().await.unwrap(), [added]);
    assert_eq!(store.accounts().by_email("b@example.org").await.unwrap(), None);
}

#[tokio::test]
async fn everything_wrong_with_an_account_is_said_at_once_and_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let error = store.accounts().add("a b@c@d", "", Role::Participant, Some("hunter2")).await;
    let error = error.unwrap_err();
    let AccountError::Invalid { problems } = &error else { panic!("{error}") };
    let places: Vec<&str> = problems.list().iter().map(|p| p.place.as_str()).collect();
    assert_eq!(places, ["email", "name", "password"]);
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    assert!(store.accounts().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_address_has_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap();
    let error = store.accounts().add("A@B.org", "B", Role::Operator, None).await.unwrap_err();
    assert!(matches!(error, AccountError::AddressTaken { .. }), "{error}");
    assert_eq!(store.accounts().list().await.unwrap()[0].name, "A");
}

#[tokio::test]
async fn only_the_right_password_of_a_known_address_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let user =
        store.accounts().add("a@b.org", "A", Role::Participant, Some(PASSWORD)).await.unwrap();
    store.accounts().add("c@b.org", "C", Role::Participant, None).await.unwrap();
    let long = "x".repeat(5000);
    let verify =
        async |email, password| store.accounts().verify_password(email, password).await.unwrap();
    assert_eq!(verify("A@b.org", PASSWORD).await, Some(user.clone()));
    assert_eq!(verify("a@b.org", "correct horse batterz").await, None);
    assert_eq!(verify("nobody@b.org", PASSWORD).await, None);
    assert_eq!(verify("c@b.org", PASSWORD).await, None);
    assert_eq!(verify("a@b.org", &long).await, None);

    store.accounts().set_password(&user.id, "another good one", OtherKeys::Kept).await.unwrap();
    assert_eq!(verify("a@b.org", PASSWORD).await, None);
    assert_eq!(verify("a@b.org", "another good one").await, Some(user.clone()));
    let error =
        store.accounts().set_password(&user.id, "short", OtherKeys::Kept).await.unwrap_err();
    assert!(matches!(error, AccountError::Invalid { .. }), "{error}");
    let error =
        store.accounts().set_password("nobody", PASSWORD, OtherKeys::Kept).await.unwrap_err();
    assert!(matches!(error, AccountError::UnknownUser { .. }), "{error}");
}

#[tokio::test]
async fn a_token_tells_whose_it_is_and_what_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap();
    let token = store.tokens().create("A@b.org", [Scope::Submit], "laptop").await.unwrap();
    assert!(token.starts_with("scr_") && token.len() == 68, "{token}");
    let caller = store.tokens().authenticate(&token).await.unwrap().unwrap();
    assert_eq!(caller.user, user);
    assert!(caller.may(Scope::Submit) && !caller.may(Scope::Read) && !caller.may(Scope::Review));
    assert_eq!(store.tokens().authenticate("scr_00").await.unwrap(), None);
    assert_eq!(store.tokens().authenticate("").await.unwrap(), None);

    let first = store.tokens().of_user(&user.id).await.unwrap();
    assert_eq!(first[0].note, "laptop");
    assert!(first[0].last_used_at.is_some());
    store.tokens().authenticate(&token).await.unwrap();
    assert_eq!(
        store.tokens().of_user(&user.id).await.unwrap(),
        first,
        "within a minute it is not noted"
    );

    store.tokens().revoke(&first[0].id).await.unwrap();
    store.tokens().revoke(&first[0].id).await.unwrap();
    assert_eq!(store.tokens().authenticate(&token).await.unwrap(), None);
    assert!(store.tokens().of_user(&user.id).await.unwrap()[0].revoked_at.is_some());
    let error = store.tokens().revoke(&token).await.unwrap_err();
    assert!(matches!(error, AccountError::UnknownToken), "{error}");
    assert!(!format!("{error} {error:?}").contains(&token));
}

#[tokio::test]
async fn a_token_may_never_do_more_than_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.accounts().add("p@b.org", "P", Role::Participant, None).await.unwrap();
    let error = store.tokens().create("p@b.org", [Scope::Read, Scope::Review], "").await;
    assert!(matches!(error, Err(AccountError::ScopeRefused { scope: Scope::Review, .. })));
    assert!(store.tokens().create("p@b.org", [], "").await.is_err(), "no scope");
    assert!(store.tokens().create("x@b.org", [Scope::Read], "").await.is_err(), "no account");

    let curator = store.accounts().add("c@b.org", "C", Role::Curator, None).await.unwrap();
    let token = store.tokens().create("c@b.org", Scope::ALL, "").await.unwrap();
    assert!(store.tokens().authenticate(&token).await.unwrap().unwrap().may(Scope::Review));
    store.accounts().set_role(&curator.id, Role::Participant).await.unwrap();
    let caller = store.tokens().authenticate(&token).await.unwrap().unwrap();
    assert_eq!(caller.user.role, Role::Participant);
    assert!(!caller.may(Scope::Review) && caller.may(Scope::Submit));
    assert!(store.accounts().set_role("nobody", Role::Operator).await.is_err());
}

#[tokio::test]
async fn no_secret_is_in_the_files_of_the_store() {
    if engines::are_used() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.accounts().add("a@b.org", "A", Role::Participant, Some(PASSWORD)).await.unwrap();
    let token = store.tokens().create("a@b.org", [Scope::Read], "").await.unwrap();
    let caller = store.tokens().authenticate(&token).await.unwrap().unwrap();
    assert!(!format!("{caller:?}").contains("argon2"));
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    // With the write-ahead log beside it, then without.
    for closed in [false, true] {
        if closed {
            store.close().await;
        }
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.extend(std::fs::read(path).unwrap());
            }
        }
        assert!(has(&all, "a@b.org") && has(&all, "$argon2id$"), "the right files were read");
        for secret in [token.as_str(), &token["scr_".len()..], PASSWORD] {
            assert!(!has(&all, secret), "{secret} is in a file");
        }
    }
}

#[tokio::test]
async fn who_is_removed_leaves_no_name_and_no_way_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let user =
        store.accounts().add("a@b.org", "Ada", Role::Operator, Some(PASSWORD)).await.unwrap();
    let token = store.tokens().create("a@b.org", [Scope::Read], "Ada's laptop").await.unwrap();
    store.accounts().remove(&user.id).await.unwrap();
    assert!(store.accounts().list().await.unwrap().is_empty());
    assert_eq!(store.tokens().authenticate(&token).await.unwrap(), None);
    assert_eq!(store.accounts().verify_password("a@b.org", PASSWORD).await.unwrap(), None);
    assert!(store.tokens().create("a@b.org", [Scope::Read], "").await.is_err());
    let left = store.accounts().get(&user.id).await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.role), ("removed account", Role::Participant));
    assert!(!left.email.contains('@'));
    assert_eq!(store.accounts().by_email(&left.email).await.unwrap(), None);
    assert!(store.tokens().of_user(&user.id).await.unwrap()[0].note.is_empty());
    let again = store.accounts().remove(&user.id).await.unwrap_err();
    assert!(matches!(again, AccountError::UnknownUser { .. }), "{again}");
    let new = store.accounts().add("a@b.org", "Bob", Role::Participant, None).await.unwrap();
    assert_ne!(new.id, user.id);
}

#[tokio::test]
async fn terms_are_accepted_by_version_and_the_first_time_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("site")).await;
    let drawn = folder.path().join("tiny");
    let benchmark = write_benchmark(&drawn);
    store.benchmarks().publish(&benchmark, &mut |_| {}).await.unwrap();
    let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap();
    let accepted = async |version| {
        store.acceptances().accepted_at(&user.id, &benchmark.id, version).await.unwrap()
    };
    assert_eq!(accepted("1").await, None);
    store.acceptances().accept(&user.id, &benchmark.id, "1").await.unwrap();
    let first = accepted("1").await;
    assert!(first.is_some());
    assert_eq!(accepted("2").await, None);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    store.acceptances().accept(&user.id, &benchmark.id, "2").await.unwrap();
    assert!(accepted("2").await > first);
    // Where the first wording comes back, it was accepted.
    store.acceptances().accept(&user.id, &benchmark.id, "1").await.unwrap();
    assert_eq!(accepted("1").await, first);
    let error = store.acceptances().accept(&user.id, "none", "1").await.unwrap_err();
    assert!(matches!(error, AccountError::UnknownBenchmark { .. }), "{error}");
    let error = store.acceptances().accept("none", &benchmark.id, "1").await.unwrap_err();
    assert!(matches!(error, AccountError::UnknownUser { .. }), "{error}");
}
