//! `.png` as an export: a picture of the project, written only.
//!
//! This crate draws nothing: the caller of [`write`](crate::write()) lends what does. Pictures that
//! are read are [`heights`](crate::heights()).

use std::io::Write as _;

use goxel_core::Work;

use crate::{Error, Out, Result, Source, WriteOptions};

/// Draws what a project shows.
pub(crate) fn write(
    project: &Source<'_>,
    options: &WriteOptions<'_>,
    _: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let draw = options.draw.ok_or_else(|| Error::NoPicture("nothing here draws".to_owned()))?;
    out.write_all(&draw(project, &options.picture).map_err(Error::NoPicture)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use goxel_core::Project;

    use super::*;
    use crate::{Format, Picture, write};

    fn picture(options: &WriteOptions<'_>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write(&Project::new("e", [4; 3]), Format::Png, options, &mut bytes).map(|_| bytes)
    }

    #[test]
    fn a_picture_is_what_the_caller_draws() {
        let draw = |project: &Project, picture: &Picture| {
            Ok(format!("{} {:?}", project.name(), picture.size).into())
        };
        let drawn = picture(&WriteOptions { draw: Some(&draw), ..Default::default() });
        assert_eq!(drawn.unwrap(), b"e [1024, 1024]");
        let fails = |_: &Project, _: &Picture| Err("no paper".to_owned());
        for (options, expected) in [
            (WriteOptions { draw: Some(&fails), ..Default::default() }, "no picture: no paper"),
            (WriteOptions::default(), "no picture: nothing here draws"),
        ] {
            assert_eq!(picture(&options).unwrap_err().to_string(), expected);
        }
    }
}
