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

pub mod ftp {
    pub mod ftp_reply {
        pub mod any_code_ends_it;
        pub mod code_by_parse;
        pub mod end_not_seen;
        pub mod end_taken_for_a_line;
        pub mod errors_become_the_end;
        pub mod every_line_loses_its_code;
        pub mod fixed_answer;
        pub mod hyphen_is_final;
        pub mod keeps_cr;
        pub mod limit_for_each_line;
        pub mod limit_looked_at_too_late;
        pub mod limit_taken_for_the_end;
        pub mod no_limit;
        pub mod no_space_needed;
        pub mod only_crlf;
        pub mod only_utf_8;
        pub mod own_buffer;
        pub mod reads_on_after_one_line;
        pub mod slices_without_looking;
        pub mod stops_without_hyphen;
        pub mod trims_before_it_looks;
        pub mod trims_the_text;
    }
    pub mod account_policy {
        pub mod above_the_root_is_nowhere;
        pub mod absolute_in_the_folder;
        pub mod all_homes;
        pub mod anonymous_may_write;
        pub mod counts_the_dots;
        pub mod cuts_dot_dot_out;
        pub mod decodes_percent;
        pub mod deletes_its_folder;
        pub mod empty_names_count;
        pub mod escapes_by_dot_dot;
        pub mod everyone_is_ada;
        pub mod everything;
        pub mod folder_not_readable;
        pub mod guest_deletes;
        pub mod guest_overwrites;
        pub mod guest_reads_only;
        pub mod guest_renames;
        pub mod ignores_case;
        pub mod nothing;
        pub mod nul;
        pub mod one_step_only;
        pub mod panics_above_the_root;
        pub mod refuses_every_dot_dot;
        pub mod refuses_two_dots_anywhere;
        pub mod relative_from_the_root;
        pub mod std_path;
        pub mod string_prefix;
    }
    pub mod parse_pasv {
        pub mod all_numbers_of_the_text;
        pub mod begins_at_the_first_digit;
        pub mod counts_characters;
        pub mod cut_to_a_byte;
        pub mod empty_parts_skipped;
        pub mod first_six_of_seven;
        pub mod five_is_enough;
        pub mod fixed_answer;
        pub mod gives_up_at_the_first_run;
        pub mod indexes_the_parts;
        pub mod last_run;
        pub mod last_run_of_six_wins;
        pub mod little_end_first;
        pub mod nothing_found;
        pub mod overflows;
        pub mod parentheses_required;
        pub mod port_over_65535_wraps;
        pub mod refuses_leading_zeros;
        pub mod sum;
        pub mod ten_times;
        pub mod times_255;
        pub mod trims;
    }
    pub mod data_target {
        pub mod believes_everybody;
        pub mod bounce;
        pub mod checks_port_not_eprt;
        pub mod client_refuses_low_ports;
        pub mod control_port;
        pub mod ignores_the_address_of_port;
        pub mod last_32_bits;
        pub mod loses_the_scope;
        pub mod low_ports;
        pub mod low_ports_of_eprt;
        pub mod off_by_one;
        pub mod off_by_one_below;
        pub mod only_ipv4;
        pub mod own_machine_is_safe;
        pub mod port_zero;
        pub mod refuses_a_foreign_reply;
        pub mod refuses_all;
        pub mod same_network_is_enough;
        pub mod trusts_the_reply_to_pasv;
        pub mod two_forms_are_two_addresses;
    }
    pub mod ascii_type {
        pub mod all_at_the_end;
        pub mod binary;
        pub mod by_lines;
        pub mod cr_becomes_lf;
        pub mod doubles_the_cr;
        pub mod drops_cr_on_the_wire;
        pub mod drops_every_cr;
        pub mod each_piece_alone_receiver;
        pub mod each_piece_alone_sender;
        pub mod empty_piece_forgets_receiver;
        pub mod empty_piece_forgets_sender;
        pub mod ends_panics;
        pub mod fixed_answer;
        pub mod lf_dropped;
        pub mod loses_the_last_cr;
        pub mod swallows_the_byte_behind;
        pub mod text_or_panic;
        pub mod through_text;
        pub mod two_crs_are_one;
    }
    pub mod ftp_url {
        pub mod any_host;
        pub mod any_scheme;
        pub mod at_sign_anywhere;
        pub mod bytes_as_characters;
        pub mod capital_scheme;
        pub mod cut_percent_panics;
        pub mod decodes_first;
        pub mod decodes_the_path_first;
        pub mod decodes_twice;
        pub mod empty_folders_skipped;
        pub mod empty_host;
        pub mod empty_password_is_none;
        pub mod fixed_answer;
        pub mod injection;
        pub mod injection_by_lf;
        pub mod injection_in_the_login;
        pub mod last_at_sign;
        pub mod last_folder_is_the_file;
        pub mod login_not_decoded;
        pub mod lossy;
        pub mod never_decodes;
        pub mod no_directory;
        pub mod no_password_is_empty;
        pub mod no_user_is_empty;
        pub mod nothing;
        pub mod nul_is_kept;
        pub mod one_folder;
        pub mod percent_kept;
        pub mod percent_with_a_sign;
        pub mod port_is_a_guess;
        pub mod port_needed;
        pub mod port_with_a_sign;
        pub mod port_zero;
        pub mod raw_line_end;
        pub mod slash_needed;
        pub mod small_letters_only;
        pub mod type_is_ascii;
        pub mod type_is_required;
        pub mod type_stays_in_the_name;
        pub mod unknown_type_is_image;
        pub mod user_needs_a_password;
    }
}
