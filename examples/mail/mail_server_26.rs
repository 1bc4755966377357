//! 26: a post office on your own machine.

use post_office as _;

fn main() {}
