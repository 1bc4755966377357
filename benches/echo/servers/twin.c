/* The echo servers beside this file, in C, for Linux:
 *   cc -O2 -pthread -o twin twin.c && ./twin tcp_sequential
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* As many as std of Rust lets wait to be accepted. */
#define BACKLOG 128

static void fail(const char *what) {
    fprintf(stderr, "twin: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A socket on a free port of 127.0.0.1. */
static int bound(int type) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, type, 0);
    if (server < 0) fail("socket");
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (type == SOCK_STREAM && listen(server, BACKLOG) < 0) fail("listen");
    if (getsockname(server, (struct sockaddr *)&address, &length) < 0) fail("getsockname");
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return server;
}

static int accepted(int server) {
    int connection = accept(server, NULL, NULL);
    if (connection < 0) fail("accept");
    return connection;
}

/* A client that has gone must not end us: MSG_NOSIGNAL. */
static int send_all(int connection, const char *data, ssize_t length) {
    while (length > 0) {
        ssize_t sent = send(connection, data, length, MSG_NOSIGNAL);
        if (sent < 0) return -1;
        data += sent;
        length -= sent;
    }
    return 0;
}

static void answer(int connection) {
    char buffer[1024];
    ssize_t length;
    while ((length = recv(connection, buffer, sizeof buffer, 0)) > 0) {
        if (send_all(connection, buffer, length) < 0) break;
    }
    close(connection);
}

static void tcp_sequential(void) {
    int server = bound(SOCK_STREAM);
    for (;;) answer(accepted(server));
}

static void *answer_in_thread(void *connection) {
    answer((int)(intptr_t)connection);
    return NULL;
}

static void tcp_threads(void) {
    int server = bound(SOCK_STREAM);
    for (;;) {
        intptr_t connection = accepted(server);
        pthread_t thread;
        errno = pthread_create(&thread, NULL, answer_in_thread, (void *)connection);
        if (errno != 0) fail("pthread_create");
        pthread_detach(thread);
    }
}

/* One thread, which asks the system who has something to say. */
static void tcp_epoll(void) {
    int server = bound(SOCK_STREAM), waiting = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[256];
    if (waiting < 0 || epoll_ctl(waiting, EPOLL_CTL_ADD, server, &event) < 0) fail("epoll");
    for (;;) {
        int count = epoll_wait(waiting, events, 256, -1);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            int ready = events[i].data.fd;
            if (ready == server) {
                event.data.fd = accepted(server);
                if (epoll_ctl(waiting, EPOLL_CTL_ADD, event.data.fd, &event) < 0) fail("epoll_ctl");
                continue;
            }
            char buffer[1024];
            ssize_t length = recv(ready, buffer, sizeof buffer, MSG_DONTWAIT);
            if (length < 0 && errno == EAGAIN) continue;
            /* Whoever does not take its answers is sent away: to keep them for it is more than this twin does. */
            if (length <= 0 || send(ready, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL) != length) close(ready);
        }
    }
}

static void udp_sequential(void) {
    int server = bound(SOCK_DGRAM);
    for (;;) {
        char buffer[1024];
        struct sockaddr_in client;
        socklen_t size = sizeof client;
        ssize_t length = recvfrom(server, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &size);
        if (length < 0) fail("recvfrom");
        sendto(server, buffer, length, 0, (struct sockaddr *)&client, size);
    }
}

int main(int count, char **arguments) {
    struct {
        const char *name;
        void (*serve)(void);
    } servers[] = {
        {"tcp_sequential", tcp_sequential},
        {"tcp_threads", tcp_threads},
        {"tcp_epoll", tcp_epoll},
        {"udp_sequential", udp_sequential},
    };
    for (size_t i = 0; count == 2 && i < sizeof servers / sizeof *servers; i++) {
        if (strcmp(arguments[1], servers[i].name) == 0) servers[i].serve();
    }
    fprintf(stderr, "usage: twin tcp_sequential | tcp_threads | tcp_epoll | udp_sequential\n");
    return 1;
}
