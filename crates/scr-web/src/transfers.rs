//! Limits on uploads and event streams by account.

use std::sync::Arc;

use scr_store::UserRow;

use crate::client::Client;
use crate::slots::{ConnectionState, Slot, Slots};

/// Concurrent uploads.
const MAX_UPLOADS: usize = 64;
/// Concurrent uploads of one account.
const MAX_UPLOADS_OF_ACCOUNT: usize = 4;
/// Concurrent event streams.
const MAX_STREAMS: usize = 128;
/// Concurrent event streams of one account.
const MAX_STREAMS_OF_ACCOUNT: usize = 8;
/// Concurrent event streams of one client.
const MAX_STREAMS_OF_CLIENT: usize = 32;

/// Slots of uploads and event streams.
pub(crate) struct Transfers {
    uploads: Arc<Slots<String>>,
    of_account: Arc<Slots<String>>,
    of_client: Arc<Slots<String>>,
}

/// Slots of one event stream, until it is dropped.
pub(crate) struct StreamSlots {
    _of_account: Slot<String>,
    _of_client: Slot<String>,
}

impl Default for Transfers {
    fn default() -> Self {
        Self {
            uploads: Slots::new(MAX_UPLOADS, MAX_UPLOADS_OF_ACCOUNT),
            of_account: Slots::new(MAX_STREAMS, MAX_STREAMS_OF_ACCOUNT),
            of_client: Slots::new(MAX_STREAMS, MAX_STREAMS_OF_CLIENT),
        }
    }
}

impl Transfers {
    /// Takes a slot for an upload. If none is free, the slowest upload of the account, or
    /// of all, is closed.
    pub(crate) fn upload(
        &self,
        user: &UserRow,
        connection_state: Arc<ConnectionState>,
    ) -> Slot<String> {
        self.uploads.take(Some(user.id.clone()), connection_state)
    }

    /// Takes slots for an event stream. If none is free, the oldest is closed.
    pub(crate) fn stream(
        &self,
        user: &UserRow,
        client: Client,
        connection_state: Arc<ConnectionState>,
    ) -> StreamSlots {
        StreamSlots {
            _of_account: self.of_account.take(Some(user.id.clone()), Arc::clone(&connection_state)),
            _of_client: self.of_client.take(Some(client.0), connection_state),
        }
    }
}
