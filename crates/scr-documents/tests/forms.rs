//! Snapshots of the written forms: a change of a field's name, order or form shows here.

use std::fmt::Debug;

use scr_documents::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares the form with its snapshot, and with itself after reading.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, document: &T) {
    let text = serde_json::to_string_pretty(document).expect("documents are JSON");
    insta::assert_snapshot!(name, text);
    assert_eq!(&serde_json::from_str::<T>(&text).expect("it reads what it wrote"), document);
}

fn map<T>(key: &str, value: T) -> MeasureMap<T> {
    MeasureMap::from([(key.to_owned(), value)])
}

fn summary() -> SummaryDocument {
    SummaryDocument {
        mean: Some(0.9),
        sd: Some(0.05),
        min: Some(0.8),
        q1: Some(0.85),
        median: Some(0.9),
        q3: Some(0.95),
        max: Some(1.0),
        n: Some(9),
        n_undefined: None,
        ci95: Some([0.88, 0.92]),
    }
}

fn result() -> ResultDocument {
    let objects = || MeasureMap::from([("heart".to_owned(), map("overlap", summary()))]);
    let image_measures = || map("pixel_error", summary());
    ResultDocument {
        benchmark: "b".into(),
        benchmark_digest: "sha256:00".into(),
        masks_digest: "sha256:01".into(),
        evaluator_version: "1".into(),
        observer: "reference".into(),
        spacing_mm: Some(SpacingDocument::new(0.3, 0.4)),
        undefined_as: Some(UndefinedDocument::ImageDiagonal),
        rounded_to: None,
        bootstrap_seed: 1,
        bootstrap_resamples: 10,
        objects: objects(),
        image_measures: image_measures(),
        folds: map("1", FoldDocument { objects: objects(), image_measures: image_measures() }),
        images: Some(vec![ImageDocument {
            image: "x".into(),
            fold: Fold::Number(1),
            spacing_mm: None,
            objects: map("heart", map("masd_mm", None)),
            image_measures: map("pixel_error", Some(0.01)),
        }]),
    }
}

fn card() -> CardDocument {
    CardDocument {
        name: "Method".into(),
        authors: vec!["A. Author".into()],
        description: "It segments.".into(),
        reference: "10.1/x".into(),
        code: "https://code.example".into(),
        training: "On the other fold.".into(),
        version: "1".into(),
        parameters: map("modes", "20".to_owned()),
        verified: "All of it.".into(),
        cost: "1 s".into(),
        corrects: Some("e0".into()),
    }
}

fn benchmark() -> BenchmarkDocument {
    BenchmarkDocument {
        id: "b".into(),
        title: "B".into(),
        description: "Radiographs.".into(),
        definition: "Drawn.".into(),
        digest: "sha256:00".into(),
        spacing_mm: Some(SpacingDocument::new(0.35, 0.35)),
        phantom: true,
        structures: vec![NamedDocument { id: "heart".into(), name: "Heart".into() }],
        objects: vec![ObjectDocument {
            id: "heart".into(),
            name: "Heart".into(),
            structures: vec!["heart".into()],
        }],
        observers: vec![ObserverDocument {
            id: "second".into(),
            name: "Second".into(),
            landmarks: false,
        }],
        reference_hidden: true,
        ladder: Some(0.01),
        undefined_as: None,
        ended_at: Some("2026-11-28T00:00:00.000Z".into()),
        models: Some(ModelLimits::default()),
        protocol: "two-fold".into(),
        not_scored: MeasureMap::new(),
        images: vec![ImageEntryDocument {
            id: "x".into(),
            fold: Fold::Number(1),
            spacing_mm: None,
            width: 3,
            height: 2,
            has_pixels: true,
            attributes: map("age", "60".to_owned()),
        }],
        terms: terms(),
        literature: vec![LiteratureDocument {
            object: "heart".into(),
            measure: "overlap".into(),
            method: "m".into(),
            year: "2006".into(),
            mean: Some(0.5),
            sd: None,
            unit: "fraction".into(),
            protocol: "p".into(),
            source: "s".into(),
            verified: "v".into(),
        }],
        literature_note: "Other images.".into(),
    }
}

