//! The structure of `tcp_tokio_14`, for measuring: a task for each client.
//!
//! The example sends away whoever comes when 800 are here. This one takes as many as the system lets it have open files.
//! Like the others, it gives back whatever comes.

use std::{io, process::ExitCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_tcp_tokio: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (connection, client) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = answer(connection).await {
                eprintln!("bench_tcp_tokio: lost {client}: {error}");
            }
        });
    }
}

async fn answer(mut connection: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match connection.read(&mut buffer).await? {
            0 => return Ok(()),
            length => connection.write_all(&buffer[..length]).await?,
        }
    }
}
