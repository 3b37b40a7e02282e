//! `get-voxels`: the voxels of boxes or of a layer, a page at a time, so that memory does not
//! depend on how many there are.

use std::io::Write;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use goxel_client::{Client, Requests};
use goxel_proto::json::Value;
use goxel_proto::{Method, base64};

use crate::commands::{OnLayer, write_boxes, write_layer};
use crate::error::{Interrupted, STOPPED_EARLY};
use crate::output::Output;
use crate::parse::Range;

/// Voxels of one reply: a megabyte and a half of base64.
const PAGE_VOXELS: u64 = 1 << 16;

/// What is listed, and how.
pub(crate) struct Listing<'a> {
    pub(crate) ranges: &'a [Range],
    pub(crate) on: &'a OnLayer,
    pub(crate) limit: Option<u64>,
    pub(crate) style: Style,
}

/// How voxels are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// x,y,z,rrggbbaa
    #[default]
    Points,
    /// x,y,z,r,g,b,a under a line of their names
    Csv,
    /// {"x": 1, "y": 2, "z": 3, "color": "#rrggbbaa"}
    Json,
}

impl Listing<'_> {
    /// Appends a call that gives the voxels from `offset` on, so many at the most, as records in
    /// base64.
    fn page(&self, offset: u64, limit: u64, requests: &mut Requests) {
        requests.call(Method::GetVoxels, |writer| {
            if !self.ranges.is_empty() {
                write_boxes(self.ranges, writer);
            }
            writer.member("encoding", "base64");
            writer.member("offset", offset);
            writer.member("limit", limit);
            write_layer(self.on, writer);
        });
    }
}

/// Prints the voxels; where they are to be `json`, as one array, whatever the style.
///
/// # Errors
/// Where the daemon refuses, or the connection or the output breaks.
pub(crate) fn list<W: Write>(
    listing: &Listing<'_>,
    json: bool,
    client: &mut Client,
    project: Option<&str>,
    output: &mut Output<W>,
) -> Result<()> {
    if json {
        output.bytes(b"[")?;
        let mut first = true;
        pages(listing, Style::Json, client, project, &mut |text| {
            if !text.is_empty() {
                let separator = if std::mem::take(&mut first) { " " } else { ", " };
                output.bytes(format!("{separator}{}", text.replace('\n', ", ")).as_bytes())?;
            }
            Ok(!output.is_closed())
        })?;
        output.line(if first { "]" } else { " ]" })?;
        return Ok(());
    }
    let style = listing.style;
    if style == Style::Csv {
        output.line("x,y,z,r,g,b,a")?;
    }
    pages(listing, style, client, project, &mut |text| {
        output.line(text)?;
        Ok(!output.is_closed())
    })
}

/// Hands out the text of one page after the other, until there is no more or `print` says that
/// nobody reads on.
fn pages(
    listing: &Listing<'_>,
    style: Style,
    client: &mut Client,
    project: Option<&str>,
    print: &mut dyn FnMut(&str) -> Result<bool>,
) -> Result<()> {
    let mut offset = 0;
    loop {
        let rest = listing.limit.map_or(PAGE_VOXELS, |limit| limit - offset);
        let limit = rest.min(PAGE_VOXELS);
        // A limit of 0 would mean none.
        if limit == 0 {
            return Ok(());
        }
        if client.is_stopped() {
            bail!(Interrupted(STOPPED_EARLY.into()));
        }
        let mut out = Requests::new(client.next_id(), project);
        listing.page(offset, limit, &mut out);
        client.send(&out)?;
        let result = client.receive(1)??.pop().unwrap_or_default();
        let (text, count) = page(&Value::parse(&result)?, style)?;
        let goes_on = print(&text)?;
        offset += count;
        if count < limit || !goes_on {
            return Ok(());
        }
    }
}

/// The lines of a page, and how many there are.
fn page(result: &Value<'_>, style: Style) -> Result<(String, u64)> {
    let data = result.get("data").and_then(|data| data.as_str());
    let data = data.context("the daemon's reply has no voxels")?.decode();
    let Ok(bytes) = base64::decode(data.as_bytes()) else {
        bail!("the voxels in the daemon's reply are not base64");
    };
    let (records, _) = bytes.as_chunks::<16>();
    let mut text = String::with_capacity(records.len() * 24);
    for record in records {
        line(record, style, &mut text);
    }
    text.pop();
    Ok((text, records.len() as u64))
}

fn line(record: &[u8; 16], style: Style, text: &mut String) {
    use std::fmt::Write as _;
    let (words, _) = record.as_chunks::<4>();
    let [x, y, z] = [0, 1, 2].map(|axis| i32::from_le_bytes(words[axis]));
    let [r, g, b, a] = words[3];
    // Writing to a string does not fail.
    let _ = match style {
        Style::Points => writeln!(text, "{x},{y},{z},{r:02x}{g:02x}{b:02x}{a:02x}"),
        Style::Csv => writeln!(text, "{x},{y},{z},{r},{g},{b},{a}"),
        Style::Json => writeln!(
            text,
            "{{ \"x\": {x}, \"y\": {y}, \"z\": {z}, \"color\": \"#{r:02x}{g:02x}{b:02x}{a:02x}\" }}"
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_client::testing as fake;

    fn run(style: Style, limit: Option<u64>, voxels: u64) -> (String, u64) {
        let (mut client, daemon) = fake::daemon(move |_, method, params| {
            assert_eq!(method, "goxel.get_voxels");
            let asked = crate::commands::count(&params, "limit");
            let offset = crate::commands::count(&params, "offset");
            let mut data = Vec::new();
            for x in offset..voxels.min(offset + asked) {
                [x as i32, -2, 3].iter().for_each(|axis| data.extend(axis.to_le_bytes()));
                data.extend([255, 136, 0, 9]);
            }
            let mut text = Vec::new();
            base64::encode(&data, &mut text);
            Ok(format!("{{\"data\": \"{}\"}}", String::from_utf8(text).unwrap()))
        });
        let on = OnLayer::default();
        let listing = Listing { ranges: &[], on: &on, limit, style };
        let mut bytes = Vec::new();
        list(&listing, false, &mut client, None, &mut Output::new(&mut bytes)).unwrap();
        drop(client);
        (String::from_utf8(bytes).unwrap(), daemon.join().unwrap())
    }

    #[test]
    fn styles() {
        let check = |style, expected: &str| assert_eq!(run(style, None, 2).0, expected);
        check(Style::Points, "0,-2,3,ff880009\n1,-2,3,ff880009\n");
        check(Style::Csv, "x,y,z,r,g,b,a\n0,-2,3,255,136,0,9\n1,-2,3,255,136,0,9\n");
        assert_eq!(
            run(Style::Json, Some(1), 2).0,
            "{ \"x\": 0, \"y\": -2, \"z\": 3, \"color\": \"#ff880009\" }\n"
        );
    }

    #[test]
    fn pages() {
        let check = |limit, voxels, lines, requests| {
            let (text, asked) = run(Style::Points, limit, voxels);
            assert_eq!((text.lines().count() as u64, asked), (lines, requests));
        };
        check(None, 0, 0, 1);
        check(None, PAGE_VOXELS, PAGE_VOXELS, 2);
        check(None, PAGE_VOXELS + 1, PAGE_VOXELS + 1, 2);
        check(Some(0), 5, 0, 0);
        check(Some(PAGE_VOXELS + 3), PAGE_VOXELS * 2, PAGE_VOXELS + 3, 2);
    }
}
