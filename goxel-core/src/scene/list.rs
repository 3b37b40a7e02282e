//! [`List`]: things with an id and a name, in an order. What materials and cameras have in common.

use crate::check::check_name;
use crate::{Error, Result};

/// What a [`List`] holds.
pub(super) trait Item {
    /// What one is called.
    const KIND: &'static str;
    /// What its name begins with where none was given.
    const PREFIX: &'static str;
    /// How many a project may have.
    const MAX: usize;

    fn id(&self) -> u32;
    fn name(&self) -> &str;
    /// Takes an id, and a name where it has none.
    fn admit(&mut self, id: u32, name: impl FnOnce() -> String);
    /// Whether its numbers are allowed.
    fn check(&self) -> Result<()>;
}

/// Items under ids that are never used again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List<T> {
    items: Vec<T>,
    next: u32,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: 1 }
    }
}

impl<T: Item> List<T> {
    /// These items, and the id that the next one gets. The caller has checked them.
    pub(super) fn of(items: Vec<T>, next: u32) -> Self {
        Self { items, next }
    }

    pub(super) fn next(&self) -> u32 {
        self.next
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    /// Adds an item of id 0, or replaces the one of its id. Gives the id.
    pub(super) fn set(&mut self, mut item: T) -> Result<u32> {
        check_name(item.name())?;
        item.check()?;
        let index = match item.id() {
            0 if self.items.len() >= T::MAX => {
                return Err(Error::TooMany { kind: T::KIND, max: T::MAX });
            }
            0 => None,
            id => Some(self.index(id)?),
        };
        let id = index.map_or(self.next, |_| item.id());
        item.admit(id, || format!("{}.{id}", T::PREFIX));
        match index {
            Some(index) => self.items[index] = item,
            None => {
                self.items.push(item);
                self.next += 1;
            }
        }
        Ok(id)
    }

    pub(super) fn remove(&mut self, id: u32) -> Result<()> {
        let index = self.index(id)?;
        self.items.remove(index);
        Ok(())
    }

    pub(super) fn get(&self, id: u32) -> Result<&T> {
        self.index(id).map(|index| &self.items[index])
    }

    pub(super) fn named(&self, name: &str) -> Result<&T> {
        let found = self.items.iter().find(|item| item.name() == name);
        found.ok_or_else(|| Error::UnknownName { kind: T::KIND, name: name.to_owned() })
    }

    pub(super) fn bytes(&self) -> usize {
        let names = self.items.iter().map(|item| item.name().len()).sum::<usize>();
        size_of_val(&self.items[..]) + names
    }

    fn index(&self, id: u32) -> Result<usize> {
        let found = self.items.iter().position(|item| item.id() == id);
        found.ok_or(Error::Unknown { kind: T::KIND, id })
    }
}
