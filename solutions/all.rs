//! One worked answer an exercise, judged by the same checks as the reader's own.

/// Part I: The network.
pub mod network {
    pub mod address_class;
    pub mod decode_frame;
    pub mod demultiplex;
    pub mod in_network;
    pub mod internet_checksum;
    pub mod layer_of;
    pub mod parse_ipv4;
    pub mod port_range;
    pub mod protocol_turns;
    pub mod special_range;
}

/// Part II: First conversations.
pub mod sockets {
    pub mod order_the_calls;
    pub mod tcp_ask;
    pub mod tcp_echo;
    pub mod udp_ask;
    pub mod udp_echo;
}

/// Part III: What the first programs hid.
pub mod robust {
    pub mod broadcast;
    pub mod connection_cap;
    pub mod duplicate_filter;
    pub mod graceful_shutdown;
    pub mod idle_timeout;
    pub mod join_group;
    pub mod length_prefix;
    pub mod own_echo;
    pub mod read_lines;
    pub mod sequence_audit;
    pub mod size_guard;
    pub mod slow_client;
    pub mod stop_and_wait;
    pub mod upload_then_reply;
}

/// Part IV: FTP.
pub mod ftp {
    pub mod account_policy;
    pub mod ascii_type;
    pub mod data_target;
    pub mod ftp_reply;
    pub mod ftp_url;
    pub mod parse_pasv;
}

/// Part V: Mail.
pub mod mail {
    pub mod bcc;
    pub mod credentials;
    pub mod dot_stuffing;
    pub mod encoded_word;
    pub mod imap_literal;
    pub mod mime_tree;
    pub mod next_hop;
    pub mod pop3_multiline;
    pub mod pop3_states;
    pub mod quoted_printable;
    pub mod smtp_reply;
    pub mod smtp_session;
    pub mod starttls;
    pub mod uidl_sync;
}

#[cfg(test)]
mod against_etherparse;
#[cfg(test)]
mod against_mail_crates;