fn verified_run() -> VerifiedRunDocument {
    VerifiedRunDocument {
        model_digest: "sha256:01".into(),
        model_fold_2_digest: Some("sha256:02".into()),
        card_digest: "sha256:03".into(),
        model_access: ModelAccess::Private,
        runtime: "rten 0.25".into(),
        confinement: "memory limit".into(),
        n_images: 9,
        image_s: Some(0.16),
        peak_memory_mb: Some(210),
        submitted_masks: Some(SubmittedMasksDocument {
            verdict: MaskVerdict::Different,
            masks_digest: "sha256:04".into(),
            n_masks: 45,
            differences: Some(MaskDifferencesDocument {
                n_masks: 1,
                n_pixels: 7,
                largest: vec![MaskDifferenceDocument {
                    image: "i1".into(),
                    structure: "heart".into(),
                    n_pixels: 7,
                }],
            }),
        }),
    }
}

fn terms() -> TermsDocument {
    TermsDocument {
        licence: "CC BY 4.0".into(),
        redistribution: "allowed".into(),
        download: Permission::Allowed,
        display: Permission::Forbidden,
        obtain: "From its owner.".into(),
        cite: vec!["A, 2006".into()],
        text: "Be kind.".into(),
    }
}

fn suspicions() -> SuspicionsDocument {
    SuspicionsDocument {
        n_images: 9,
        structures: vec!["heart".into()],
        suspicions: vec![Suspicion {
            rule: "empty".into(),
            structures: vec!["heart".into()],
            images: vec!["x".into()],
            message: "The mask is empty.".into(),
            hint: "Look at it.".into(),
        }],
        notices: vec!["A file is left out.".into()],
    }
}

fn log() -> Vec<LogLine> {
    vec![LogLine {
        at: "2026-11-28T00:00:00.000Z".into(),
        actor: "u1".into(),
        state: SubmissionState::AwaitingReview,
        message: String::new(),
    }]
}

fn problem() -> SubmissionProblem {
    SubmissionProblem {
        place: "heart/x.png".into(),
        expected: "512 x 512".into(),
        found: "2 x 2".into(),
        hint: "Resize it.".into(),
    }
}

#[test]
fn results_keep_their_form() {
    check("result", &result());
    assert_eq!(result().to_json(), serde_json::to_string_pretty(&result()).expect("JSON") + "\n");
}

#[test]
fn comparisons_keep_their_form() {
    let compared = ComparedDocument {
        methods: vec![StandingDocument {
            name: "First".into(),
            summary: summary(),
            rank_by_mean: 1,
            rank_by_wins: 2,
            wins: 0,
            losses: 1,
            rank_shares: vec![0.75, 0.25],
            rank_median: Some(1),
            rank_ci95: Some([1, 2]),
        }],
        pairs: vec![PairDocument {
            first: "First".into(),
            second: "Second".into(),
            n: 9,
            n_undefined: 0,
            mean_difference: Some(0.01),
            ci95: Some([-0.01, 0.03]),
            t: Some(1.5),
            t_p: Some(0.2),
            t_p_holm: Some(0.2),
            w_plus: 30.0,
            w_minus: 15.0,
            wilcoxon_p: Some(0.25),
            wilcoxon_p_holm: None,
            wilcoxon_is_exact: true,
            wilcoxon_p_holm_all: Some(0.5),
            better: None,
            effect_size: Some(0.4),
            rank_biserial: Some(0.33),
        }],
    };
    let agreement = AgreementDocument {
        n: 9,
        n_undefined: 0,
        bias: Some(0.0),
        bias_ci95: Some([-0.1, 0.1]),
        sd: Some(0.05),
        limits: Some([-0.1, 0.1]),
        lower_limit_ci95: None,
        upper_limit_ci95: None,
    };
    let comparison = ComparisonDocument {
        benchmark: "b".into(),
        benchmark_digest: "sha256:00".into(),
        evaluator_version: "1".into(),
        observer: "reference".into(),
        spacing_mm: None,
        n_images: 9,
        alpha: 0.05,
        bootstrap_seed: 1,
        bootstrap_resamples: 10,
        methods: vec![MethodDocument {
            name: "First".into(),
            masks_digest: "sha256:01".into(),
            ctr_agreement: Some(agreement),
        }],
        objects: map("heart", map("overlap", compared.clone())),
        image_measures: map("pixel_error", compared),
    };
    check("comparison", &comparison);
}

#[test]
fn benchmarks_and_their_settings_keep_their_form() {
    let published_at = "2026-11-28T00:00:00.000Z".to_owned();
    check("benchmark", &BenchmarkAnswer { document: benchmark(), published_at });
    check("default_settings", &BenchmarkSettings::default());
    let settings = BenchmarkSettings {
        terms: "Be kind.".into(),
        submissions: Quota { count: 3, days: 30 },
        reviewers: vec!["curator@example.org".into()],
        downloads: Some(Permission::Allowed),
        reference: Reference::Hidden,
        show_observers: true,
        ladder: Some(LadderStep::try_from(0.01).expect("a step")),
        own_reviews: true,
        ended_at: Some("2026-11-28T00:00:00.000Z".into()),
        models: Some(ModelLimits { size_mb: 20, image_s: 5, memory_mb: 512 }),
        image_results: Some(ImageResults::Decimals(2)),
    };
    check("settings", &settings);
}

