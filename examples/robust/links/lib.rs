//! Bad links on purpose. On your own machine, datagrams are hardly ever lost and a stream's bytes come in
//! the pieces in which they were sent; between machines, neither is so. These two stand between a client and
//! a server and do what a network may do:
//!
//! - [`LossyLink`] drops, duplicates, reorders and delays UDP's datagrams;
//! - [`SlicingLink`] passes TCP's bytes on in other pieces, or stops in the middle.
//!
//! Both listen on a port of their own and pass everything on to the server. They end when they are dropped.

mod lossy;
mod slicing;

pub use lossy::{Chances, LossyLink};
pub use slicing::{Slicing, SlicingLink};

use std::time::Duration;

/// How long a link waits for bytes before it looks whether it has to end.
const LOOK: Duration = Duration::from_millis(20);

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Direction::ToServer => "to the server",
            Direction::ToClient => "to the client",
        })
    }
}
