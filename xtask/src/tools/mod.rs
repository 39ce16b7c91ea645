//! The tools that the tasks need, found where the machine has them, installed where it has not and
//! that is possible, else named together with the command that installs them.

pub mod apt;
pub mod chromium;
pub mod npm;
pub mod psql;
pub mod servers;
pub mod wasm_opt;
pub mod wasm_target;
