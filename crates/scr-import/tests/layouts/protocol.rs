//! Folds, tables and spacing.

use scr_data::Benchmark;
use scr_import::{FoldsChoice, Init, SpacingChoice};

use crate::fixture::{Folder, import, refused, right};

fn folder(images: &[&str]) -> Folder {
    let folder = Folder::new();
    for image in images {
        folder.image(&format!("{image}.png"));
        folder.mask(&format!("{image}_heart.png"), &right(0));
    }
    folder
}

fn folds(benchmark: &Benchmark) -> String {
    let folds = benchmark.all_images().map(|image| format!("{}:{}", image.id, image.fold));
    folds.collect::<Vec<_>>().join(" ")
}

#[test]
fn images_are_dealt_by_name_without_a_table() {
    let folder = folder(&["c", "a", "b"]);
    assert_eq!(folds(&import(&folder.init()).1), "a:1 b:2 c:1");
}

#[test]
fn k_folds_keep_patients_together() {
    let folder = folder(&["a", "b", "c", "d"]);
    folder.write(
        "t.tsv",
        "\u{feff}Image ID\tSubject\tage\na\tx\t50\nb\tx\t50\nc\ty\t60\nd\tz\t7\ne\tz\t7\n"
            .as_bytes(),
    );
    let init = Init {
        table: Some(folder.path("t.tsv")),
        folds: Some(FoldsChoice::KFold(3)),
        ..folder.init()
    };
    let (plan, benchmark) = import(&init);
    assert_eq!(folds(&benchmark), "a:1 b:1 c:2 d:3");
    assert_eq!(benchmark.images[2].attribute("age"), Some("60"));
    assert!(plan.report().notes.join(" ").contains("1 rows of the table"), "{}", plan.report());
}

#[test]
fn sets_come_from_tables_lists_and_folders() {
    let folder = folder(&["train/a", "train/b", "test/c"]);
    let init = folder.init();
    let by_folders = Init { folds: Some(FoldsChoice::Folders), ..init.clone() };
    assert_eq!(folds(&import(&by_folders).1), "c:test a:train b:train");
    std::fs::remove_dir_all(folder.out()).expect("it is deleted");
    folder.write("test.txt", b"b.png\n");
    let by_list = Init { folds: Some(FoldsChoice::Test(folder.path("test.txt"))), ..init.clone() };
    assert_eq!(folds(&import(&by_list).1), "b:test c:train a:train");
    std::fs::remove_dir_all(folder.out()).expect("it is deleted");
    folder.write("t.csv", b"image_id,split\na,train\nb,val\nc,test\n");
    let by_table = Init { table: Some(folder.path("t.csv")), ..init };
    assert_eq!(folds(&import(&by_table).1), "c:test a:train b:validation");
}

#[test]
fn spacing_is_stated_or_unknown() {
    let folder = folder(&["a", "b"]);
    let stated = SpacingChoice::parse("0.35").expect("a number");
    let (_, benchmark) = import(&Init { spacing: Some(stated), ..folder.init() });
    let spacing = benchmark.images[0].spacing.expect("it is known");
    assert_eq!(spacing.x_mm(), 0.35);
    std::fs::remove_dir_all(folder.out()).expect("it is deleted");
    assert_eq!(import(&folder.init()).1.images[0].spacing, None);
    std::fs::remove_dir_all(folder.out()).expect("it is deleted");
    let from_files = Init { spacing: Some(SpacingChoice::FromFiles), ..folder.init() };
    assert!(refused(&from_files).contains("files that state a spacing"));
}
