// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef WITH_LWIP
#include <lwip/sockets.h>
#define CALL(name) lwip_##name
#else
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#define CALL(name) name
#endif

enum { MAX_SOCKETS = 64, MAX_OCTETS = 1 << 20, BACKLOG = 16, PATIENCE_S = 200 };

static const char* address;
static int sockets[MAX_SOCKETS];

static struct sockaddr_in socket_address(const char* host, int port) {
    struct sockaddr_in made = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    made.sin_addr.s_addr = inet_addr(host);
    return made;
}

static int prepare(int made) {
    int on = 1;
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (made >= 0) {
        CALL(setsockopt)(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        CALL(setsockopt)(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    return made;
}

static int set_option(int which, const char* name, int value) {
    static const struct {
        const char* name;
        int level, option;
    } options[] = {{"keepalive", SOL_SOCKET, SO_KEEPALIVE},
                   {"keepidle", IPPROTO_TCP, TCP_KEEPIDLE},
                   {"keepintvl", IPPROTO_TCP, TCP_KEEPINTVL},
                   {"keepcnt", IPPROTO_TCP, TCP_KEEPCNT},
                   {"receive_buffer", SOL_SOCKET, SO_RCVBUF}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcmp(name, options[i].name) == 0)
            return CALL(setsockopt)(which, options[i].level, options[i].option, &value, sizeof value);
    }
    errno = EINVAL;
    return -1;
}

#ifndef WITH_LWIP
// In repair mode, closing a connection sends nothing.
static int forget_all(void) {
    int on = 1;
    for (int i = 0; i < MAX_SOCKETS; i++) {
        if (sockets[i] > 0) {
            CALL(setsockopt)(sockets[i], IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);
            CALL(close)(sockets[i]);
        }
        sockets[i] = 0;
    }
    return 0;
}
#endif

// The result of one command; negative, with errno, if it failed.
static long obey(const char* what, int* which, char* const* words) {
    static char octets[MAX_OCTETS];
    struct linger at_once = {.l_onoff = 1};
    struct sockaddr_in peer;
    if (strcmp(what, "socket") == 0)
        return *which = prepare(CALL(socket)(AF_INET, SOCK_STREAM, 0));
    if (strcmp(what, "bind") == 0) {
        peer = socket_address(address, atoi(words[0]));
        return CALL(bind)(*which, (struct sockaddr*)&peer, sizeof peer);
    }
    if (strcmp(what, "listen") == 0)
        return CALL(listen)(*which, BACKLOG);
    if (strcmp(what, "accept") == 0)
        return sockets[atoi(words[0])] = prepare(CALL(accept)(*which, NULL, NULL));
    if (strcmp(what, "connect") == 0) {
        peer = socket_address(words[0], atoi(words[1]));
        return CALL(connect)(*which, (struct sockaddr*)&peer, sizeof peer);
    }
    if (strcmp(what, "option") == 0)
        return set_option(*which, words[0], atoi(words[1]));
    if (strcmp(what, "send") == 0)
        return CALL(send)(*which, octets, (size_t)atoi(words[0]), 0);
    if (strcmp(what, "receive") == 0)
        return CALL(recv)(*which, octets, (size_t)atoi(words[0]), 0);
    if (strcmp(what, "shutdown") == 0)
        return CALL(shutdown)(*which, SHUT_WR);
    if (strcmp(what, "reset") == 0)
        CALL(setsockopt)(*which, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
#ifndef WITH_LWIP
    if (strcmp(what, "forget") == 0)
        return forget_all();
#endif
    if (strcmp(what, "reset") == 0 || strcmp(what, "close") == 0)
        return CALL(close)(*which);
    errno = EINVAL;
    return -1;
}

void obey_commands(const char* own_address, FILE* commands, FILE* answers) {
    enum { MAX_WORDS = 5 };
    char line[256];
    address = own_address;
    setvbuf(answers, NULL, _IOLBF, 0);
    fputs("ok\n", answers);
    while (fgets(line, sizeof line, commands) != NULL) {
        char* words[MAX_WORDS + 1] = {NULL};
        int count = 0;
        for (char* word = strtok(line, " \n"); word != NULL && count < MAX_WORDS; word = strtok(NULL, " \n"))
            words[count++] = word;
        long result = obey(words[0], &sockets[atoi(words[1])], words + 2);
        if (result < 0)
            fprintf(answers, "error %s\n", strerror(errno));
        else
            fprintf(answers, "ok %ld\n", result);
    }
}

long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int read_mac(const char* text, uint8_t octets[MAC_OCTETS]) {
    return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", octets, octets + 1, octets + 2, octets + 3, octets + 4,
                  octets + 5) == MAC_OCTETS;
}
