//! [`Yardstick`]: the program in `benches/openvdb`, compiled here and run in turns with ours.

use std::path::PathBuf;
use std::process::Command;

use crate::Figures;

const NEEDS: &str = "apt-get install libopenvdb-dev libtbb-dev libboost-iostreams-dev g++";

/// The compiled program.
pub(crate) struct Yardstick(PathBuf);

impl Yardstick {
    /// Compiles it; says what is missing where that fails.
    pub(crate) fn build() -> Result<Self, String> {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/openvdb/voxel_ops.cc");
        let program = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/openvdb_voxel_ops"));
        let built = Command::new("g++")
            .args(["-O3", "-march=native", "-std=c++17", source, "-o"])
            .arg(&program)
            .args(["-lopenvdb", "-ltbb", "-lboost_iostreams"])
            .output();
        match built {
            Ok(output) if output.status.success() => Ok(Self(program)),
            Ok(_) => Err(format!("it did not compile ({NEEDS})")),
            Err(error) => Err(format!("g++: {error} ({NEEDS})")),
        }
    }

    /// One round.
    pub(crate) fn run(&self, figures: &mut Figures) {
        run(&mut Command::new(&self.0), figures);
    }
}

/// Runs a program whose lines are a name and a figure.
pub(crate) fn run(program: &mut Command, figures: &mut Figures) {
    let Ok(output) = program.output() else { return };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Some((name, figure)) = line.split_once(' ')
            && let Ok(figure) = figure.parse()
        {
            figures.entry(name.to_owned()).or_default().push(figure);
        }
    }
}
