//! A host in its own process: the child that serves it, and the parent that asks it.

pub mod child;
pub mod parent;
