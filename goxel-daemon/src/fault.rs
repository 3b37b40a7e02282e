//! [`Fault`]: why a handler failed, and how that becomes the error that the client is sent.
//!
//! A handler uses `?` on the model's errors and on those of its parameters alike. It need not know
//! its own error code: whoever called the handler knows the method, and calls [`Fault::into_rpc`].

use std::any::Any;

use goxel_core::{Identity, ProjectId};
use goxel_proto::{ErrorCode, RpcError};

use crate::door::outside::is_outside;

/// What a handler gives.
pub(crate) type Result<T = (), E = Fault> = std::result::Result<T, E>;

/// Why a handler failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The model refused. The method has the code, and the words that older clients know.
    Model(goxel_core::Error),
    /// An error whose code and words are as they shall be.
    Rpc(RpcError),
    /// Nothing is wrong, but the call is to be made again behind something else. Whoever calls
    /// handlers sees to that.
    Wait(Waits),
    /// Nothing is wrong, but the project is not open: it has to be read from the data directory
    /// first. Whoever calls handlers sees to that.
    Stored(Identity),
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// A long edit of this project.
    Edit(ProjectId),
    /// The disk, which has to catch up.
    Room,
    /// A project that is being read in for somebody else.
    Reading(Identity),
}

impl Fault {
    /// Somebody else's work would be lost or mixed up.
    pub(crate) fn conflict(what: impl std::fmt::Display) -> Self {
        Self::Rpc(RpcError::new(ErrorCode::Conflict, what))
    }
}

impl From<goxel_core::Error> for Fault {
    fn from(error: goxel_core::Error) -> Self {
        Self::Model(error)
    }
}

impl From<RpcError> for Fault {
    fn from(error: RpcError) -> Self {
        Self::Rpc(error)
    }
}

impl Fault {
    /// Something went wrong that nobody foresaw.
    #[cold]
    pub(crate) fn panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or_default();
        tracing::error!(panic = %text, "a call panicked");
        RpcError::new(ErrorCode::Internal, format_args!("Internal error: {text}")).into()
    }

    /// The error as it is sent: `code` is that of the method which failed.
    /// Who was stopped or found no room is told so whatever the method is.
    pub(crate) fn into_rpc(self, code: ErrorCode) -> RpcError {
        let code = match &self {
            Self::Model(error) => stopped(error).unwrap_or(code),
            Self::Rpc(_) | Self::Wait(_) | Self::Stored(_) => code,
        };
        match (self, code.failed()) {
            (Self::Rpc(error), _) => error,
            (Self::Wait(_), _) => {
                RpcError::new(ErrorCode::Internal, "The daemon is busy with this project")
            }
            (Self::Stored(_), _) => RpcError::new(ErrorCode::Internal, "The project is not open"),
            (Self::Model(error), "") => RpcError::new(code, error),
            (Self::Model(error), words) => RpcError::new(code, format_args!("{words}: {error}")),
        }
    }
}

/// The code of an error of a file: this one, unless the path led out of what the connection may use.
pub(crate) fn file_code(error: &goxel_formats::Error, code: ErrorCode) -> ErrorCode {
    match error {
        goxel_formats::Error::Io { source, .. } if is_outside(source) => ErrorCode::NotAllowed,
        goxel_formats::Error::Stopped(error) => stopped(error).unwrap_or(code),
        _ => code,
    }
}

/// The code of who was stopped or found no room, whatever the method is.
fn stopped(error: &goxel_core::Error) -> Option<ErrorCode> {
    use goxel_core::Error::{Cancelled, Late, OverMemory, Overtaken};
    match error {
        Cancelled | Late => Some(ErrorCode::Stopped),
        OverMemory { .. } => Some(ErrorCode::OverMemory),
        Overtaken { .. } => Some(ErrorCode::Conflict),
        _ => None,
    }
}

/// An error of a file in words that go behind its path.
pub(crate) fn reason(error: goxel_formats::Error) -> String {
    match error {
        goxel_formats::Error::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_method_gives_the_model_s_errors_their_code_and_words() {
        let sent = |fault: Fault, code| {
            let RpcError { code, message } = fault.into_rpc(code);
            (code, message)
        };
        let model = || Fault::from(goxel_core::Error::NoProject);
        let words = "Failed to add voxel: no project is open".to_owned();
        assert_eq!(sent(model(), ErrorCode::AddVoxel), (ErrorCode::AddVoxel, words));
        let plain = (ErrorCode::Layer, "no project is open".to_owned());
        assert_eq!(sent(model(), ErrorCode::Layer), plain);
        let own = Fault::from(RpcError::new(ErrorCode::Export, "full"));
        assert_eq!(sent(own, ErrorCode::AddVoxel), (ErrorCode::Export, "full".to_owned()));
    }
}
