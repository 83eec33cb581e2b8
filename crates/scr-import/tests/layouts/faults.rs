//! Bad input: every fault with its own message, all at once, and nothing is written.

use scr_image::{Mask, Size};

use crate::fixture::{Folder, import, left, refused, right};

fn folder() -> Folder {
    let folder = Folder::new();
    for number in 0..3 {
        folder.image(&format!("images/a{number}.png"));
        folder.mask(&format!("masks/right_lung/a{number}.png"), &right(number));
        folder.mask(&format!("masks/left_lung/a{number}.png"), &left(number));
    }
    folder
}

#[test]
fn all_faults_are_listed_at_once() {
    let folder = folder();
    folder.mask("masks/right_lung/b7.png", &right(0));
    folder.mask("masks/left_lung/A1.png", &left(1));
    folder.mask("masks/left_lung/a2.png", &Mask::from_text("#."));
    folder.write("masks/right_lung/a0.png", b"no picture");
    folder.write("images/a2.png", b"no picture");
    folder.write("table.csv", b"image_id,fold,patient\na0,1,p\na1,2,p\na2,x,q\n");
    let init = scr_import::Init {
        table: Some(folder.path("table.csv")),
        objects: scr_import::GivenObject::parse_list("both=right_lung+spleen").expect("a list"),
        id: Some("My Lungs".to_owned()),
        ..folder.init_of("images", "masks")
    };
    let text = refused(&init);
    for part in [
        "b7.png: expected the name of a radiograph",
        "another mask of the same structure and image",
        "a0.png: expected",
        "images/a2.png: expected",
        "patient `p`: expected all images in one fold",
        "`spleen`",
        "--id: expected",
        "image `a2`: expected a fold",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn masks_are_never_resampled() {
    let folder = folder();
    folder.mask("masks/left_lung/a2.png", &Mask::empty(Size::new(5, 3)));
    let text = refused(&folder.init());
    assert!(text.contains("expected 10x6 pixels, as the radiograph `a2` has, found 5x3"), "{text}");
}

#[test]
fn masks_without_images_can_be_left_out() {
    let folder = folder();
    std::fs::remove_file(folder.path("images/a2.png")).expect("it is deleted");
    let text = refused(&folder.init());
    assert!(text.contains("a2.png") && text.contains("--subset"), "{text}");
    let (_, benchmark) = import(&scr_import::Init { subset: true, ..folder.init() });
    assert_eq!(benchmark.images.len(), 2);
}

#[test]
fn what_is_no_set_of_images_and_masks_is_refused() {
    let empty = Folder::new();
    empty.write("readme.md", b"x");
    assert!(refused(&empty.init()).contains("expected radiographs, found none"));
    let images = Folder::new();
    images.image("a.png");
    assert!(refused(&images.init()).contains("--masks"));
    let archive = Folder::new();
    archive.image("images/a.png");
    archive.write("masks.zip", b"PK");
    assert!(refused(&archive.init_of("images", "masks.zip")).contains("unpack it"));
    let readers = Folder::new();
    readers.image("images/a.png");
    readers.mask("masks/reader1/a.png", &right(0));
    readers.mask("masks/reader2/a.png", &right(1));
    assert!(refused(&readers.init()).contains("masks of one reader"));
}

#[test]
fn a_benchmark_is_no_source_and_no_target() {
    let folder = folder();
    let init = folder.init();
    import(&init);
    let again = init.plan(&|_, _, _| ()).expect("the output is no part of the input");
    assert!(again.write(&|_, _, _| ()).is_err(), "nothing is written over");
    let of_benchmark = scr_import::Init { images: folder.out(), ..init };
    let error = of_benchmark.plan(&|_, _, _| ()).expect_err("it is a benchmark");
    assert!(error.to_string().contains("already"), "{error}");
}

#[test]
fn an_interrupted_run_leaves_nothing_that_blocks_the_next() {
    let folder = folder();
    let partial = folder.out().with_file_name("benchmark.partial");
    std::fs::create_dir_all(partial.join("images")).expect("it is made");
    std::fs::write(partial.join("images/a0.png"), "cut").expect("it is written");
    let (_, benchmark) = import(&folder.init());
    assert!(benchmark.read_radiograph(&benchmark.images[0]).is_ok());
    assert!(!partial.exists());
}
