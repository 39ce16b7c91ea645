//! What the services need of the operating system: accounts, folders, helper processes. Nothing about databases.

pub mod account;
pub mod folder;
pub mod helper;
pub mod keeper;
pub mod lifeline;
pub mod step;
