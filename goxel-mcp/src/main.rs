//! The program: flags to a server.

fn main() {}
