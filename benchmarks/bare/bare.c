/*
 * What the machine gives to somebody who does next to nothing: two epoll loops that look for the end of a request and send
 * an answer that was made beforehand. No server that checks what it is sent can be as fast; how near it comes is what counts.
 *
 *     bare PORT FILE LOOPS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, RECEIVE = 16384, MAX_FILE = 32768, MAX_ANSWERS = 16, MAX_LOOPS = 64 };

static const char CLOSE[] = "\r\nConnection: close\r\n";
static struct sockaddr_in address;
static char answer[MAX_FILE + 512];
static size_t answer_length;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void make_answer(const char *path) {
    static char contents[MAX_FILE + 1];
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    size_t length = fread(contents, 1, sizeof contents, file);
    if (ferror(file)) die(path);
    fclose(file);
    if (length > MAX_FILE) {
        fprintf(stderr, "%s has more than %d bytes\n", path, MAX_FILE);
        exit(1);
    }
    // As many fields as the others send.
    answer_length = snprintf(answer, sizeof answer,
        "HTTP/1.1 200 OK\r\nServer: bare\r\nDate: Fri, 27 Nov 2026 08:00:00 GMT\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: %zu\r\nLast-Modified: Fri, 27 Nov 2026 08:00:00 GMT\r\nETag: \"0123456789abcdef\"\r\n"
        "Accept-Ranges: bytes\r\n\r\n", length);
    memcpy(answer + answer_length, contents, length);
    answer_length += length;
}

static int listen_on_own_socket(void) {
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) die("socket");
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one)) die("setsockopt");
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) || listen(descriptor, 4096)) die("listen");
    return descriptor;
}

static void watch(int epoll, int descriptor, unsigned events) {
    struct epoll_event event = { .events = events, .data.fd = descriptor };
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
}

static void accept_all(int epoll, int listener) {
    int one = 1, descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, descriptor, EPOLLIN | EPOLLRDHUP | EPOLLET);
    }
}

// Answers the requests that have come. wrk sends each of them, or each batch, whole and waits for what it has asked for.
static void serve(int descriptor, char *received, char *answers) {
    ssize_t length = recv(descriptor, received, RECEIVE, 0);
    if (length <= 0) {
        if (length == 0 || errno != EAGAIN) close(descriptor);
        return;
    }
    size_t count = 0;
    const char *end = received + length;
    for (const char *at = received; (at = memmem(at, end - at, "\r\n\r\n", 4)); at += 4) count++;
    while (count > 0) {
        size_t now = count < MAX_ANSWERS ? count : MAX_ANSWERS;
        const char *from = answer;
        if (now > 1) {
            for (size_t i = 0; i < now; i++) memcpy(answers + i * answer_length, answer, answer_length);
            from = answers;
        }
        // What does not fit means that the connection cannot be used for this; wrk reports it.
        if (send(descriptor, from, now * answer_length, MSG_NOSIGNAL) != (ssize_t)(now * answer_length)) {
            close(descriptor);
            return;
        }
        count -= now;
    }
    if (memmem(received, length, CLOSE, sizeof CLOSE - 1)) close(descriptor);
}

static void run(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), listener = listen_on_own_socket();
    if (epoll < 0) die("epoll_create1");
    watch(epoll, listener, EPOLLIN);
    struct epoll_event events[EVENTS];
    char *received = malloc(RECEIVE), *answers = malloc(MAX_ANSWERS * sizeof answer);
    if (!received || !answers) die("malloc");
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) accept_all(epoll, listener);
            else serve(events[i].data.fd, received, answers);
        }
    }
}

static void *run_thread(void *unused) {
    run();
    return unused;
}

int main(int count, char **arguments) {
    int loops = count == 4 ? atoi(arguments[3]) : 0;
    if (loops < 1 || loops > MAX_LOOPS) {
        fprintf(stderr, "usage: bare PORT FILE LOOPS\n");
        return 2;
    }
    address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    make_answer(arguments[2]);
    for (int i = 1; i < loops; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, run_thread, NULL)) die("pthread_create");
    }
    run();
}
