//! Annotations in documents: every layout draws the same lungs.

use scr_image::Mask;
use scr_import::{Convention, Init};

use crate::fixture::{Folder, SIZE, has_lungs, import, left, refused, right};

/// Folder with two images below `images`.
fn images() -> Folder {
    let folder = Folder::new();
    (0..2).for_each(|number| folder.image(&format!("images/a{number}.png")));
    folder
}

/// Corners of a lung, which is a rectangle, along pixel edges.
fn corners(mask: &Mask) -> [f64; 4] {
    let sides = mask.bounding_box().expect("a lung is not empty");
    [sides.left, sides.top, sides.right, sides.bottom].map(|side| side as f64)
}

/// Points of a lung's outline.
fn points(mask: &Mask) -> [(f64, f64); 4] {
    let [x0, y0, x1, y1] = corners(mask);
    [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
}

/// Pixels down the columns, or along the rows.
fn pixels(mask: &Mask, by_rows: bool) -> Vec<bool> {
    let pixel = |at: usize| {
        let (width, height) = (SIZE.width, SIZE.height);
        if by_rows { mask.get(at % width, at / width) } else { mask.get(at / height, at % height) }
    };
    (0..SIZE.area()).map(pixel).collect()
}

/// Counts of unset and set pixels in turn.
fn counts(mask: &Mask, by_rows: bool) -> Vec<usize> {
    let mut counts = vec![0];
    let mut is_set = false;
    for pixel in pixels(mask, by_rows) {
        if pixel != is_set {
            counts.push(0);
            is_set = pixel;
        }
        *counts.last_mut().expect("there is one") += 1;
    }
    counts
}

/// Pairs of start and length in a convention.
fn pairs(mask: &Mask, convention: Convention) -> String {
    let counts = counts(mask, convention == Convention::CheXmask);
    let (two, _) = counts.as_chunks::<2>();
    let mut at = 1;
    let pair = |&[gap, length]: &[usize; 2]| {
        let start = at + gap;
        at = start + length;
        let first = if convention == Convention::Siim { gap } else { start };
        format!("{first} {length}")
    };
    two.iter().map(pair).collect::<Vec<_>>().join(" ")
}

fn json(values: &[usize]) -> String {
    values.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

#[test]
fn coco_draws_polygons_and_runs() {
    let polygon = |mask: &Mask| {
        let points: Vec<String> = points(mask).iter().map(|(x, y)| format!("{x},{y}")).collect();
        format!("[[{}]]", points.join(","))
    };
    let runs =
        |mask: &Mask| format!("{{\"size\":[6,10],\"counts\":[{}]}}", json(&counts(mask, false)));
    let forms: [&dyn Fn(&Mask) -> String; 2] = [&polygon, &runs];
    for form in forms {
        let folder = images();
        let mut annotations = Vec::new();
        for number in 0..2 {
            for (category, mask) in [(1, right(number)), (2, left(number))] {
                annotations.push(format!(
                    r#"{{"id":{},"image_id":{number},"category_id":{category},"iscrowd":0,
                        "bbox":[0,0,1,1],"segmentation":{}}}"#,
                    annotations.len(),
                    form(&mask)
                ));
            }
        }
        let text = format!(
            r#"{{"info":{{}},"images":[
                {{"id":0,"file_name":"images/a0.png","width":10,"height":6}},
                {{"id":1,"file_name":"a1.png","width":10,"height":6}}],
                "categories":[{{"id":0,"name":"lungs"}},{{"id":1,"name":"Right Lung"}},
                {{"id":2,"name":"lung_left"}}],"annotations":[{}]}}"#,
            annotations.join(",")
        );
        folder.write("annotations/instances_default.json", text.as_bytes());
        let (plan, benchmark) = import(&folder.init());
        has_lungs(&benchmark, &["a0", "a1"]);
        assert!(plan.report().layout.starts_with("COCO"), "{}", plan.report());
        assert!(plan.report().notes.join(" ").contains("left out: lungs"), "{}", plan.report());
        std::fs::remove_dir_all(folder.out()).expect("it is deleted");
        has_lungs(
            &import(&folder.init_of("images", "annotations/instances_default.json")).1,
            &["a0", "a1"],
        );
    }
}

