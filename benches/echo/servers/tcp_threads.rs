//! The structure of `tcp_threads_13`, for measuring: a thread for each client.
//!
//! The example sends away whoever comes when 200 are here. This one takes as many as the system has threads for, so that
//! we can see what they cost. Like the others, it gives back whatever comes.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    thread,
};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_tcp_threads: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (connection, client) = listener.accept()?;
        let started = thread::Builder::new().spawn(move || {
            if let Err(error) = answer(connection) {
                eprintln!("bench_tcp_threads: lost {client}: {error}");
            }
        });
        if let Err(error) = started {
            eprintln!("bench_tcp_threads: no thread for {client}: {error}");
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
