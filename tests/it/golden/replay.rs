//! A session, sent to a daemon of its own.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use goxel_core::{Command, Project};
use goxel_formats::{Direction, Format, WriteOptions};
use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba};

use super::file::{Request, Session};
use super::{forms, mask};
use crate::world::{Client, World};

/// The request behind each one: its reply says that there are no more to wait for.
const LAST: &str = r#"{"jsonrpc":"2.0","method":"echo","params":["last"],"id":"last"}"#;
const LAST_REPLY: &str = r#", "id": "last" }"#;

/// Our replies, with the parameters in the other form where that is asked for.
pub(super) fn replay(session: &Session, in_other_form: bool) -> Vec<String> {
    let world = World::with_renders();
    fixtures(&world);
    let mut client = world.connect();
    let dir = world.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    // The picture that was made last stands for the one of the recording.
    let mut picture = String::new();
    let exchanges = session.exchanges.iter();
    let replies = exchanges.map(|exchange| {
        let replies = match &exchange.request {
            Request::Bytes(bytes) => alone(&world, bytes),
            Request::Line(line) => {
                let other = exchange.request.value().filter(|_| in_other_form);
                let line = other
                    .and_then(|value| forms::other(&value))
                    .map_or(line.clone(), |value| value.to_string());
                let line = with_picture(&line, &picture).replace("$DIR", &dir);
                in_turn(&mut client, &line)
            }
        };
        let replies = replies.replace(&dir, "$DIR");
        if let Some(path) = kept(&replies) {
            picture = path;
        }
        if replies.is_empty() { "-".to_owned() } else { mask::masked(&replies) }
    });
    replies.collect()
}

fn in_turn(client: &mut Client, line: &str) -> String {
    client.send(format!("{line}\n{LAST}\n").as_bytes());
    let lines =
        std::iter::from_fn(|| Some(client.line()).filter(|line| !line.ends_with(LAST_REPLY)));
    lines.collect::<Vec<_>>().join("\n")
}

fn alone(world: &World, bytes: &str) -> String {
    let mut stream = UnixStream::connect(world.socket()).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).unwrap();
    replies.trim_end_matches('\n').to_owned()
}

const RENDERS: &str = "$DIR/renders/render_";

/// The path of a picture that a reply tells of.
fn kept(replies: &str) -> Option<String> {
    let (_, rest) = replies.split_once(RENDERS)?;
    Some(format!("{RENDERS}{}", rest.split('"').next()?))
}

fn with_picture(line: &str, picture: &str) -> String {
    match line.split_once(RENDERS) {
        Some((before, rest)) if !picture.is_empty() => {
            let (_, after) = rest.split_once('"').unwrap();
            format!("{before}{picture}\"{after}")
        }
        _ => line.to_owned(),
    }
}

/// Files that sessions load.
fn fixtures(world: &World) {
    let mut project = Project::new("p", [16; 3]);
    let cube = Aabb::spanning(Pos::from([-2; 3]), Pos::from([1; 3]));
    let boxes = [(cube, Rgba::opaque(255, 0, 0))];
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] };
    project.apply(command).unwrap();
    let written = |format: &&Format| format.can(Direction::Write) && **format != Format::Png;
    for &format in Format::ALL.iter().filter(written) {
        let path = world.path(&format!("exp.{}", format.extensions()[0]));
        let mut file = std::fs::File::create(path).unwrap();
        goxel_formats::write(&project, format, &WriteOptions::default(), &mut file).unwrap();
    }
    let good = std::fs::read(world.path("exp.gox")).unwrap();
    let mut endless = good[..8].to_vec();
    endless.extend_from_slice(b"LAYR\xff\xff\xff\x7f");
    let files: [(&str, &[u8]); 5] = [
        ("a.gox", &good),
        ("trunc.gox", &good[..good.len() / 2]),
        ("magic.gox", &good[..8]),
        ("badlen.gox", &endless),
        ("empty.gox", b""),
    ];
    files.iter().for_each(|(name, bytes)| std::fs::write(world.path(name), bytes).unwrap());
}
