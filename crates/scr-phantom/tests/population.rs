//! Properties of a population: identifiers, corresponding landmarks, anatomical positions
//! of the structures, and the same phantom for the same seed.

use std::collections::BTreeSet;

use scr_image::{Mask, PixelBox};
use scr_phantom::{Drawing, Observer, Phantom, Population, STRUCTURES};

fn phantoms(images: usize) -> Vec<Phantom> {
    let population = Population::new(images, 1);
    (0..images).map(|index| population.phantom(index)).collect()
}

#[test]
fn jsrt_s_share_of_images_has_a_nodule() {
    let ids = Population::new(247, 1).ids();
    assert_eq!(ids.iter().filter(|id| id.starts_with("JPCLN")).count(), 154);
    assert_eq!((ids[153].as_str(), ids[154].as_str()), ("JPCLN154", "JPCNN001"));
    assert_eq!(ids[246], "JPCNN093");
    assert!(Population::new(12, 1).ids().contains(&"JPCLN001".to_owned()));
    let many = Population::new(1246, 1).ids();
    assert_eq!(many.iter().collect::<BTreeSet<_>>().len(), 1246);
    assert!(Population::new(0, 1).ids().is_empty());
}

#[test]
fn a_case_depends_on_its_seed_and_id_alone() {
    let few = Population::new(12, 5);
    let many = Population::new(247, 5);
    let few_ids = few.ids();
    for (index, id) in few_ids.iter().enumerate() {
        let other = many.ids().iter().position(|other| other == id).unwrap();
        let (phantom, same) = (few.phantom(index), many.phantom(other));
        assert_eq!(phantom.reference, same.reference);
        assert_eq!(phantom.second, same.second);
        assert_eq!(phantom.attributes, same.attributes);
    }
    assert_ne!(few.phantom(0).reference, Population::new(12, 6).phantom(0).reference);
    assert_eq!(few.phantom(0).radiograph(64), many.phantom(0).radiograph(64));
}

#[test]
fn every_structure_has_its_landmarks_within_the_image_to_a_hundredth_of_a_pixel() {
    let mut on_the_edge = 0;
    for phantom in phantoms(247) {
        for drawing in [&phantom.reference, &phantom.second] {
            for ((id, outline), (expected, count)) in drawing.iter().zip(STRUCTURES) {
                assert_eq!((*id, outline.points().len()), (expected, count));
                for value in outline.points().iter().flat_map(|p| [p.x, p.y]) {
                    assert!((0.0..=1024.0).contains(&value), "{}: {value}", phantom.id);
                    assert_eq!(format!("{value:.2}").parse::<f64>().unwrap(), value);
                    on_the_edge += usize::from(value == 0.0 || value == 1024.0);
                }
            }
        }
    }
    let points = 247 * 2 * 166;
    assert!(on_the_edge < points / 100, "{on_the_edge} of {points} points are cut off");
}

/// The share of `part` that lies on `whole`.
fn share(part: &Mask, whole: &Mask) -> f64 {
    (part & whole).count() as f64 / part.count() as f64
}

fn bounds(masks: &[(&str, Mask)], index: usize) -> PixelBox {
    masks[index].1.bounding_box().expect("every structure covers pixels")
}

#[test]
fn structures_lie_as_in_a_chest() {
    let mut ratios = Vec::new();
    for phantom in phantoms(60) {
        let masks = phantom.masks(Observer::Reference, 512);
        let [right, left, heart, right_clavicle, left_clavicle] =
            [0, 1, 2, 3, 4].map(|index| &masks[index].1);
        assert!((right & left).is_empty(), "{}: the lungs overlap", phantom.id);
        assert!(share(heart, &(right | left)) < 0.02, "{}: the heart is in a lung", phantom.id);
        for (clavicle, lung) in [(right_clavicle, right), (left_clavicle, left)] {
            let on_lung = share(clavicle, lung);
            assert!((0.3..0.95).contains(&on_lung), "{}: {on_lung} on the lung", phantom.id);
        }
        let box_of = |index| bounds(&masks, index);
        assert!(box_of(0).right < box_of(1).left, "the right lung is on the image's left");
        assert!(box_of(3).right < box_of(4).left);
        assert!(box_of(3).top < box_of(2).top && box_of(2).top > box_of(0).top);
        let lungs = box_of(0).union(box_of(1));
        let width = |b: PixelBox| (b.right - b.left) as f64;
        ratios.push(width(box_of(2)) / width(lungs));
    }
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    assert!((0.45..0.51).contains(&mean), "mean cardiothoracic ratio is {mean}");
    assert!(ratios.iter().all(|ratio| (0.37..0.59).contains(ratio)), "{ratios:?}");
}

#[test]
fn the_outlines_cross_themselves_in_no_case() {
    for phantom in phantoms(247) {
        for (id, outline) in &phantom.reference {
            // Filling by the even-odd rule loses what lies within two turns.
            let area = outline.area_px2();
            let size = scr_image::Size::square(1024);
            let filled = Mask::filled(size, std::slice::from_ref(outline)).count() as f64;
            let off = (filled - area).abs();
            assert!(off < 12.0 + 0.002 * area, "{} {id}: {filled} pixels of {area}", phantom.id);
        }
    }
}

fn mean_distance_px(first: &Drawing, second: &Drawing) -> f64 {
    let distances: Vec<f64> = first
        .iter()
        .zip(second)
        .flat_map(|((_, a), (_, b))| a.points().iter().zip(b.points()))
        .map(|(a, b)| a.distance_px(*b))
        .collect();
    distances.iter().sum::<f64>() / distances.len() as f64
}

#[test]
fn the_second_observer_differs_by_millimetres() {
    for phantom in phantoms(30) {
        let mm = 0.35 * mean_distance_px(&phantom.reference, &phantom.second);
        assert!((0.7..5.0).contains(&mm), "{}: {mm} mm apart on average", phantom.id);
    }
}

#[test]
fn nodules_lie_in_the_lungs_and_have_sizes_and_subtleties_of_all_kinds() {
    let mut subtleties = BTreeSet::new();
    for phantom in phantoms(247) {
        assert_eq!(phantom.attributes.nodule.is_some(), phantom.id.starts_with("JPCLN"));
        assert!((19..=89).contains(&phantom.attributes.age));
        let Some(nodule) = phantom.attributes.nodule else { continue };
        subtleties.insert(nodule.subtlety);
        assert!((5.0..=45.0).contains(&nodule.size_mm));
        let masks = phantom.masks(Observer::Reference, 256);
        let col = nodule.x as usize / 8;
        let row = nodule.y as usize / 8;
        let is_near = (col.saturating_sub(2)..=col + 2).any(|c| {
            (row.saturating_sub(2)..=row + 2).any(|r| masks[0].1.get(c, r) || masks[1].1.get(c, r))
        });
        assert!(is_near, "{}: nodule at {col}, {row}", phantom.id);
    }
    assert_eq!(subtleties, BTreeSet::from([1, 2, 3, 4, 5]));
}
