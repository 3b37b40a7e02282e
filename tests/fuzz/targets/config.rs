//! Configuration: whatever the file, the environment and the flags say, it is refused in words or
//! within its limits, and the nearer wins.
#![no_main]

use std::path::PathBuf;

use clap::Parser as _;
use goxel_fuzz::Input;
use libfuzzer_sys::fuzz_target;

use crate::config::Config;
use crate::flags::Flags;

#[allow(dead_code, reason = "the daemon's own, of which not all is needed here")]
#[path = "../../../goxel-daemon/src/config.rs"]
mod config;
#[allow(dead_code, reason = "the daemon's own, of which not all is needed here")]
#[path = "../../../goxel-daemon/src/flags.rs"]
mod flags;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let (args, memory, socket) = (text(input.line()), text(input.line()), text(input.line()));
    let args =
        std::iter::once("goxel-daemon").chain(args.split(' ').filter(|word| !word.is_empty()));
    let Ok(flags) = Flags::try_parse_from(args) else { return };
    let env = |name: &str| match name {
        "GOXEL_MEMORY_MAX" => Some(PathBuf::from(&memory)),
        "GOXEL_SOCKET" => Some(PathBuf::from(&socket)),
        _ => None,
    };
    match Config::parse(&text(input.0), &flags, env) {
        Err(error) => assert!(format!("{error:#}").len() > 8, "{error:#}"),
        Ok(config) => {
            let settings = &config.settings;
            assert!((1..=64).contains(&settings.workers_max));
            assert!((1..=65_536).contains(&settings.queue_length_max));
            assert!((1..=65_536).contains(&settings.connections_max));
            assert!(config.memory_max.is_none_or(|max| max >= 64 << 20));
            assert!(!config.socket.as_os_str().is_empty());
            assert!(!config.transaction_idle.is_zero());
            assert!(flags.workers.is_none_or(|count| count as usize == settings.workers_max));
            let asked = flags.socket.as_ref().filter(|path| !path.as_os_str().is_empty());
            assert!(asked.is_none_or(|path| *path == config.socket));
            assert!(config.read_only || !flags.read_only);
        }
    }
});

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