#[test]
fn entries_keep_their_form() {
    let entry = EntrySummary {
        id: "e1".into(),
        name: "Method".into(),
        benchmark: "b".into(),
        role: EntryRole::Method,
        card: card(),
        results: ResultDocument { images: None, undefined_as: None, ..result() },
        posteriors: vec!["heart".into()],
        verified_run: Some(verified_run()),
        published_at: "2026-11-28T00:00:00.000Z".into(),
    };
    check("entry", &entry);
    check("default_card", &CardDocument::default());
}

#[test]
fn submissions_keep_their_form() {
    let submission = SubmissionAnswer {
        is_site_fault: false,
        submission: "s1".into(),
        benchmark: "b".into(),
        state: SubmissionState::AwaitingReview,
        url: "/submissions/s1".into(),
        corrects: None,
        file: Some(UploadFingerprint { name: "masks.zip".into(), beginning: "00".into() }),
        received_bytes: 10,
        size_bytes: 10,
        suspicions: Some(suspicions()),
        problems: vec![problem()],
        message: None,
        entry: None,
        results: None,
        verified_run: Some(VerifiedRunDocument {
            model_fold_2_digest: None,
            image_s: None,
            peak_memory_mb: None,
            submitted_masks: None,
            ..verified_run()
        }),
        log: log(),
    };
    check("submission", &submission);
    let findings = FindingsDocument {
        flags: vec![Flag {
            kind: FlagKind::NearlyReference,
            message: "The masks are the reference's.".into(),
            entry: None,
        }],
        folds: vec![FoldsDocument {
            object: "heart".into(),
            measure: "overlap".into(),
            n: vec![5, 4],
            means: vec![Some(0.9), None],
            p: None,
            apart: None,
        }],
        differences: vec![DifferenceDocument {
            entry: "e1".into(),
            object: "heart".into(),
            measure: "overlap".into(),
            mean: Some(0.01),
            ci95: None,
            n: 9,
        }],
        n_entries: 3,
    };
    check("findings", &findings);
}

#[test]
fn images_of_other_protocols_and_spacings_say_so() {
    let mut document = result();
    document.spacing_mm = Some(SpacingDocument::Range { min: 0.7, max: 0.8 });
    let image = &mut document.images.as_mut().expect("it has images")[0];
    (image.fold, image.spacing_mm) = (Fold::TEST, Some(SpacingDocument::Same(0.7)));
    let json = serde_json::to_value(&document).expect("documents are JSON");
    assert_eq!(json["spacing_mm"], serde_json::json!({ "min": 0.7, "max": 0.8 }));
    let image = serde_json::json!({
        "image": "x", "fold": "test", "spacing_mm": 0.7, "objects": { "heart": { "masd_mm": null } },
        "pixel_error": 0.01,
    });
    assert_eq!(json["images"][0], image);
    let again: ResultDocument = serde_json::from_value(json).expect("it reads what it wrote");
    assert_eq!(again, document);
}

#[test]
fn refusals_keep_their_form() {
    let refusal = |fields| Refusal {
        error: RefusalReason {
            status: 422,
            title: "Not valid".into(),
            message: "card.name: needed".into(),
            fields,
        },
    };
    let field = RefusedField { field: "card.name".into(), message: "needed".into() };
    check("refusal_of_a_field", &refusal(vec![field]));
    check("refusal", &refusal(Vec::new()));
}

#[test]
fn documents_of_before_are_read() {
    // Stored before these fields were there.
    let result = serde_json::json!({
        "benchmark": "b", "benchmark_digest": "sha256:00", "masks_digest": "sha256:01",
        "evaluator_version": "1", "observer": "reference", "spacing_mm": 0.35,
        "bootstrap_seed": 1, "bootstrap_resamples": 10, "objects": {}, "image_measures": {},
    });
    let result: ResultDocument = serde_json::from_value(result).expect("it is read");
    assert_eq!(result.spacing_mm, Some(SpacingDocument::Same(0.35)));
    assert!(result.folds.is_empty() && result.images.is_none());
    let settings: BenchmarkSettings = serde_json::from_str("{}").expect("they are read");
    assert_eq!(settings, BenchmarkSettings::default());
}
