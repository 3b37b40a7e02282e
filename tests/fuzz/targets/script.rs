//! Programs of any calls of the API of scripts, with arguments of every kind: none panics, and what one changed is
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| goxel_script::fuzzing::run(bytes));
