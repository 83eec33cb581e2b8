//! Routes of the site, and the layers around them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use scr_store::PublicStore;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::timeout::TimeoutLayer;

use crate::api::{self, MAX_REPORT_BYTES, Operation};
use crate::assets;
use crate::card_input::MAX_FILE_BYTES;
use crate::connections::BufferedBytes;
use crate::error::Failure;
use crate::error_answers;
use crate::handlers::{
    account, add, benchmark, browse, compare, data, docs, download, entry, entry_files, feedback,
    home, images, operate, publications, results, review, scores, site_text, submissions, submit,
    terms,
};
use crate::operations::{self, with_operations};
use crate::page_frame;
use crate::security;
use crate::settings::SiteSettings;
use crate::state::SiteState;

/// Largest request body in bytes by default: a small form.
const MAX_BODY_BYTES: usize = 8 << 10;
/// Deadline of an answer's head, with the request's body.
const MAX_ANSWER_TIME: Duration = Duration::from_secs(30);
/// Deadline of an upload chunk: the largest arrives at 50 kB/s.
const MAX_CHUNK_TIME: Duration = Duration::from_secs(180);
/// Largest submission form: the file and the fields around it.
const MAX_FORM_BYTES: usize = MAX_FILE_BYTES as usize + (1 << 20);

/// Routes and a list of their addresses.
#[derive(Default)]
struct Routes {
    router: Router<SiteState>,
    addresses: Vec<String>,
}

impl Routes {
    fn new() -> Self {
        Self::default()
    }

    fn route(mut self, address: &str, answer: MethodRouter<SiteState>) -> Self {
        if !self.addresses.iter().any(|known| known == address) {
            self.addresses.push(address.to_owned());
        }
        self.router = self.router.route(address, answer);
        self
    }

    fn merge(mut self, other: Self) -> Self {
        self.addresses.extend(other.addresses);
        self.router = self.router.merge(other.router);
        self
    }
}

/// All addresses of the site, as patterns: `/entries/{entry}`.
#[must_use]
pub fn addresses() -> Vec<String> {
    let site = routes().merge(routes_with_files()).addresses;
    site.into_iter().chain(operations::ADDRESSES.map(str::to_owned)).collect()
}

fn routes() -> Routes {
    pages()
        .merge(account_pages())
        .merge(submission_pages())
        .merge(reports())
        .merge(api_routes(api::operations()))
        .route("/static/{*path}", get(assets::asset))
}

/// Router of the whole site over a store: pages, JSON, files, styles and scripts.
///
/// Every answer carries the security headers. An unknown address gets an error page, or
/// JSON under `/api`.
pub fn router(store: &PublicStore, settings: SiteSettings) -> Router {
    let state = SiteState::new(store, settings);
    let router = routes()
        .router
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MAX_ANSWER_TIME))
        .merge(routes_with_files().router)
        .fallback(async || Failure::NoPage)
        .layer(middleware::from_fn(security::refuse_other_sites))
        .layer(middleware::from_fn(error_answers::layer))
        .layer(middleware::from_fn_with_state(state.clone(), page_frame::complete))
        .layer(middleware::map_response(BufferedBytes::note))
        .layer(CompressionLayer::new().compress_when(is_worth_packing()))
        .with_state(state.clone());
    let tls = middleware::from_fn_with_state(state.clone(), security::keep_to_tls);
    security::with_security_headers(with_operations(router, &state)).layer(tls)
}

/// Leaves downloads uncompressed, so that ranges fit the whole file.
fn is_worth_packing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"))
}

fn pages() -> Routes {
    Routes::new()
        .route("/", get(home::home))
        .route("/benchmarks/{benchmark}", get(benchmark::benchmark))
        .route("/benchmarks/{benchmark}/data", get(data::data))
        .route("/benchmarks/{benchmark}/download", get(download::download))
        .route("/benchmarks/{benchmark}/terms", get(terms::terms).post(terms::accept))
        .route("/benchmarks/{benchmark}/results", get(results::results))
        .route("/benchmarks/{benchmark}/results.csv", get(results::results_csv))
        .route("/benchmarks/{benchmark}/results.json", get(results::results_json))
        .route("/benchmarks/{benchmark}/results.tex", get(results::results_tex))
        .route("/benchmarks/{benchmark}/plots/{plot}", get(results::plot))
        .route("/benchmarks/{benchmark}/compare", get(compare::compare))
        .route("/benchmarks/{benchmark}/browse", get(images::images))
        .route("/benchmarks/{benchmark}/browse/{image}", get(browse::browse))
        .route("/benchmarks/{benchmark}/browse/{image}/scores", get(scores::scores))
        .route("/entries/{entry}", get(entry::entry))
        .route("/entries/{entry}/results.json", get(entry_files::results_json))
        .route("/entries/{entry}/results.csv", get(entry_files::results_csv))
        .route("/entries/{entry}/cite.bib", get(entry_files::cite_bib))
        .route("/entries/{entry}/CITATION.cff", get(entry_files::citation_cff))
        .route("/benchmarks/{benchmark}/cite.bib", get(benchmark::cite_bib))
        .route("/add", get(add::add))
        .route("/privacy", get(site_text::privacy))
        .route("/terms", get(site_text::terms))
        .route("/docs", get(docs::index))
        .route("/docs/api", get(docs::api))
        .route("/docs/{kind}/{page}", get(docs::page))
        .route("/docs/images/{*path}", get(docs::picture))
}

