#![doc = include_str!("../README.md")]

mod graph;
mod walk;

pub use graph::{Graph, GraphError};
pub use walk::Walk;
