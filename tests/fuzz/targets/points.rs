//! Files of points: whatever their text is, they are read or refused in words, and what is read can be
//! written and read again.
#![no_main]

use goxel_formats::{Format, WriteOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match goxel_formats::read(bytes, Format::Txt) {
        Ok(document) => {
            let project = document.into_project("fuzz");
            let mut text = Vec::new();
            goxel_formats::write(&project, Format::Txt, &WriteOptions::default(), &mut text)
                .expect("memory takes it");
            let again = goxel_formats::read(&text, Format::Txt).expect("what we write");
            let again = again.into_project("again");
            assert!(project.visible() == again.visible(), "it reads as it was written");
        }
        Err(error) => assert!(error.to_string().len() > 8, "{error}"),
    }
});
