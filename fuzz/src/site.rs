//! A site with a benchmark, asked without a network.

use std::cell::Cell;
use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_data::BenchmarkCopy;
use scr_store::{Role, Store};
use scr_web::SiteSettings;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Requests after which a site is made anew: it fills up with what it was told.
const MAX_REQUESTS: u32 = 2_000;
const MAX_ANSWER_BYTES: usize = 64 << 20;
const OPERATOR: &str = "operator@example.org";
const JSON: &str = "application/json";
const BEGINNING: &str = r#"{"card": {"name": "A", "two_fold_declaration": true},
    "size_bytes": 1000, "accept_terms": true}"#;

struct Site {
    router: Router,
    runtime: Runtime,
    token: String,
    cookie: String,
    /// A submission whose file is to come.
    submission: String,
    n_asked: Cell<u32>,
    _folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = crate::in_memory();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        let (router, token, cookie) = runtime.block_on(async {
            let store = Store::open(&folder.path().join("data")).await.expect("a new store opens");
            let benchmark = crate::benchmark();
            store.benchmarks().publish(benchmark, &mut |_| ()).await.expect("it can be published");
            let copy = store.benchmarks().folder(&benchmark.id);
            let placed = BenchmarkCopy::place(benchmark, &copy, &|_, _, _| ());
            placed.and_then(BenchmarkCopy::keep).expect("it can be copied");
            let user = store.accounts().add(OPERATOR, "Ann", Role::Operator, None).await;
            let user = user.expect("there is room for a user");
            let token = store.tokens().create(OPERATOR, Role::Operator.scopes(), "").await;
            let session = store.sessions().begin(&user.id, "").await.expect("a session begins");
            let settings = SiteSettings { behind_proxy: true, ..SiteSettings::default() };
            let router = scr_web::router(&store.public(), settings);
            (router, token.expect("a token is given"), format!("scr-session={session}"))
        });
        let submission = "none".to_owned();
        let mut site = Self {
            router,
            runtime,
            token,
            cookie,
            submission,
            n_asked: Cell::new(0),
            _folder: folder,
        };
        let (status, answer) =
            site.ask("POST /api/v1/benchmarks/BENCHMARK/submissions", JSON, BEGINNING.as_bytes());
        assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer));
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("it is JSON");
        site.submission = answer["submission"].as_str().expect("it is named").to_owned();
        site
    }

    fn ask(&self, address: &str, content_type: &str, body: &[u8]) -> (StatusCode, Vec<u8>) {
        let (method, path) = address.split_once(' ').expect("an address has a method");
        let path = path.replace("BENCHMARK", &crate::benchmark().id);
        let path = path.replace("SUBMISSION", &self.submission);
        // From another client each, or limits on tries would answer.
        self.n_asked.set(self.n_asked.get() + 1);
        let client = Ipv4Addr::from(self.n_asked.get());
        let request = Request::builder()
            .method(method)
            .uri(&path)
            .header("content-type", content_type)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", client.to_string());
        let request = if path.starts_with("/api/") {
            request.header("authorization", format!("Bearer {}", self.token))
        } else {
            request.header("cookie", &self.cookie)
        };
        let request = request.body(Body::from(body.to_vec())).expect("the address is a good one");
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await;
            let answer = answer.unwrap_or_else(|never| match never {});
            let status = answer.status();
            let body = axum::body::to_bytes(answer.into_body(), MAX_ANSWER_BYTES).await;
            (status, body.expect("an answer can be read").to_vec())
        })
    }
}

thread_local! {
    static SITE: Cell<Option<Site>> = const { Cell::new(None) };
}

/// Makes a site for this thread, which takes longer than an input may.
pub fn prepare() {
    SITE.set(Some(Site::new()));
}

/// The status of an answer to `METHOD /address` with a body. `BENCHMARK` is the site's
/// benchmark, `SUBMISSION` one whose file is to come; the caller may do everything.
pub fn ask(address: &str, content_type: &str, body: &[u8]) -> StatusCode {
    let site = SITE.take().filter(|site| site.n_asked.get() < MAX_REQUESTS);
    let site = site.unwrap_or_else(Site::new);
    let (status, _) = site.ask(address, content_type, body);
    SITE.set(Some(site));
    status
}
