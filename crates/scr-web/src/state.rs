//! Shared state of the router.

use axum::extract::FromRef;
use scr_report::board::Board;
use scr_store::PublicStore;
use std::sync::Arc;

use crate::cases::ScoreColumns;
use crate::computed::{Compared, Computed};
use crate::identity::Providers;
use crate::limits::Limits;
use crate::progress_feed::ProgressFeed;
use crate::settings::SiteSettings;
use crate::transfers::Transfers;

/// Shared state of the router. Handlers extract one part of it with `State`.
#[derive(Clone)]
pub(crate) struct SiteState {
    store: PublicStore,
    settings: Arc<SiteSettings>,
    limits: Arc<Limits>,
    providers: Arc<Providers>,
    transfers: Arc<Transfers>,
    progress: Arc<ProgressFeed>,
    columns: Arc<ScoreColumns>,
    comparisons: Arc<Computed<Compared>>,
    boards: Arc<Computed<Board>>,
}

impl SiteState {
    /// State of a new router, with empty rate limits.
    pub(crate) fn new(store: &PublicStore, settings: SiteSettings) -> Self {
        Self {
            store: store.clone(),
            providers: Arc::new(Providers::new(&settings.providers)),
            settings: Arc::new(settings),
            limits: Arc::new(Limits::of(store)),
            transfers: Arc::default(),
            progress: Arc::new(ProgressFeed::new(store)),
            columns: Arc::default(),
            comparisons: Arc::default(),
            boards: Arc::default(),
        }
    }
}

impl FromRef<SiteState> for PublicStore {
    fn from_ref(state: &SiteState) -> Self {
        state.store.clone()
    }
}

impl FromRef<SiteState> for Arc<SiteSettings> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.settings)
    }
}

impl FromRef<SiteState> for Arc<Limits> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.limits)
    }
}

impl FromRef<SiteState> for Arc<Transfers> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.transfers)
    }
}

impl FromRef<SiteState> for Arc<ProgressFeed> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.progress)
    }
}

impl FromRef<SiteState> for Arc<Providers> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.providers)
    }
}

impl FromRef<SiteState> for Arc<ScoreColumns> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.columns)
    }
}

impl FromRef<SiteState> for Arc<Computed<Compared>> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.comparisons)
    }
}

impl FromRef<SiteState> for Arc<Computed<Board>> {
    fn from_ref(state: &SiteState) -> Self {
        Arc::clone(&state.boards)
    }
}
