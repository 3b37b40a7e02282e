//! What is said where the data directory has not what it should, or takes no more.

use goxel_proto::{ErrorCode, RpcError};
use goxel_store::checkpoint::CheckpointError;
use goxel_store::journal::JournalError;

use crate::fault::{Fault, Waits};

impl From<JournalError> for Fault {
    #[cold]
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Behind { .. } => Self::Wait(Waits::Room),
            other => Self::Rpc(RpcError::new(ErrorCode::Storage, other)),
        }
    }
}

impl From<CheckpointError> for Fault {
    #[cold]
    fn from(error: CheckpointError) -> Self {
        Self::Rpc(RpcError::new(ErrorCode::Storage, error))
    }
}

/// Nothing says how this edit is to be written, which is an error in the daemon.
#[cold]
pub(super) fn unwritten() -> Fault {
    let what = "Internal error: this change cannot be written into the data directory";
    RpcError::new(ErrorCode::Internal, what).into()
}

#[cold]
pub(super) fn missing(name: &str) -> Fault {
    let what = format_args!(
        "the data directory has nothing of project \"{name}\": run `goxel-cli check` on it"
    );
    RpcError::new(ErrorCode::Storage, what).into()
}
