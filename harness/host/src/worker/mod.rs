//! A host in a process of its own: the child that serves it, and the parent that asks it.

pub mod child;
pub mod parent;
