//! Who waits: for the disk to catch up, or for a project that is being read in.

use goxel_core::Identity;
use goxel_io::Client;

use super::Storage;

/// Calls that may wait for the disk, or for one project to be read. Each keeps a request in memory.
const WAITING_MAX: usize = 1024;

impl Storage {
    /// A client waits until the disk has caught up. False where too many do.
    pub(crate) fn wait(&mut self, client: Client) -> bool {
        let has_room = self.behind.len() < WAITING_MAX;
        if has_room {
            self.behind.push_back(client);
        }
        has_room
    }

    /// A client waits until a project is read that somebody else has asked for. False where too many do.
    pub(crate) fn wait_for(&mut self, project: Identity, client: Client) -> bool {
        match self.reading.get_mut(&project.number()) {
            Some(waiting) if waiting.len() >= WAITING_MAX => return false,
            Some(waiting) => waiting.push(client),
            None => self.ready.push_back(client),
        }
        true
    }

    /// A worker is done with reading a project, or could not.
    pub(crate) fn was_read(&mut self, project: Identity) {
        self.ready.extend(self.reading.remove(&project.number()).unwrap_or_default());
    }

    /// Somebody who has waited long enough.
    #[inline]
    pub(crate) fn next_ready(&mut self) -> Option<Client> {
        if let Some(ready) = self.ready.pop_front() {
            return Some(ready);
        }
        if self.behind.is_empty() || (self.journal.is_behind() && self.failed().is_none()) {
            return None;
        }
        self.behind.pop_front()
    }
}