#[test]
fn coco_without_segmentations_is_refused() {
    let folder = images();
    let text = r#"{"images":[{"id":1,"file_name":"a0.png"}],"categories":[{"id":1,"name":"x"}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[0,0,2,2],"segmentation":[]}]}"#;
    folder.write("boxes.json", text.as_bytes());
    let text = refused(&folder.init());
    assert!(text.contains("a box without a segmentation"), "{text}");
}

#[test]
fn darwin_of_both_versions_draws_holes_and_layers() {
    for version in [1, 2] {
        let folder = images();
        for number in 0..2 {
            let path = |mask: &Mask| {
                let point = |(x, y): &(f64, f64)| format!("{{\"x\":{x},\"y\":{y}}}");
                format!("[{}]", points(mask).iter().map(point).collect::<Vec<_>>().join(","))
            };
            let polygon = |mask: &Mask| match version {
                1 => format!("{{\"path\":{}}}", path(mask)),
                _ => format!("{{\"paths\":[{}]}}", path(mask)),
            };
            let head = match version {
                1 => format!(r#""image":{{"filename":"a{number}.png","width":10,"height":6}}"#),
                _ => format!(
                    r#""version":"2.0","item":{{"name":"a{number}.png","path":"/","slots":[
                        {{"type":"image","slot_name":"0","width":10,"height":6}}]}}"#
                ),
            };
            let dense: Vec<usize> = counts(&left(number), true)
                .iter()
                .enumerate()
                .flat_map(|(at, &count)| [at % 2 * 4, count])
                .collect();
            let text = format!(
                r#"{{{head},"annotations":[
                    {{"id":"r","name":"Right Lung","polygon":{},"bounding_box":{{"x":0,"y":0,"w":1,"h":1}}}},
                    {{"id":"l","name":"Left Lung","mask":{{}}}},
                    {{"id":"x","name":"__raster_layer__","raster_layer":{{"dense_rle":[{}],
                        "mask_annotation_ids_mapping":{{"l":4}},"total_pixels":60}}}},
                    {{"id":"t","name":"COVID","tag":{{}}}}]}}"#,
                polygon(&right(number)),
                json(&dense)
            );
            folder.write(&format!("annotations/a{number}.json"), text.as_bytes());
        }
        has_lungs(&import(&folder.init()).1, &["a0", "a1"]);
    }
}

#[test]
fn labelme_draws_polygons_and_rectangles_beside_the_images() {
    let folder = Folder::new();
    for number in 0..2 {
        folder.image(&format!("a{number}.png"));
        let list = points(&right(number)).map(|(x, y)| format!("[{x},{y}]")).join(",");
        let [x0, y0, x1, y1] = corners(&left(number));
        let text = format!(
            r#"{{"version":"5.4.1","flags":{{}},"shapes":[
                {{"label":"right_lung","points":[{list}],"group_id":null,"shape_type":"polygon"}},
                {{"label":"left_lung","points":[[{x0},{y0}],[{x1},{y1}]],"shape_type":"rectangle"}}],
                "imagePath":"..\\old\\name{number}.jpg","imageData":null,"imageHeight":6,"imageWidth":10}}"#
        );
        folder.write(&format!("a{number}.json"), text.as_bytes());
    }
    has_lungs(&import(&folder.init()).1, &["a0", "a1"]);
    let line = r#"{"shapes":[{"label":"x","points":[[0,0],[1,1]],"shape_type":"line"}],"imagePath":"a0.png"}"#;
    folder.write("a0.json", line.as_bytes());
    std::fs::remove_dir_all(folder.out()).expect("it is deleted");
    assert!(refused(&folder.init()).contains("line of 2 points"));
}

