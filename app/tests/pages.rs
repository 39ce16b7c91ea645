//! Pages as a whole.
mod samples;
