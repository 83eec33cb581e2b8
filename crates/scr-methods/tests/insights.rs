//! Insights of all methods, on a few small phantoms.

mod quick;

use scr_data::{Benchmark, Fold};
use scr_image::{Mask, Outline, Point};
use scr_methods::{Insight, METHODS, Model, Stage, Subject, TrainingSet, train};
use scr_phantom::{Population, write_benchmark};

use crate::quick::quick;

fn quiet(_: &str, _: usize, _: usize) {}

/// Kind of an insight, in a word.
fn kind(insight: &Insight) -> &'static str {
    match insight {
        Insight::MeanShape(_) => "mean shape",
        Insight::ShapeModes(_) => "shapes",
        Insight::TextureModes(_) => "textures",
        Insight::Profiles(_) => "profiles",
        Insight::Samples(_) => "samples",
        Insight::SearchSteps(_) => "search",
        Insight::Posterior(..) => "posterior",
        Insight::Votes(_) => "votes",
        Insight::Losses(_) => "losses",
    }
}

/// Kinds of insights of a method: of the model, then of an image.
fn expected(method: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match method {
        "mean-shape" => (&["mean shape"], &["mean shape"]),
        "asm" | "asm-tuned" => (&["shapes", "profiles"], &["search"]),
        "pc" | "pc-post" => (&["samples"], &["posterior"]),
        "asm-pc" | "asm-pc-grey" => (&["shapes", "profiles", "samples"], &["posterior", "search"]),
        "aam-pc" => (&["shapes", "textures", "samples"], &["posterior", "search"]),
        "voting" | "voting-hybrids" | "voting-today" => (&[], &["votes"]),
        "unet" => (&["losses"], &["posterior"]),
        "unet-asm" => (&["shapes", "profiles", "losses"], &["posterior", "search"]),
        _ => (&["shapes", "textures"], &["search"]),
    }
}

fn all_finite<'a>(outlines: impl IntoIterator<Item = &'a Outline>) -> bool {
    let is_finite = |p: &Point| p.x.is_finite() && p.y.is_finite();
    outlines.into_iter().all(|o| !o.points().is_empty() && o.points().iter().all(is_finite))
}

fn check(model: &Model, insight: &Insight, masks: &[Mask]) {
    let method = &model.header().method;
    match insight {
        Insight::MeanShape(outlines) => {
            assert!(outlines.len() == 5 && all_finite(outlines.iter().flatten()));
        }
        Insight::ShapeModes(modes) => {
            assert!((modes.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{method}");
            assert!(modes.shares.is_sorted_by(|a, b| a >= b), "{method}");
            assert!(!modes.modes.is_empty() && modes.reach_sd == 2.0, "{method}");
            for [below, above] in &modes.modes {
                let [below, above] = [below, above].map(|side| side.concat());
                assert!(all_finite(&below) && all_finite(&above) && below != above);
                // The mean lies in the middle between both sides.
                for ((low, high), mean) in below.iter().zip(&above).zip(&modes.mean.concat()) {
                    let middle = low.points()[0].towards(high.points()[0], 0.5);
                    assert!(middle.distance_px(mean.points()[0]) < 1e-6, "{method}");
                }
            }
        }
        Insight::TextureModes(modes) => {
            assert!(!modes.modes.is_empty() && all_finite(modes.outlines.iter().flatten()));
            let pictures = modes.modes.iter().flatten();
            assert!(pictures.clone().all(|picture| picture.size() == modes.mean.size()));
            assert!(pictures.clone().all(|picture| picture != &modes.mean));
        }
        Insight::Profiles(profiles) => {
            assert_eq!(profiles.landmarks.len(), 5);
            for landmark in &profiles.landmarks {
                let n_levels = model.header().parameters.whole("levels");
                assert_eq!(landmark.levels.len(), n_levels);
                for profile in &landmark.levels {
                    assert_eq!((profile.mean.len(), profile.sd.len()), (11, 11));
                    assert!(profile.sd.iter().all(|&sd| sd > 0.0 && sd < 10.0));
                }
            }
        }
        Insight::Samples(counts) => {
            assert!(counts.iter().map(|count| count.n_samples).sum::<usize>() >= 16_000);
            assert!(counts.iter().all(|count| count.structures.len() == 5 && count.n_samples > 0));
        }
        Insight::SearchSteps(search) => {
            assert_eq!(search.steps[0].stage, Stage::Start);
            let levels = model.header().parameters.whole("levels");
            assert!(search.steps.len() > levels);
            assert!(search.steps.iter().all(|step| all_finite(step.outlines.iter().flatten())));
            // The last outlines, filled, are what the method answers.
            let last = &search.steps[search.steps.len() - 1].outlines;
            let size = masks[0].size();
            let x = size.width as f64 / search.size.width as f64;
            let y = size.height as f64 / search.size.height as f64;
            for (parts, mask) in last.iter().zip(masks) {
                assert!(Mask::filled(size, &[parts[0].scaled(x, y)]) == *mask, "{method}");
            }
        }
        Insight::Posterior(posterior, found) => {
            assert_eq!(posterior.maps().len(), 5);
            assert!(found == masks, "{method}");
        }
        Insight::Losses(losses) => {
            assert_eq!(losses.len(), 1);
            assert!(losses[0].len() == 30 && losses[0].iter().all(|loss| loss.is_finite()));
        }
        Insight::Votes(votes) => {
            let all = ["asm-tuned", "aam-whiskers-bfgs", "pc-post", "asm-pc-grey", "aam-pc"];
            let today = ["asm-pc-grey", "unet", "unet-asm"];
            let members = match method.as_str() {
                "voting" => &all[..3],
                "voting-today" => &today,
                _ => &all,
            };
            assert!(votes.members.iter().map(|(member, _)| *member).eq(members.iter().copied()));
            assert!(votes.vote == masks, "{method}");
        }
    }
}

#[test]
fn every_method_has_insights_into_its_model_and_its_masks() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(8, 5), 128, &folder, &quiet).unwrap();
    let benchmark = Benchmark::open(&folder).unwrap();
    let set = TrainingSet::new(&benchmark, Fold::Number(1));
    let image = benchmark.fold(Fold::Number(2)).next().unwrap();
    let radiograph = benchmark.read_radiograph(image).unwrap();
    let subject = Subject::new(&radiograph);
    for method in METHODS {
        let model = train(*method, &set, &quick(method.info()), 1, &quiet).unwrap();
        let masks = model.segmenter().segment(&subject).unwrap();
        let insights =
            (model.segmenter().insights(), model.segmenter().insights_on(&subject).unwrap());
        let (of_model, on_image) = expected(method.info().id);
        assert!(insights.0.iter().map(kind).eq(of_model.iter().copied()), "{}", method.info().id);
        assert!(insights.1.iter().map(kind).eq(on_image.iter().copied()), "{}", method.info().id);
        for insight in insights.0.iter().chain(&insights.1) {
            check(&model, insight, &masks);
        }
    }
}
