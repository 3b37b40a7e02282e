//! The program: a worker that runs one script after another for a daemon.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use goxel_script::process::{Settings, work};

fn main() -> ExitCode {
    match Settings::from_args(std::env::args_os().skip(1)).and_then(|settings| work(&settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goxel-script: {error}");
            ExitCode::FAILURE
        }
    }
}
