//! The structure of `tcp_server_03`, for measuring: one client after another.
//!
//! The example reads a message to its end and replies once. This one gives back whatever comes, as soon as it comes, so
//! that a connection can ask again and again; and it prints nothing about it.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    process::ExitCode,
};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_tcp_sequential: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (connection, client) = listener.accept()?;
        if let Err(error) = answer(connection) {
            eprintln!("bench_tcp_sequential: lost {client}: {error}");
        }
    }
}

fn answer(mut connection: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match connection.read(&mut buffer)? {
            0 => return Ok(()),
            length => connection.write_all(&buffer[..length])?,
        }
    }
}
