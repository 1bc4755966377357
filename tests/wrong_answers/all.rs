//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod network {
    pub mod protocol_turns {
        pub mod always_complete;
        pub mod any_bye;
        pub mod bye_must_wait_for_replies;
        pub mod client_says_bye_twice;
        pub mod client_speaks_after_its_bye;
        pub mod counts_lines_from_zero;
        pub mod counts_replies_only;
        pub mod eight_bit_counters;
        pub mod eight_bit_debt;
        pub mod eight_bit_lines;
        pub mod eight_bit_numbers;
        pub mod empty_is_complete;
        pub mod forgets_the_numbers_of_questions;
        pub mod hundred_questions_at_most;
        pub mod ignores_who_speaks;
        pub mod lets_the_rest_through;
        pub mod looks_at_the_ends_only;
        pub mod never_ahead;
        pub mod never_ends;
        pub mod numbers_from_zero;
        pub mod numbers_only_grow;
        pub mod owed_replies_refused;
        pub mod panics_on_reply_zero;
        pub mod reads_past_the_end;
        pub mod ready_at_any_time;
        pub mod ready_is_not_needed;
        pub mod replies_out_of_order;
        pub mod replies_twice;
        pub mod reply_before_the_question;
        pub mod server_bye_while_replies_are_owed;
        pub mod server_says_bye_first;
        pub mod sixteen_bit_numbers;
        pub mod stops_at_the_servers_bye;
        pub mod tells_the_last_breach;
        pub mod two_ahead_at_most;
        pub mod unbroken_is_complete;
        pub mod unfinished_is_broken;
    }
    pub mod layer_of {
        pub mod always_application;
        pub mod arp_at_internet;
        pub mod arp_in_transport;
        pub mod dhcp_at_network;
        pub mod dns_in_transport;
        pub mod ethernet_is_physical;
        pub mod ftp_at_session;
        pub mod gives_up_on_the_rest;
        pub mod http_at_internet;
        pub mod http_at_presentation;
        pub mod icmp_an_application;
        pub mod icmp_in_transport;
        pub mod ip_at_the_link;
        pub mod ipv6_elsewhere;
        pub mod only_the_four;
        pub mod session_and_presentation_swapped;
        pub mod session_in_transport;
        pub mod signals_at_data_link;
        pub mod smtp_at_presentation;
        pub mod tcp_and_ip_are_one;
        pub mod tcp_at_session;
        pub mod udp_below_tcp;
    }
    pub mod internet_checksum {
        pub mod carry_dropped;
        pub mod crc;
        pub mod first_twenty_bytes;
        pub mod folded_once;
        pub mod folded_twice;
        pub mod last_byte_dropped;
        pub mod last_byte_padded_in_front;
        pub mod length_minus_one;
        pub mod little_endian;
        pub mod never_ends;
        pub mod not_turned_over;
        pub mod nothing_is_zero;
        pub mod saturating_sum;
        pub mod saturating_wide_sum;
        pub mod sign_changed;
        pub mod single_bytes;
        pub mod sixteen_bit_sum;
        pub mod skips_the_checksum_field;
        pub mod the_examples_answer;
        pub mod thirty_two_bit_sum;
        pub mod udp_zero_rule;
        pub mod wants_pairs_only;
        pub mod wrapping_sum;
    }
    pub mod decode_frame {
        pub mod cut_packet_taken;
        pub mod cut_taken_for_bad_length;
        pub mod cut_within_udp;
        pub mod dont_fragment_refused;
        pub mod end_of_datagram_in_16_bits;
        pub mod end_of_packet_in_16_bits;
        pub mod fixed_minimum_only;
        pub mod half_the_offset;
        pub mod header_length_in_words;
        pub mod ignores_fragments;
        pub mod ignores_options;
        pub mod ignores_the_ether_type;
        pub mod ignores_the_protocol;
        pub mod ignores_the_version;
        pub mod little_endian;
        pub mod long_frames_refused;
        pub mod never_ends;
        pub mod only_more_fragments;
        pub mod only_the_offset;
        pub mod padding_in_the_payload;
        pub mod padding_refused;
        pub mod panics_on_a_cut_frame;
        pub mod payload_to_the_end_of_the_packet;
        pub mod port_zero_refused;
        pub mod refuses_an_empty_payload;
        pub mod same_error_for_all;
        pub mod saturating_length;
        pub mod short_ipv4_header;
        pub mod source_and_destination_swapped;
        pub mod strips_a_checksum;
        pub mod the_lessons_answer;
        pub mod total_length_below_the_header;
        pub mod total_length_not_compared;
        pub mod trusts_total_length;
        pub mod trusts_udps_length;
        pub mod udp_must_fill_the_packet;
        pub mod udps_length_below_eight;
        pub mod udps_length_cut_to_fit;
        pub mod udps_length_within_the_frame;
        pub mod udps_length_without_its_header;
        pub mod verifies_the_header_checksum;
        pub mod wants_sixty_bytes;
    }
    pub mod parse_ipv4 {
        pub mod cut_down_to_a_byte;
        pub mod cuts_characters;
        pub mod digits_of_any_script;
        pub mod double_zero;
        pub mod empty_part_is_zero;
        pub mod five_parts;
        pub mod fixed_answer;
        pub mod index_out_of_bounds;
        pub mod leading_zeros;
        pub mod never_an_address;
        pub mod octal;
        pub mod old_short_forms;
        pub mod overflows;
        pub mod plus_sign;
        pub mod reads_lines;
        pub mod refuses_255;
        pub mod refuses_zero;
        pub mod reversed;
        pub mod round_trip_of_signs;
        pub mod skips_empty_parts;
        pub mod strips_the_port;
        pub mod three_parts;
        pub mod trailing_dot;
        pub mod trims;
        pub mod unwraps;
    }
    pub mod address_class {
        pub mod a_ends_at_128;
        pub mod b_ends_at_190;
        pub mod b_ends_at_192;
        pub mod bits_from_the_low_end;
        pub mod c_ends_at_222;
        pub mod c_ends_at_224;
        pub mod c_takes_the_rest;
        pub mod d_ends_at_238;
        pub mod d_ends_at_240;
        pub mod d_takes_the_rest;
        pub mod e_ends_at_254;
        pub mod examples_by_heart;
        pub mod fixed_answer;
        pub mod last_octet;
        pub mod loopback_has_no_class;
        pub mod refuses_the_special;
        pub mod two_bits;
        pub mod zero_has_no_class;
    }
    pub mod in_network {
        pub mod adds_the_size;
        pub mod always_false;
        pub mod always_true;
        pub mod compares_bits_as_text;
        pub mod compares_text;
        pub mod compares_the_host;
        pub mod ends_left_out_of_every_network;
        pub mod leaves_out_first_and_last;
        pub mod longer_is_32;
        pub mod longer_wraps;
        pub mod looks_at_every_address;
        pub mod mask_from_the_low_end;
        pub mod network_not_masked;
        pub mod octets_out_of_bounds;
        pub mod octets_rounded_up;
        pub mod one_bit_too_few;
        pub mod one_bit_too_many;
        pub mod range_without_its_end;
        pub mod right_shift_overflows_at_0;
        pub mod shift_overflows_at_0;
        pub mod shift_wraps_at_0;
        pub mod underflows_at_33;
        pub mod whole_octets;
        pub mod zero_only_with_0_0_0_0;
    }
    pub mod special_range {
        pub mod always_public;
        pub mod benchmarking_is_a_16;
        pub mod broadcast_takes_all_of_255;
        pub mod documentation_is_a_16;
        pub mod each_255_is_a_broadcast;
        pub mod examples_by_heart;
        pub mod link_local_all_of_169;
        pub mod link_local_forgotten;
        pub mod loopback_is_a_24;
        pub mod loopback_is_one_address;
        pub mod multicast_is_a_8;
        pub mod multicast_takes_the_rest;
        pub mod one_documentation_network;
        pub mod panics_where_nobody_is;
        pub mod private_172_15;
        pub mod private_172_16_only;
        pub mod private_172_32;
        pub mod private_172_without_31;
        pub mod private_all_of_172;
        pub mod private_all_of_192;
        pub mod protocol_assignments_all_of_192_0;
        pub mod protocol_assignments_win;
        pub mod reserved_takes_broadcast;
        pub mod shared_all_of_100;
        pub mod shared_is_a_16;
        pub mod shared_to_128;
        pub mod this_network_is_one_address;
    }
    pub mod port_range {
        pub mod dynamic_ends_at_60999;
        pub mod examples_by_heart;
        pub mod fixed_answer;
        pub mod last_port_missing;
        pub mod signed;
        pub mod swapped;
        pub mod system_ends_at_1000;
        pub mod system_ends_at_1022;
        pub mod system_ends_at_1024;
        pub mod system_ends_at_255;
        pub mod user_ends_at_32767;
        pub mod user_ends_at_49149;
        pub mod user_ends_at_49150;
        pub mod user_ends_at_49152;
        pub mod zero_is_choose_for_me;
        pub mod zero_is_dynamic;
        pub mod zero_panics;
    }
    pub mod demultiplex {
        pub mod connection_swapped;
        pub mod destination_address_ignored;
        pub mod destination_ignored;
        pub mod first_in_the_table;
        pub mod first_that_fits;
        pub mod fixed_answer;
        pub mod ignores_the_protocol;
        pub mod last_that_fits;
        pub mod listener_wins;
        pub mod listener_without_connections_only;
        pub mod loopback_from_elsewhere_refused;
        pub mod most_specific_by_number;
        pub mod no_listener;
        pub mod no_wildcard;
        pub mod no_wildcard_for_tcp;
        pub mod nobody;
        pub mod own_packet_refused;
        pub mod place_in_the_table;
        pub mod port_alone;
        pub mod same_port_refused;
        pub mod source_0_0_0_0_refused;
        pub mod source_address_ignored;
        pub mod source_for_destination;
        pub mod source_ignored;
        pub mod source_port_ignored;
        pub mod udp_falls_back_to_tcp;
        pub mod udp_from_one_sender_only;
        pub mod unwraps;
        pub mod wildcard_at_every_port;
        pub mod wildcard_listener_wins;
        pub mod wildcard_wins;
    }
}

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
        pub mod codes_from_100_to_599;
        pub mod crlf_not_counted;
        pub mod end_not_seen;
        pub mod end_taken_for_a_line;
        pub mod errors_become_the_end;
        pub mod every_line_end_counts_two;
        pub mod every_line_loses_its_code;
        pub mod fixed_answer;
        pub mod hyphen_is_final;
        pub mod keeps_cr;
        pub mod limit_for_each_line;
        pub mod limit_looked_at_too_late;
        pub mod limit_taken_for_the_end;
        pub mod no_limit;
        pub mod no_space_needed;
        pub mod no_text_if_not_utf_8;
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
        pub mod own_folder_is_the_root;
        pub mod panics_above_the_root;
        pub mod refuses_control_characters;
        pub mod refuses_every_dot_dot;
        pub mod refuses_line_ends;
        pub mod refuses_two_dots_anywhere;
        pub mod relative_from_the_root;
        pub mod splits_at_backslashes;
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
        pub mod is_numeric;
        pub mod last_run;
        pub mod last_run_of_six_wins;
        pub mod little_end_first;
        pub mod nothing_found;
        pub mod overflows;
        pub mod parentheses_required;
        pub mod port_over_65535_wraps;
        pub mod refuses_leading_zeros;
        pub mod refuses_port_zero;
        pub mod shifts_by_the_sum;
        pub mod sum;
        pub mod ten_times;
        pub mod times_255;
        pub mod trims;
    }
    pub mod data_target {
        pub mod address_of_eprt;
        pub mod believes_everybody;
        pub mod bounce;
        pub mod canonical_address;
        pub mod checks_port_not_eprt;
        pub mod client_refuses_low_ports;
        pub mod control_port;
        pub mod ignores_the_address_of_port;
        pub mod last_32_bits;
        pub mod loses_the_flow_label;
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
        pub mod brackets_in_the_host;
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
        pub mod last_colon;
        pub mod last_folder_is_the_file;
        pub mod login_not_decoded;
        pub mod lossy;
        pub mod never_decodes;
        pub mod no_directory;
        pub mod no_password_is_empty;
        pub mod no_user_is_empty;
        pub mod nothing;
        pub mod nul_is_kept;
        pub mod one_colon;
        pub mod one_folder;
        pub mod percent_kept;
        pub mod percent_with_a_sign;
        pub mod port_is_a_guess;
        pub mod port_needed;
        pub mod port_with_a_sign;
        pub mod port_zero;
        pub mod raw_line_end;
        pub mod slash_needed;
        pub mod small_host;
        pub mod small_letters_only;
        pub mod type_is_ascii;
        pub mod type_is_required;
        pub mod type_stays_in_the_name;
        pub mod unknown_type_is_image;
        pub mod user_needs_a_password;
    }
}

pub mod mail {
    pub mod next_hop {
        pub mod always_imap;
        pub mod always_pop3;
        pub mod back_to_the_sender;
        pub mod case_counts;
        pub mod ends_in_the_store;
        pub mod everything_is_fetched;
        pub mod first_at_sign;
        pub mod fixed_answer;
        pub mod foreign_msa;
        pub mod header_to;
        pub mod mda_speaks_pop3;
        pub mod mda_writes_by_lmtp;
        pub mod mda_writes_by_pop3;
        pub mod msa_leaves_the_house;
        pub mod msa_of_the_recipient;
        pub mod msa_of_the_sender;
        pub mod mta_always_delivers;
        pub mod mta_never_delivers;
        pub mod mta_writes_the_mailbox;
        pub mod mua_finds_the_recipient;
        pub mod neighbours_need_no_msa;
        pub mod neighbours_need_no_mta;
        pub mod no_msa;
        pub mod one_at_sign_only;
        pub mod reader_sends_on;
        pub mod smtp_from_the_store;
        pub mod smtp_to_the_mda;
        pub mod store_pushes;
        pub mod submission_everywhere;
        pub mod submission_is_smtp;
        pub mod substring;
        pub mod suffix;
    }
}
