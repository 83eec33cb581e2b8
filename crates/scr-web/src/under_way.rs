//! What takes its time and is bounded by account: uploads, and streams of events.

use std::sync::Arc;

use scr_store::UserRow;

use crate::limits::Client;
use crate::places::{Place, Places, Seat};

/// Uploads under way at once.
const MAX_UPLOADS: usize = 64;
/// Uploads of one account under way at once.
const MAX_UPLOADS_OF_ACCOUNT: usize = 4;
/// Streams of events at once.
const MAX_STREAMS: usize = 128;
/// Streams of events of one account at once.
const MAX_STREAMS_OF_ACCOUNT: usize = 8;
/// Streams of events of one client at once.
const MAX_STREAMS_OF_CLIENT: usize = 32;

/// The places of a site.
pub(crate) struct UnderWay {
    uploads: Arc<Places<String>>,
    of_account: Arc<Places<String>>,
    of_client: Arc<Places<String>>,
}

/// A stream of events, while this is kept.
pub(crate) struct StreamPlaces {
    _of_account: Place<String>,
    _of_client: Place<String>,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self {
            uploads: Places::new(MAX_UPLOADS, MAX_UPLOADS_OF_ACCOUNT),
            of_account: Places::new(MAX_STREAMS, MAX_STREAMS_OF_ACCOUNT),
            of_client: Places::new(MAX_STREAMS, MAX_STREAMS_OF_CLIENT),
        }
    }
}

impl UnderWay {
    /// A place for an upload on a connection. The slowest of the account's, or of all,
    /// gives way where it is one too many.
    pub(crate) fn upload(&self, user: &UserRow, seat: Arc<Seat>) -> Place<String> {
        self.uploads.enter(Some(user.id.clone()), seat)
    }

    /// A place for a stream of events on a connection; the oldest gives way.
    pub(crate) fn stream(&self, user: &UserRow, client: Client, seat: Arc<Seat>) -> StreamPlaces {
        StreamPlaces {
            _of_account: self.of_account.enter(Some(user.id.clone()), Arc::clone(&seat)),
            _of_client: self.of_client.enter(Some(client.0), seat),
        }
    }
}
