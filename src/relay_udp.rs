//! The relay of datagrams.

use crate::relay::{BUFFER, Direction, Log, MOST_CLIENTS, Seen, hex};
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{net::UdpSocket, task::JoinSet};

/// Each client gets a socket of its own towards the server, so that replies find their way back.
pub(crate) async fn relay_udp(clients: UdpSocket, server: SocketAddr, log: Log) {
    let clients = Arc::new(clients);
    let mut ways: HashMap<SocketAddr, (usize, Arc<UdpSocket>)> = HashMap::new();
    let mut replies = JoinSet::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let (length, client) = match clients.recv_from(&mut buffer).await {
            Ok(received) => received,
            // Windows tells here of an earlier datagram that found nobody.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
            Err(_) => return,
        };
        if !ways.contains_key(&client) {
            if ways.len() == MOST_CLIENTS {
                continue;
            }
            let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else {
                continue;
            };
            if socket.connect(server).await.is_err() {
                continue;
            }
            let (number, socket) = (ways.len(), Arc::new(socket));
            replies.spawn(relay_replies(
                socket.clone(),
                clients.clone(),
                client,
                number,
                log.clone(),
            ));
            ways.insert(client, (number, socket));
        }
        let (number, socket) = &ways[&client];
        let seen = Seen::Datagram(hex(&buffer[..length]));
        log.saw(*number, Direction::ToServer, seen).await;
        let _ = socket.send(&buffer[..length]).await;
    }
}

async fn relay_replies(
    socket: Arc<UdpSocket>,
    clients: Arc<UdpSocket>,
    client: SocketAddr,
    number: usize,
    log: Log,
) {
    let mut buffer = vec![0; BUFFER];
    loop {
        match socket.recv(&mut buffer).await {
            Ok(length) => {
                let seen = Seen::Datagram(hex(&buffer[..length]));
                log.saw(number, Direction::ToClient, seen).await;
                let _ = clients.send_to(&buffer[..length], client).await;
            }
            Err(error) => match error.kind() {
                io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
                    log.saw(number, Direction::ToClient, Seen::Refused).await;
                }
                _ => return,
            },
        }
    }
}
