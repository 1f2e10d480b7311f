//! The store on the real engine, in one program: what links once builds fast.

mod entry;
mod lists;
mod tickets;
mod world;