#[test]
fn cvat_draws_polygons_and_masks() {
    let folder = images();
    let mut text = "<?xml version=\"1.0\"?>\n<annotations><version>1.1</version>".to_owned();
    for number in 0..2 {
        let list = points(&right(number)).map(|(x, y)| format!("{x},{y}")).join(";");
        let runs = json(&counts(&left(number), true));
        text += &format!(
            r#"<image id="{number}" name="images/a{number}.png" width="10" height="6">
                <polygon label="Right lung" source="manual" points="{list}" z_order="0"></polygon>
                <mask label="Left lung" rle="{runs}" left="0" top="0" width="10" height="6"></mask>
            </image>"#
        );
    }
    folder.write("annotations.xml", (text + "</annotations>").as_bytes());
    has_lungs(&import(&folder.init()).1, &["a0", "a1"]);
}

#[test]
fn yolo_and_via_draw_polygons() {
    let folder = images();
    for number in 0..2 {
        let line = |class: usize, mask: &Mask| {
            let share = |(x, y): &(f64, f64)| format!("{} {}", x / 10.0, y / 6.0);
            let list = points(mask).iter().map(share).collect::<Vec<_>>().join(" ");
            format!("{class} {list}\n")
        };
        let text = line(0, &right(number)) + &line(1, &left(number));
        folder.write(&format!("labels/a{number}.txt"), text.as_bytes());
    }
    folder.write("data.yaml", b"names: [right lung, left lung]\n");
    has_lungs(&import(&folder.init()).1, &["a0", "a1"]);

    let folder = images();
    let image = |number: usize| {
        let region = |label: &str, mask: &Mask| {
            let xs = points(mask).map(|(x, _)| x.to_string()).join(",");
            let ys = points(mask).map(|(_, y)| y.to_string()).join(",");
            format!(
                r#"{{"shape_attributes":{{"name":"polygon","all_points_x":[{xs}],"all_points_y":[{ys}]}},
                    "region_attributes":{{"organ":"{label}"}}}}"#
            )
        };
        let regions = [region("right lung", &right(number)), region("left lung", &left(number))];
        format!(
            r#""a{number}.png99":{{"filename":"a{number}.png","size":99,"regions":[{}],"file_attributes":{{}}}}"#,
            regions.join(",")
        )
    };
    let text = format!(r#"{{"_via_img_metadata":{{{},{}}}}}"#, image(0), image(1));
    folder.write("via_project.json", text.as_bytes());
    has_lungs(&import(&folder.init()).1, &["a0", "a1"]);
}

#[test]
fn run_lengths_are_read_in_each_convention() {
    for convention in Convention::ALL {
        let folder = images();
        let mut text = "ImageId;Class;EncodedPixels\n".to_owned();
        for number in 0..2 {
            for (label, mask) in [("right_lung", right(number)), ("left_lung", left(number))] {
                text += &format!("a{number};{label};{}\n", pairs(&mask, convention));
            }
        }
        folder.write("train.csv", text.as_bytes());
        let init = folder.init_of("images", "train.csv");
        let stated = Init { runs: Some(convention), ..init };
        has_lungs(&import(&stated).1, &["a0", "a1"]);
    }
}

#[test]
fn chexmask_has_a_column_a_structure() {
    let folder = images();
    let mut text =
        "image_id,Dice RCA (Mean),Landmarks,Left Lung,Right Lung,Heart,Height,Width\n".to_owned();
    for number in 0..2 {
        let runs = |mask: &Mask| pairs(mask, Convention::CheXmask);
        text += &format!(
            "a{number}.png,0.9,\"1,2,3,4\",{},{},-1,6,10\n",
            runs(&left(number)),
            runs(&right(number))
        );
    }
    folder.write("masks.csv", text.as_bytes());
    let mut init = folder.init_of("images", "masks.csv");
    let plan = init.plan(&|_, _, _| ()).expect("it is planned");
    let doubt = plan.doubts()[0].clone();
    assert_eq!(doubt.answers[0].value, "chexmask", "so few runs leave a doubt");
    init.answer(&doubt, "chexmask");
    has_lungs(&import(&init).1, &["a0", "a1"]);
}

#[test]
fn documents_of_two_layouts_are_a_fault() {
    let folder = images();
    folder.write("a.json", br#"{"images":[],"annotations":[],"categories":[]}"#);
    folder.write("b.xml", b"<annotations></annotations>");
    let text = refused(&folder.init());
    assert!(text.contains("COCO") && text.contains("CVAT"), "{text}");
}
