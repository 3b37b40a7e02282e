//! The engine room beside its yardsticks, in one run: a line for each figure, with what the
//! yardstick did in the same minute and the ratio (above 1 is better than the yardstick).
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

use self::table::Table;

type Measurement = fn(&mut Table) -> io::Result<()>;

fn main() -> io::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let suite: [(&str, Measurement); 9] = [
        ("startup", startup::run),
        ("memory", memory::run),
        ("one_by_one", throughput::one_by_one),
        ("eight_by_one", throughput::eight_by_one),
        ("one_by_64", throughput::one_by_64),
        ("eight_by_64", throughput::eight_by_64),
        ("spin_cost", throughput::spin_cost),
        ("jobs", jobs::run),
        ("micro", micro::run),
    ];
    let mut table = Table::default();
    for (name, run) in suite {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            table.group(name);
            run(&mut table)?;
        }
    }
    Ok(())
}
