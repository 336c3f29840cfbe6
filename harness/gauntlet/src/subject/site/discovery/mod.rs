//! x
pub mod import_map;pub mod lexer;pub mod page;pub mod script;
