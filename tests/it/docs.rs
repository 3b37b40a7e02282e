//! Pages that are made from code say what the code says.
//!
//! `GOXEL_BLESS=1 cargo test -p goxel-tests docs` writes them anew.

use crate::world::{World, root};

fn check(page: &str, expected: &str) {
    let path = root().join(page);
    if std::env::var_os("GOXEL_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{page} is out of date: run this test with GOXEL_BLESS=1");
}

#[test]
fn the_page_of_the_command_line() {
    check("docs/CLI.md", &World::empty().run(&["man", "--markdown"]));
}

#[test]
fn the_page_of_methods() {
    check("docs/METHODS.md", &goxel_proto::docs::markdown());
}

/// What stands before and behind the tools on their page.
const TOOLS: (&str, &str) = ("<!-- tools: begin -->\n", "<!-- tools: end -->\n");

#[test]
fn the_tools_on_the_page_of_their_protocol() {
    let page = "docs/MCP.md";
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let (before, rest) = text.split_once(TOOLS.0).unwrap();
    let (_, behind) = rest.split_once(TOOLS.1).unwrap();
    let tools = goxel_mcp::tools::docs::markdown();
    check(page, &format!("{before}{}{tools}{}{behind}", TOOLS.0, TOOLS.1));
}

#[test]
fn the_page_of_formats() {
    check("docs/FORMATS.md", &goxel_formats::docs::markdown());
}
