//! Fixture: a tiny benchmark with entries, published into a store in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use scr_data::{Benchmark, BenchmarkCopy, MaskSet, formats};
use scr_documents::{CardDocument, EntryRole};
use scr_eval::Settings;
use scr_image::{Mask, Radiograph, Size};
use scr_store::{EntryToPublish, Role, Store};
use serde_json::Value;
use tower::ServiceExt;

/// Text that every page must escape.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script> & \"co\"";

const SIZE: Size = Size::new(24, 20);
const STRUCTURES: [&str; 3] = ["right_lung", "left_lung", "heart"];
const IMAGES: [&str; 6] = ["T1", "T2", "T3", "T4", "T5", "T6"];

/// Function that draws the mask of an image and a structure.
type Draw<'a> = &'a dyn Fn(&str, &str) -> Mask;

/// Permissions of the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    Open,
    DisplayOnly,
    Closed,
}

/// Site under test: a store with the benchmark `tiny` and its entries, and the router.
pub(crate) struct Site {
    pub(crate) store: Store,
    router: Router,
    /// `(name, identifier)` in the order of publication.
    pub(crate) entries: Vec<(String, String)>,
    folder: tempfile::TempDir,
}

/// HTTP response with its body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    /// Empty site.
    pub(crate) async fn empty() -> Self {
        Self::empty_with(scr_web::SiteSettings::default()).await
    }

    /// Empty site with other settings.
    pub(crate) async fn empty_with(settings: scr_web::SiteSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).await.unwrap();
        let router = scr_web::router(&store.public(), settings);
        Self { store, router, entries: Vec::new(), folder }
    }

    /// Site with the benchmark and five entries:
    ///
    /// - `Exact` and the hostile one, with the reference's own masks;
    /// - `Shifted`, a baseline, everything two pixels to the right;
    /// - `Hole`, the reference's masks with one empty heart;
    /// - `Second observer`, the second observer, one pixel to the right.
    ///
    /// `Exact` and the second observer have posteriors, 0.2 everywhere.
    pub(crate) async fn published() -> Self {
        Self::with_terms(Terms::Open).await
    }

    /// As [`published`](Self::published), with a benchmark that accepts submissions.
    pub(crate) async fn taking_masks() -> Self {
        let site = Self::published().await;
        write_benchmark(&site.store.benchmarks().folder("tiny"), Terms::Open);
        site
    }

    /// The benchmark as `change` leaves its folder, and the second observer's masks as an entry.
    pub(crate) async fn changed(change: impl Fn(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("tiny");
        write_benchmark(&root, Terms::Open);
        change(&root);
        let benchmark = Benchmark::open(&root).unwrap();
        let store = Store::open(&folder.path().join("store")).await.unwrap();
        store.benchmarks().publish(&benchmark, &mut |_| ()).await.unwrap();
        let second = benchmark.masks_folder(&benchmark.observers[1]);
        let masks = MaskSet::open(&second, &benchmark).unwrap();
        let settings = Settings::default();
        let evaluation = scr_eval::evaluate(&benchmark, &masks, &settings, &|| ()).unwrap();
        let entry = EntryToPublish {
            benchmark: &benchmark,
            role: EntryRole::Observer,
            card: CardDocument { name: "Second observer".to_owned(), ..CardDocument::default() },
            masks: &masks,
            result: scr_report::result_document(&evaluation, true),
            posteriors: None,
            run: None,
        };
        let (id, _) = store.entries().publish(entry, &mut |_| ()).await.unwrap();
        let router = scr_web::router(&store.public(), scr_web::SiteSettings::default());
        Self { store, router, entries: vec![("Second observer".to_owned(), id)], folder }
    }

    /// As [`published`](Self::published), with undefined distances counted as the diagonal.
    pub(crate) async fn penalising() -> Self {
        Self::with_file(Terms::Open, "\n[scoring]\nundefined = \"diagonal\"\n").await
    }

    pub(crate) async fn with_terms(terms: Terms) -> Self {
        Self::with_file(terms, "").await
    }

    /// With `more` at the end of `benchmark.toml`.
    async fn with_file(terms: Terms, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("tiny");
        write_benchmark(&root, terms);
        let file = root.join("benchmark.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text + more).unwrap();
        let benchmark = Benchmark::open(&root).unwrap();
        let store = Store::open(&folder.path().join("store")).await.unwrap();
        store.benchmarks().publish(&benchmark, &mut |_| ()).await.unwrap();
        let mut entries = Vec::new();
        let sets: [(&str, EntryRole, Draw<'_>); 5] = [
            ("Exact", EntryRole::Method, &|image, structure| drawn(image, structure, 0)),
            (HOSTILE, EntryRole::Method, &|image, structure| drawn(image, structure, 0)),
            ("Shifted", EntryRole::Baseline, &|image, structure| drawn(image, structure, 2)),
            ("Hole", EntryRole::Method, &|image, structure| match (image, structure) {
                ("T3", "heart") => Mask::empty(SIZE),
                _ => drawn(image, structure, 0),
            }),
            ("Second observer", EntryRole::Observer, &|image, structure| {
                drawn(image, structure, 1)
            }),
        ];
        for (name, role, draw) in sets {
            let id = publish(&store, &benchmark, folder.path(), (name, None), role, draw).await;
            entries.push((name.to_owned(), id));
        }
        let router = scr_web::router(&store.public(), scr_web::SiteSettings::default());
        Self { store, router, entries, folder }
    }

    /// Adds the benchmark's folder for downloads, as the operator does.
    pub(crate) fn add_folder(&self) {
        let benchmark = Benchmark::open(&self.folder.path().join("tiny")).unwrap();
        let to = self.store.benchmarks().folder("tiny");
        BenchmarkCopy::place(&benchmark, &to, &|_, _, _| ()).unwrap().keep().unwrap();
    }

    /// Publishes `NAME, corrected`, with the reference's masks, as a correction of an
    /// entry; returns its identifier.
    pub(crate) async fn correct(&self, name: &str) -> String {
        let benchmark = Benchmark::open(&self.folder.path().join("tiny")).unwrap();
        let card = (&*format!("{name}, corrected"), Some(self.entry(name).to_owned()));
        let draw: Draw<'_> = &|image, structure| drawn(image, structure, 0);
        publish(&self.store, &benchmark, self.folder.path(), card, EntryRole::Method, draw).await
    }

    /// As [`published`](Self::published), with as many more submissions, `Method 000` and so on,
    /// of which many are equal.
    pub(crate) async fn with_many(n: usize) -> Self {
        let mut site = Self::published().await;
        let benchmark = Benchmark::open(&site.folder.path().join("tiny")).unwrap();
        for index in 0..n {
            let name = format!("Method {index:03}");
            let draw: Draw<'_> = &|image, structure| match (image, structure) {
                ("T2", "heart") => drawn(image, structure, index % 4),
                _ => drawn(image, structure, 1),
            };
            let (folder, role) = (site.folder.path(), EntryRole::Method);
            let id = publish(&site.store, &benchmark, folder, (&name, None), role, draw).await;
            site.entries.push((name, id));
        }
        site
    }

    /// Posts a form.
    pub(crate) async fn post(&self, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(request.unwrap()).await
    }

    /// The same site with the operator's public URL.
    pub(crate) fn at(mut self, public_url: &str) -> Self {
        let public_url = Some(public_url.to_owned());
        let settings = scr_web::SiteSettings { public_url, ..Default::default() };
        self.router = scr_web::router(&self.store.public(), settings);
        self
    }

    pub(crate) fn entry(&self, name: &str) -> &str {
        &self.entries.iter().find(|(found, _)| found == name).unwrap().1
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap()).await
    }

    /// Text of a page; fails unless the status is 200.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        answer.text().to_owned()
    }

    /// Response whose body is not read yet.
    pub(crate) async fn head(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Adds an account, with a token of all scopes of its role.
    pub(crate) async fn token(&self, email: &str, role: Role) -> String {
        self.store.accounts().add(email, "Ann", role, None).await.unwrap();
        self.store.tokens().create(email, role.scopes(), "").await.unwrap()
    }

    /// Request to the API with a token; without one if it is empty.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1/{path}"));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        self.send(request.header("Content-Type", "application/json").body(body).unwrap()).await
    }

    /// Cookie of a new session.
    pub(crate) async fn cookie(&self, email: &str) -> String {
        let user = self.store.accounts().by_email(email).await.unwrap().unwrap();
        format!("scr-session={}", self.store.sessions().begin(&user.id, "").await.unwrap())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.head(request).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

async fn publish(
    store: &Store,
    benchmark: &Benchmark,
    folder: &Path,
    (name, corrects): (&str, Option<String>),
    role: EntryRole,
    draw: Draw<'_>,
) -> String {
    let root = folder.join(format!("masks-{}", name.len()));
    write_masks(&root, draw);
    let masks = MaskSet::open(&root, benchmark).unwrap();
    let evaluation = scr_eval::evaluate(benchmark, &masks, &Settings::default(), &|| ()).unwrap();
    let entry = EntryToPublish {
        benchmark,
        role,
        card: CardDocument {
            name: name.to_owned(),
            authors: vec!["A. Tester".to_owned(), HOSTILE.to_owned()],
            description: format!("Shifts masks. {HOSTILE}"),
            reference: "doi:10.1016/j.media.2005.02.002 javascript:alert(1)".to_owned(),
            corrects,
            ..CardDocument::default()
        },
        masks: &masks,
        result: scr_report::result_document(&evaluation, true),
        posteriors: ["Exact", "Second observer"].contains(&name).then(|| write_posteriors(folder)),
        run: None,
    };
    let (id, _) = store.entries().publish(entry, &mut |_| ()).await.unwrap();
    fs::remove_dir_all(&root).unwrap();
    id
}

/// Rectangular mask of a structure, of slightly different size in each image, moved to the right.
fn drawn(image: &str, structure: &str, shift: usize) -> Mask {
    let grow = IMAGES.iter().position(|id| *id == image).unwrap() % 3;
    let (left, top, width, height) = match structure {
        "right_lung" => (1, 3, 6, 11 + grow),
        "left_lung" => (14, 3, 6, 11 + grow),
        _ => (9, 9, 7, 5 + grow),
    };
    Mask::from_fn(SIZE, |col, row| {
        (left + shift..left + shift + width).contains(&col) && (top..top + height).contains(&row)
    })
}

fn write_masks(root: &Path, draw: Draw<'_>) {
    for structure in STRUCTURES {
        fs::create_dir_all(root.join(structure)).unwrap();
        for image in IMAGES {
            let png = formats::png::write_mask(&draw(image, structure));
            fs::write(root.join(structure).join(format!("{image}.png")), png).unwrap();
        }
    }
}

/// Paths and PNG files of the reference's masks, moved to the right.
pub(crate) fn mask_files(shift: usize) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for structure in STRUCTURES {
        for image in IMAGES {
            let png = formats::png::write_mask(&drawn(image, structure, shift));
            files.push((format!("{structure}/{image}.png"), png));
        }
    }
    files
}

