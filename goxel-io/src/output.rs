//! [`Output`]: what the service answers with, and what it may know of the turn that it is called
//! in.

use std::ops::{Deref, DerefMut};

use crate::limits::OUTPUT_BYTES_HIGH;

/// Replies on their way to one client, written like a vector of bytes.
#[derive(Debug, Default)]
pub struct Output {
    bytes: Vec<u8>,
    /// Nobody reads what is written here.
    deaf: bool,
}

impl Output {
    /// Whether replies are thrown away, as the client has left: what makes nothing but a reply
    /// need not be done.
    #[must_use]
    pub fn is_deaf(&self) -> bool {
        self.deaf
    }

    /// Whether others must have their turn before more is done for this client, or the client must
    /// read first. Who answers in many steps, as a batch, asks after each, and says
    /// [`crate::Verdict::Yield`] then.
    #[must_use]
    pub fn must_yield(&self) -> bool {
        self.bytes.len() > OUTPUT_BYTES_HIGH
    }

    /// All that was written, in one piece.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn set_deaf(&mut self, deaf: bool) {
        self.deaf = deaf;
    }

    /// The bytes, to be replaced where they grew out of measure.
    pub(crate) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Deref for Output {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Output {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}
