//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod join_group {
    pub mod another_socket_joins;
    pub mod arguments_swapped;
    pub mod bind_error_ignored;
    pub mod bound_by_std;
    pub mod bound_to_everything;
    pub mod bound_to_loopback;
    pub mod error_ignored;
    pub mod group_of_the_lesson;
    pub mod interface_hard_coded;
    pub mod interface_ignored;
    pub mod join_forgotten;
    pub mod leaves_again;
    pub mod nonblocking;
    pub mod of_ipv6;
    pub mod port_of_its_own;
    pub mod reuse_after_bind;
    pub mod reuse_forgotten;
    pub mod reuse_port_alone;
    pub mod unwrapped;
}