/// PNG file of an empty mask.
pub(crate) fn blank_mask() -> Vec<u8> {
    formats::png::write_mask(&Mask::empty(SIZE))
}

fn write_posteriors(folder: &Path) -> PathBuf {
    let root = folder.join("posteriors");
    let flat = Radiograph::new(SIZE, u16::MAX, vec![13107; SIZE.area()], None).unwrap();
    let png = formats::png::write_radiograph(&flat).unwrap();
    for structure in STRUCTURES {
        fs::create_dir_all(root.join(structure)).unwrap();
        for image in IMAGES {
            fs::write(root.join(structure).join(format!("{image}.png")), &png).unwrap();
        }
    }
    root
}

fn write_benchmark(root: &Path, terms: Terms) {
    write_masks(&root.join("masks"), &|image, structure| drawn(image, structure, 0));
    write_masks(&root.join("masks2"), &|image, structure| drawn(image, structure, 1));
    fs::create_dir_all(root.join("images")).unwrap();
    let mut table = "image_id,fold,age,sex\n".to_owned();
    for (index, image) in IMAGES.into_iter().enumerate() {
        let pixels = (0..SIZE.area()).map(|pixel| (pixel * 97 + index) as u16).collect();
        let radiograph = Radiograph::new(SIZE, u16::MAX, pixels, None).unwrap();
        let png = formats::png::write_radiograph(&radiograph).unwrap();
        fs::write(root.join("images").join(format!("{image}.png")), png).unwrap();
        let sex = if index == 5 { "?" } else { "f" };
        table += &format!("{image},{},{},{sex}\n", index % 2 + 1, 40 + index);
    }
    fs::write(root.join("images.csv"), table).unwrap();
    let literature = "object,measure,method,year,mean,sd,unit,protocol,source,verified\n\
        all,pixel_error,Someone,2006,0.029,0.008,fraction,SCR two-fold,a site,read at the source\n\
        heart,overlap,Someone else,2018,0.882,,fraction,protocol not read,doi:10.1109/TMI.2018.2806086,read in the abstract\n";
    fs::write(root.join("literature.csv"), literature).unwrap();
    let (redistribution, display) = match terms {
        Terms::Open => ("allowed with attribution", "allowed"),
        Terms::DisplayOnly => ("forbidden", "allowed"),
        Terms::Closed => ("forbidden", "forbidden"),
    };
    let structures: String = STRUCTURES
        .iter()
        .map(|id| format!("[[structures]]\nid = \"{id}\"\nname = \"{}\"\n", id.replace('_', " ")))
        .collect();
    let text = format!(
        "id = \"tiny\"\ntitle = '''Tiny {HOSTILE}'''\ndescription = '''Rectangles. {HOSTILE}'''\n\
         definition = \"Rectangles.\"\nphantom = true\n\
         [images]\ntable = \"images.csv\"\nfolder = \"images\"\npattern = \"{{image_id}}.png\"\nspacing_mm = 1.4\n\
         {structures}\
         [[objects]]\nid = \"lungs\"\nname = \"Lung fields\"\nstructures = [\"right_lung\", \"left_lung\"]\n\
         [[objects]]\nid = \"heart\"\nname = \"Heart\"\nstructures = [\"heart\"]\n\
         [[observers]]\nid = \"reference\"\nname = \"First observer\"\nfolder = \"masks\"\npattern = \"{{structure}}/{{image_id}}.png\"\n\
         [[observers]]\nid = \"second\"\nname = \"Second observer\"\nfolder = \"masks2\"\npattern = \"{{structure}}/{{image_id}}.png\"\n\
         [folds]\ncolumn = \"fold\"\nprotocol = \"two-fold\"\n\
         [terms]\nlicence = \"none\"\nredistribution = \"{redistribution}\"\ndisplay = \"{display}\"\n\
         obtain = \"Ask at https://example.org/ask.\"\ncite = [\"Tester, doi:10.1000/1\"]\n\
         [literature]\ntable = \"literature.csv\"\nnote = \"Measured on other images.\"\n"
    );
    fs::write(root.join("benchmark.toml"), text).unwrap();
}
