//! Masks that are pictures: folders, suffixes, label maps.

use scr_import::{GivenName, Missing};

use crate::fixture::{Folder, has_lungs, import, left, masks, names, right};

/// Folder of two images and their lungs, at the paths of a layout: `{}` is the number.
fn lungs(image: &str, right_path: &str, left_path: &str) -> Folder {
    let folder = Folder::new();
    for number in 0..2 {
        let at = |path: &str| path.replace("{}", &format!("{number}"));
        folder.image(&at(image));
        folder.mask(&at(right_path), &right(number));
        folder.mask(&at(left_path), &left(number));
    }
    folder
}

#[test]
fn folders_and_suffixes_of_many_kinds_are_one_benchmark() {
    for (image, right, left, ids) in [
        ("images/a{}.png", "masks/right_lung/a{}.png", "masks/left_lung/a{}.png", ["a0", "a1"]),
        ("Images/a{}.png", "Masks/Right Lung/a{}.png", "Masks/Left Lung/a{}.png", ["a0", "a1"]),
        (
            "CXR_png/M_{}_0.png",
            "ManualMask/rightMask/M_{}_0.png",
            "ManualMask/leftMask/M_{}_0.png",
            ["M_0_0", "M_1_0"],
        ),
        ("x{}.png", "x{}_right-lung.png", "x{}_LEFT_Lung.png", ["x0", "x1"]),
        ("imgs/x{}.png", "imgs/x{}_mask_lung_R.png", "imgs/x{}_mask_lung_L.png", ["x0", "x1"]),
        ("cxr/00{}.png", "gt/lung_right/{}_mask.png", "gt/lung_left/{}_mask.png", ["000", "001"]),
        ("p{}/image.png", "p{}/right lung.png", "p{}/left lung.png", ["p0", "p1"]),
        ("p{}/cxr.png", "p{}/masks/lung_right.png", "p{}/masks/lung_left.png", ["p0", "p1"]),
        ("all/img{}.png", "lungs/right/seg{}.png", "lungs/left/seg{}.png", ["img0", "img1"]),
        (
            "data/{}/images/cxr.png",
            "data/{}/masks/right_lung.png",
            "data/{}/masks/left_lung.png",
            ["0", "1"],
        ),
        ("a{}.png", "right lung/a{}.png", "left lung/a{}.png", ["a0", "a1"]),
    ] {
        let folder = lungs(image, right, left);
        let (_, benchmark) = import(&folder.init());
        has_lungs(&benchmark, &ids);
    }
}

#[test]
fn parts_of_a_database_keep_their_names_apart() {
    let folder = Folder::new();
    for (number, part) in ["test", "train"].into_iter().enumerate() {
        folder.image(&format!("{part}/images/1.png"));
        folder.mask(&format!("{part}/masks/right_lung/1.png"), &right(number));
        folder.mask(&format!("{part}/masks/left_lung/1.png"), &left(number));
    }
    let (plan, benchmark) = import(&folder.init());
    has_lungs(&benchmark, &["test_1", "train_1"]);
    assert_eq!(benchmark.images[0].attribute("folder"), Some("test"));
    assert!(plan.report().to_string().contains("folders are part of their names"));
}