/// Pages of submissions and review, for people with an account.
fn submission_pages() -> Routes {
    Routes::new()
        .route("/operate", get(operate::operate))
        .route("/operate/jobs/{submission}/cancel", post(operate::cancel))
        .route("/operate/jobs/{submission}/retry", post(operate::retry))
        .route("/operate/jobs/{submission}/drop", post(operate::drop_job))
        .route("/review", get(review::queue))
        .route("/review/{submission}", get(review::one))
        .route(
            "/review/{submission}/publish",
            post(review::publish).layer(DefaultBodyLimit::max(MAX_REPORT_BYTES)),
        )
        .route(
            "/review/{submission}/return",
            post(review::send_back).layer(DefaultBodyLimit::max(MAX_REPORT_BYTES)),
        )
        .route("/review/publications/{publication}/show", post(publications::show))
        .route("/review/publications/{publication}/hide", post(publications::hide))
        .route("/submissions", get(submissions::list))
        .route("/submissions/{submission}", get(submissions::submission))
        .route("/submissions/{submission}/results.json", get(submissions::results_json))
        .route("/submissions/{submission}/results.csv", get(submissions::results_csv))
        .route("/submissions/{submission}/confirm", post(submissions::confirm))
        .route("/submissions/{submission}/withdraw", post(submissions::withdraw))
}

/// Submission form and upload chunks, with separate limits: their bytes go to disk as they
/// arrive.
fn routes_with_files() -> Routes {
    let form = get(submit::form).post(submit::submit);
    let deadline = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MAX_CHUNK_TIME);
    let mut uploads = api_routes(api::uploads());
    uploads.router = uploads.router.route_layer(deadline);
    Routes::new()
        .route("/benchmarks/{benchmark}/submit", form.layer(DefaultBodyLimit::max(MAX_FORM_BYTES)))
        .merge(uploads)
}

fn account_pages() -> Routes {
    Routes::new()
        .route("/account", get(account::overview))
        .route("/account/sign-in", get(account::sign_in_form).post(account::sign_in))
        .route("/account/sign-out", post(account::sign_out))
        .route("/account/sign-up", get(account::sign_up_form).post(account::sign_up))
        .route("/account/confirm", get(account::confirm_form).post(account::confirm))
        .route("/account/reset", get(account::reset_form).post(account::reset))
        .route("/account/new-password", get(account::new_password_form).post(account::set_new))
        .route("/account/with/{provider}", get(account::go_to_provider))
        .route("/account/with/{provider}/arrived", get(account::arrive))
        .route("/account/identities", get(account::identities))
        .route("/account/identities/sign-up", post(account::sign_up_with))
        .route("/account/identities/connect", post(account::connect))
        .route("/account/identities/disconnect", post(account::disconnect))
        .route("/account/name", post(account::set_name))
        .route("/account/password", post(account::set_password))
        .route("/account/sessions/end", post(account::end_session))
        .route("/account/sessions/end-all", post(account::end_all_sessions))
        .route("/account/tokens", post(account::create_token))
        .route("/account/tokens/revoke", post(account::revoke_token))
        .route("/account/data.json", get(account::own_data))
        .route("/account/delete", post(account::delete))
}

/// Reports and feedback of readers.
fn reports() -> Routes {
    let short = DefaultBodyLimit::max(MAX_REPORT_BYTES);
    let publications = "/benchmarks/{benchmark}/publications";
    Routes::new()
        .route(
            publications,
            get(publications::publications).post(publications::report).layer(short),
        )
        .route(&format!("{publications}.bib"), get(publications::publications_bib))
        .route("/feedback", get(feedback::feedback).post(feedback::send).layer(short))
}

fn api_routes(operations: Vec<Operation>) -> Routes {
    operations
        .into_iter()
        .map(Operation::route)
        .fold(Routes::new(), |routes, (address, handler)| routes.route(&address, handler))
}
