//! [`Rights`]: what a connection may do. It gets them from the socket that it came by, and can give
//! some of them up, for good.
//!
//! What a method does stands in its row, so the question is asked in one place, before any handler:
//! [`Rights::admit`]. Files are opened through a [`Place`], which handlers get from
//! [`Rights::place`] and from nowhere else: a path that a client named is never opened by its name.

mod beneath;
mod file_id;
mod methods;
pub(crate) mod outside;
mod place;
mod private;
mod root;
mod roots;
mod sys;
mod temporary;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use goxel_proto::method::{Does, Files, Kind, Row};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

pub(crate) use self::file_id::FileId;
use self::methods::Methods;
use self::outside::is_outside;
pub(crate) use self::place::{Companions, Place};
pub(crate) use self::private::PrivateDir;
use self::root::Root;
use crate::fault::Result;

/// What a connection may do. The default is everything.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    changes: Changes,
    /// What may be called; `None` is everything.
    methods: Option<Arc<Methods>>,
    /// What paths of clients stay beneath; `None` is nothing in particular.
    roots: Option<Arc<[Arc<Root>]>>,
}

/// Directories that a connection may name for itself: each takes a descriptor, and there may be as
/// many connections.
const ROOTS_MAX: usize = 8;

/// What may be changed, from all to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Changes {
    #[default]
    All,
    /// Projects are opened and closed, and none is edited; no file is written. So it is where the
    /// whole daemon is read-only: nothing can get lost in one.
    Opening,
    /// Nothing that others have is changed. Files are opened to be looked at, under names that no
    /// project has.
    Nothing,
}

impl Rights {
    /// With paths of clients kept beneath these directories, where some are named. They have to be
    /// beneath those that were named before.
    ///
    /// # Errors
    /// Where one is no directory, or cannot be entered; the message names it.
    pub fn beneath(self, roots: &[PathBuf]) -> io::Result<Self> {
        if roots.is_empty() {
            return Ok(self);
        }
        let open = |path: &PathBuf| {
            let root = match &self.roots {
                Some(roots) => roots::place(roots, path).ok_or_else(outside::outside),
                None => Ok(Place::anywhere(path)),
            };
            root.and_then(|place| roots::open(&place)).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })
        };
        let roots = roots.iter().map(open).collect::<io::Result<_>>()?;
        Ok(Self { roots: Some(roots), ..self })
    }

    /// With no project edited and no file written, as it is where the whole daemon is read-only.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { changes: self.changes.max(Changes::Opening), ..self }
    }

    /// With nothing changed that others have.
    #[must_use]
    pub fn looking_only(self) -> Self {
        Self { changes: Changes::Nothing, ..self }
    }

    /// With no methods but those that these patterns name; `*` in them stands for anything.
    ///
    /// # Errors
    /// Where a pattern names none.
    pub fn calling<S: AsRef<str>>(self, patterns: &[S]) -> Result<Self, String> {
        let methods = Arc::new(Methods::named(patterns)?);
        Ok(Self { methods: Some(methods), ..self })
    }
}

impl Rights {
    /// Whether every method may be called, whatever it does: then nobody need ask.
    #[inline]
    pub(crate) fn are_whole(&self) -> bool {
        self.changes == Changes::All && self.methods.is_none()
    }

    /// Whether edits are refused.
    pub(crate) fn forbid_edits(&self) -> bool {
        self.changes != Changes::All
    }

    /// Says whether a call may be carried out. Every call is asked about here.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`] and [`ErrorCode::ReadOnly`].
    #[inline]
    pub(crate) fn admit(&self, method: Method, args: &Args<'_>) -> Result {
        if self.are_whole() { Ok(()) } else { self.admit_some(method, args) }
    }

    #[cold]
    fn admit_some(&self, method: Method, args: &Args<'_>) -> Result {
        let row = method.info();
        // Whoever is let in may say which session it is of: commands begin with that.
        if let Some(methods) = &self.methods
            && !methods.has(method)
            && method != Method::Attach
        {
            let what = format_args!(
                "{} cannot be called by this socket, which takes {}",
                row.name,
                methods.patterns()
            );
            return Err(RpcError::new(ErrorCode::NotAllowed, what).into());
        }
        match change(row, args) {
            Some(what) if self.changes >= what.refused_from() => Err(what.refused(row.name)),
            _ => Ok(()),
        }
    }

