//! Files of points: whatever their text is, they are read or refused in words, and what is read can be
//! written and read again.
#![no_main]

use goxel_formats::{Document, Format, WriteOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match goxel_formats::read(bytes, Format::Txt) {
        Ok(document) => {
            let text = written(document);
            let again = goxel_formats::read(&text, Format::Txt).expect("what we write");
            assert!(text == written(again), "it reads as it was written");
        }
        Err(error) => assert!(error.to_string().len() > 8, "{error}"),
    }
});

fn written(document: Document) -> Vec<u8> {
    let mut text = Vec::new();
    let project = document.into_project("fuzz");
    goxel_formats::write(&project, Format::Txt, &WriteOptions::default(), &mut text)
        .expect("memory takes it");
    text
}
