//! The protocol over standard input and output, for a client that has started this program.

use std::time::Duration;

use anyhow::{Result, anyhow};
use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use rmcp::transport::stdio_pipes;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio_util::sync::CancellationToken;

use crate::lines::Lines;
use crate::server::Server;

/// How long a client that has sent its last word may wait for answers, as the SDK has it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// Serves until there is nothing more to read.
///
/// # Errors
/// Where the connection fails.
pub async fn serve(server: Server) -> Result<()> {
    let (reader, writer) = stdio_pipes();
    let (lines, end) = Lines::new(reader, writer);
    let gone = CancellationToken::new();
    let cancels = gone.clone();
    tokio::spawn(async move {
        let _ = end.await;
        // One that only has no more to say still reads; one that is gone wants nothing more.
        if tokio::task::spawn_blocking(nobody_reads).await.unwrap_or(true) {
            cancels.cancel();
        }
    });
    match serve_server_with_ct(server, lines, gone).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        // It came and went.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
            Ok(())
        }
        Err(error) => Err(anyhow!(error)),
    }
}

/// Whether the other end of standard output is closed, or becomes so soon.
fn nobody_reads() -> bool {
    let stdout = std::io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    let within = Timespec::try_from(ANSWERED_WITHIN).ok();
    let found = poll(&mut fds, within.as_ref());
    found.is_ok() && fds[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}
