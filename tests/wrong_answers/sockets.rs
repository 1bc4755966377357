//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod sockets {
    pub mod order_the_calls {
        pub mod client_listens;
        pub mod forgets_close;
        pub mod listen_missing;
        pub mod no_bind;
        pub mod receive_before_send;
        pub mod server_connects;
        pub mod talks_on_the_listener;
        pub mod udp_server_accepts;
        pub mod udp_server_connects_first;
        pub mod udp_server_listens;
    }
    pub mod udp_echo {
        pub mod answers_first_client;
        pub mod answers_once;
        pub mod buffer_without_room;
        pub mod connects_to_first_client;
        pub mod ends_on_empty;
        pub mod replies_from_another_socket;
        pub mod skips_empty;
        pub mod small_buffer;
        pub mod swallows_errors;
        pub mod through_text;
        pub mod whole_buffer;
        pub mod whole_buffer_too_long_to_send;
    }
    pub mod udp_ask {
        pub mod clock_restarts;
        pub mod fixed_timeout;
        pub mod gives_up_at_a_stranger;
        pub mod leaks_would_block;
        pub mod no_timeout;
        pub mod small_buffer;
        pub mod takes_a_strangers_reply;
        pub mod waits_past_an_empty_reply;
        pub mod whole_buffer;
    }
    pub mod tcp_echo {
        pub mod dies_with_a_client;
        pub mod gives_up_when_interrupted;
        pub mod ignores_write_errors;
        pub mod misses_the_end;
        pub mod reset_taken_for_the_end;
        pub mod single_read;
        pub mod stops_at_first_client;
        pub mod swallows_accept_errors;
        pub mod through_text;
        pub mod waits_for_the_end;
        pub mod whole_buffer;
        pub mod write_for_write_all;
    }
    pub mod tcp_ask {
        pub mod clock_restarts;
        pub mod fixed_timeout;
        pub mod leaks_would_block;
        pub mod never_shuts_down;
        pub mod no_limit_on_sending;
        pub mod no_timeout;
        pub mod patience_anew_for_the_reply;
        pub mod reset_taken_for_the_end;
        pub mod short_read_taken_for_the_end;
        pub mod shuts_both_down;
        pub mod single_read;
        pub mod time_is_up_taken_for_the_end;
        pub mod whole_buffer;
        pub mod write_all_with_one_limit;
    }
}
