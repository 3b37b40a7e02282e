//! [`for_each_row`]: the rows of a picture, some at once.

use std::sync::{Mutex, OnceLock, PoisonError};

use goxel_core::{Result, Work};

/// Calls `draw` with each row and its number, on the threads of the work. A pixel costs so many units.
///
/// # Errors
/// Where the work has to end: some rows are as they were then.
pub(super) fn for_each_row<T: Send>(
    pixels: &mut [T],
    width: usize,
    work: &Work<'_>,
    units: u64,
    draw: impl Fn(usize, &mut [T]) + Sync,
) -> Result<()> {
    // Each is locked once, by the task that draws it.
    let rows: Vec<Mutex<&mut [T]>> = pixels.chunks_mut(width).map(Mutex::new).collect();
    let stopped = OnceLock::new();
    work.executor().run(rows.len(), &|y| {
        if stopped.get().is_some() {
            return;
        }
        if let Err(error) = work.spend(units * width as u64) {
            stopped.get_or_init(|| error);
            return;
        }
        draw(y, &mut rows[y].lock().unwrap_or_else(PoisonError::into_inner));
    });
    stopped.into_inner().map_or(Ok(()), Err)
}