#[test]
fn label_maps_take_names_from_tables_and_options() {
    let tables: [(&str, &str); 5] = [
        ("dataset.json", r#"{"labels": {"background": 0, "Right Lung": 1, "left_lung": 2}}"#),
        (
            "dataset.json",
            r#"{"labels": {"0": "background", "1": "right_lung", "2": "left_lung"}, "training": []}"#,
        ),
        ("labels/labels.csv", "Pixel Value,Class\n1,lung right\n2,lung left\n"),
        ("labels.txt", "background\nright_lung\nleft_lung\n"),
        ("colours.ctbl", "0 Background 0 0 0 0\n1 right_lung 9 9 200 255\n2 left_lung 8 8 8 255\n"),
    ];
    for (name, text) in tables {
        let folder = Folder::new();
        for number in 0..2 {
            folder.image(&format!("images/a{number}_0000.png"));
            folder.label_map(&format!("labels/a{number}.png"), number, [1, 2]);
        }
        folder.write(name, text.as_bytes());
        let (_, benchmark) = import(&folder.init_of("images", "labels"));
        has_lungs(&benchmark, &["a0", "a1"]);
    }
    let folder = Folder::new();
    folder.image("images/a0.png");
    folder.image("images/a1.png");
    (0..2).for_each(|number| folder.label_map(&format!("labels/a{number}.png"), number, [7, 200]));
    let plain = folder.init_of("images", "labels");
    let plan = plain.plan(&|_, _, _| ()).expect("values name themselves");
    assert!(plan.report().to_string().contains("label_7"), "{}", plan.report());
    let labels = GivenName::parse_list("7=Right Lung,200=left_lung").expect("it is a list");
    let (_, benchmark) = import(&scr_import::Init { labels, ..plain.clone() });
    has_lungs(&benchmark, &["a0", "a1"]);
}

#[test]
fn a_label_that_a_map_lacks_is_an_empty_mask_there() {
    let folder = Folder::new();
    folder.image("images/a0.png");
    folder.image("images/a1.png");
    folder.label_map("labels/a0.png", 0, [1, 2]);
    folder.label_map("labels/a1.png", 1, [1, 0]);
    let (_, benchmark) = import(&folder.init_of("images", "labels"));
    assert!(masks(&benchmark)[&("a1".to_owned(), "label_2".to_owned())].is_empty());
}

#[test]
fn both_lungs_in_one_mask_are_named_by_shape_and_divided_on_request() {
    let folder = Folder::new();
    for number in 0..2 {
        folder.image(&format!("IMG_{number}.png"));
        folder.mask(&format!("IMG_{number}_mask.png"), &(&right(number) | &left(number)));
    }
    let init = folder.init();
    let (plan, benchmark) = import(&init);
    assert_eq!(benchmark.structures[0].id, "lungs");
    assert!(plan.report().to_string().contains("--split-sides"), "{}", plan.report());
    assert_eq!(names(&benchmark.root().join("images")), ["IMG_0.png", "IMG_1.png"]);
    std::fs::remove_dir_all(&init.out).expect("it is deleted");
    let (_, benchmark) = import(&scr_import::Init { split_sides: true, ..init });
    has_lungs(&benchmark, &["IMG_0", "IMG_1"]);
}

#[test]
fn files_are_copied_as_they_are_and_links_are_links() {
    let folder = lungs("images/a{}.png", "masks/right_lung/a{}.png", "masks/left_lung/a{}.png");
    let init = folder.init();
    let (_, benchmark) = import(&init);
    for (written, source) in
        [("images/a0.png", "images/a0.png"), ("masks/left_lung/a1.png", "masks/left_lung/a1.png")]
    {
        let bytes = std::fs::read(benchmark.root().join(written)).expect("it is there");
        assert_eq!(bytes, std::fs::read(folder.path(source)).expect("it is there"));
    }
    std::fs::remove_dir_all(&init.out).expect("it is deleted");
    let (_, benchmark) = import(&scr_import::Init { link: true, ..init });
    has_lungs(&benchmark, &["a0", "a1"]);
}

#[test]
fn extensions_may_differ_from_image_to_image() {
    let folder = lungs("images/a{}.png", "masks/right_lung/a{}.png", "masks/left_lung/a{}.png");
    std::fs::remove_file(folder.path("images/a1.png")).expect("it is deleted");
    let grey: Vec<u8> = (0..60).map(|at| 40 + at * 3).collect();
    folder.write("images/a1.PGM", &[b"P5 10 6 255\n".as_slice(), &grey].concat());
    let (_, benchmark) = import(&folder.init());
    has_lungs(&benchmark, &["a0", "a1"]);
    assert_eq!(names(&benchmark.root().join("images")), ["a0.png", "a1.pgm"]);
}

#[test]
fn images_without_masks_are_kept_apart_and_counted() {
    let folder = lungs("images/a{}.png", "masks/right_lung/a{}.png", "masks/left_lung/a{}.png");
    folder.image("images/b.png");
    let (plan, benchmark) = import(&folder.init());
    has_lungs(&benchmark, &["a0", "a1"]);
    assert!(plan.report().to_string().contains("1 more without masks"), "{}", plan.report());
    assert!(benchmark.root().join("images-without-masks/b.png").is_file());
}

#[test]
fn an_image_with_some_masks_is_a_doubt_with_two_answers() {
    let folder = lungs("images/a{}.png", "masks/right_lung/a{}.png", "masks/left_lung/a{}.png");
    std::fs::remove_file(folder.path("masks/left_lung/a1.png")).expect("it is deleted");
    let init = folder.init();
    let plan = init.plan(&|_, _, _| ()).expect("it is planned");
    let doubt = &plan.doubts()[0];
    assert_eq!(doubt.option, "--missing");
    assert!(doubt.question.contains("`a1` without left_lung"), "{}", doubt.question);
    let empty = scr_import::Init { missing: Some(Missing::Empty), ..init.clone() };
    let (_, benchmark) = import(&empty);
    assert!(masks(&benchmark)[&("a1".to_owned(), "left_lung".to_owned())].is_empty());
    std::fs::remove_dir_all(&init.out).expect("it is deleted");
    let mut left_out = init;
    left_out.answer(doubt, "leave-out");
    // One image alone has no two folds.
    left_out.folds = Some(scr_import::FoldsChoice::EvaluationOnly);
    has_lungs(&import(&left_out).1, &["a0"]);
}
