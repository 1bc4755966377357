//! A data connection inside TLS: to the client it is TLS, to libunftp it is plain.
//!
//! libunftp knows TLS itself, but it ends an upload without TLS's own goodbye (`close_notify`), which
//! some clients take for an attack, and it panics when a handshake fails.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::yield_now,
};
use tokio_rustls::TlsAcceptor;

/// Passive mode: listens for the client, and passes on to where libunftp waits. Gives our port.
pub async fn passive(client: IpAddr, libunftp: SocketAddr, tls: TlsAcceptor) -> io::Result<u16> {
    let listener = TcpListener::bind((libunftp.ip(), 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        let connection = accept_from(&listener, client).await?;
        let handshake = tls.accept(connection).await;
        relay(handshake, TcpStream::connect(libunftp).await?).await
    });
    Ok(port)
}

/// Active mode: connects to the client, and waits for libunftp. Gives the address to connect to.
pub async fn active(client: SocketAddr, tls: TlsAcceptor) -> io::Result<SocketAddr> {
    let connection = TcpStream::connect(client).await?;
    let listener = TcpListener::bind((client.ip(), 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let libunftp = accept_from(&listener, client.ip()).await?;
        // The server of the control connection is the server of TLS here too, whoever connected (RFC 4217 §9).
        let handshake = tls.accept(connection).await;
        relay(handshake, libunftp).await
    });
    Ok(address)
}

/// The next connection from this address. Whoever else comes is sent away.
async fn accept_from(listener: &TcpListener, ip: IpAddr) -> io::Result<TcpStream> {
    loop {
        let (connection, from) = listener.accept().await?;
        if from.ip() == ip {
            return Ok(connection);
        }
    }
}

/// Copies in both directions until both have ended.
async fn relay(
    client: io::Result<tokio_rustls::server::TlsStream<TcpStream>>,
    mut libunftp: TcpStream,
) -> io::Result<()> {
    let copied = match client {
        Ok(mut client) => copy_bidirectional(&mut client, &mut libunftp).await,
        Err(error) => Err(error),
    };
    // An end without `close_notify` may be somebody who cuts the connection, and so the file. It must not
    // look like a proper end to libunftp: a reset does not.
    if copied.is_err() {
        // A reset that overtakes libunftp's `accept` makes that fail, and then the client never gets a reply. libunftp
        // runs on this thread, so let it go first.
        yield_now().await;
        libunftp.set_zero_linger()?;
    }
    copied.map(drop)
}