    /// Says whether something may be done that others notice, beyond what the row of a method
    /// tells.
    ///
    /// # Errors
    /// [`ErrorCode::ReadOnly`].
    pub(crate) fn admit_for_others(&self, name: &str) -> Result {
        let what = Change::Others;
        if self.changes >= what.refused_from() { Err(what.refused(name)) } else { Ok(()) }
    }

    /// Says whether a project may be edited, where the row of a method does not say that it is.
    ///
    /// # Errors
    /// [`ErrorCode::ReadOnly`].
    pub(crate) fn admit_edit(&self, name: &str) -> Result {
        let what = Change::Project;
        if self.changes >= what.refused_from() { Err(what.refused(name)) } else { Ok(()) }
    }

    /// The place of a path that a client named.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`] where it is beneath none of the roots.
    pub(crate) fn place(&self, path: &str) -> Result<Place> {
        let path = Path::new(path);
        let Some(roots) = &self.roots else { return Ok(Place::anywhere(path)) };
        let found = roots::place(roots, path);
        Ok(found.ok_or_else(|| RpcError::new(ErrorCode::NotAllowed, self.outside(path)))?)
    }

    /// Gives up what is beyond these directories, and what changes something. What was given up
    /// before stays so.
    ///
    /// # Errors
    /// Where a directory is not there, or lies beyond what is left. Nothing has changed then.
    pub(crate) fn narrow(&mut self, roots: Option<&[String]>, read_only: bool) -> Result {
        if let Some(paths) = roots {
            if paths.len() > ROOTS_MAX {
                let what = format_args!("{ROOTS_MAX} directories at the most");
                return Err(RpcError::params("params.roots", what).into());
            }
            let open = |(at, path): (usize, &String)| -> Result<Arc<Root>> {
                let opened = roots::open(&self.place(path)?);
                let refused = |error| match is_outside(&error) {
                    true => RpcError::new(ErrorCode::NotAllowed, self.outside(path.as_ref())),
                    false => {
                        let place = format_args!("params.roots[{at}]");
                        RpcError::params(place, format_args!("{path}: {error}"))
                    }
                };
                Ok(opened.map_err(refused)?)
            };
            self.roots = Some(paths.iter().enumerate().map(open).collect::<Result<_>>()?);
        }
        if read_only {
            self.changes = Changes::Nothing;
        }
        Ok(())
    }

    /// The directories that paths stay beneath, where there are any that they must.
    pub(crate) fn roots(&self) -> Option<impl Iterator<Item = String>> {
        let roots = self.roots.as_ref()?;
        Some(roots.iter().map(|root| root.path().to_string_lossy().into_owned()))
    }

    fn outside(&self, path: &Path) -> String {
        let roots = self.roots.as_deref().unwrap_or_default();
        format!(
            "'{}' is outside of the directories that this connection may use: {}",
            path.display(),
            roots::names(roots)
        )
    }
}

/// What a call changes.
#[derive(Clone, Copy)]
enum Change {
    Project,
    File,
    /// Projects as wholes, the daemon, other connections.
    Others,
}

/// What the row of a method says that a call changes. Opening a file under a name that no project
/// has changes nothing that others have; where the name is taken, the gate asks.
fn change(row: &Row, args: &Args<'_>) -> Option<Change> {
    let writes = matches!(row.files, Files::Writes | Files::ReadsAndWrites);
    match row.does {
        Does::Edits => Some(Change::Project),
        _ if writes && names_a_path(row, args) => Some(Change::File),
        Does::Manages if row.files != Files::Reads => Some(Change::Others),
        Does::Governs => Some(Change::Others),
        Does::Manages | Does::Neither | Does::Reads => None,
    }
}

/// Whether the client says which file. Pictures that the daemon keeps are its own.
fn names_a_path(row: &Row, args: &Args<'_>) -> bool {
    row.params.iter().any(|param| param.kind == Kind::Path && args.has(param.name()))
}

impl Change {
    fn refused_from(self) -> Changes {
        match self {
            Self::Project | Self::File => Changes::Opening,
            Self::Others => Changes::Nothing,
        }
    }

    #[cold]
    fn refused(self, name: &str) -> crate::fault::Fault {
        let what = match self {
            Self::Project => "edits a project",
            Self::File => "writes a file",
            Self::Others => "changes what others have",
        };
        let what = format_args!("{name} {what}, and this connection is read-only");
        RpcError::new(ErrorCode::ReadOnly, what).into()
    }
}

#[cfg(test)]
mod tests;
