//! The event loop beside its yardsticks, in one run: a line for each figure, with what it should
//! be, what the yardstick did in the same minute and the ratio (above 1 is better than it).
//!
//! `cargo bench -p goxel-benches --bench engine`; words after `--` choose lines by their names.
//! Build the daemon first (`cargo build --release`); install `redis-server` and `redis-tools` for
//! the yardstick.

mod alone;
mod floor;
mod jobs;
mod load;
mod memory;
mod micro;
mod program;
mod startup;
mod table;
mod throughput;

use std::io;

use goxel_benches::wanted;

use self::table::Table;

type Measurement = fn(&mut Table) -> io::Result<()>;

fn main() -> io::Result<()> {
    let alone: [(&[&str], Measurement); 3] = [
        (&["startup_time", "startup_to_first_reply", "first_request"], startup::run),
        (&["memory_allocate"], micro::buffers),
        (&["queue_operations"], micro::queue),
    ];
    let groups: [(&str, Measurement); 7] = [
        ("memory", memory::run),
        ("one_by_one", throughput::one_by_one),
        ("eight_by_one", throughput::eight_by_one),
        ("one_by_64", throughput::one_by_64),
        ("eight_by_64", throughput::eight_by_64),
        ("spin_cost", throughput::spin_cost),
        ("jobs", jobs::run),
    ];
    let mut table = Table::default();
    for (names, run) in alone {
        if names.iter().any(|name| wanted(name)) {
            run(&mut table)?;
        }
    }
    for (name, run) in groups.into_iter().filter(|(name, _)| wanted(name)) {
        table.group(name);
        run(&mut table)?;
    }
    Ok(())
}
