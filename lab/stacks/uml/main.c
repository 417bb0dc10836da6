// SPDX-License-Identifier: GPL-2.0-or-later

// A host whose TCP is that of another Linux kernel: the first and only program of a user-mode Linux. It reads and writes
// what lab/stacks/__init__.py says, through serial lines.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "host.h"

#define DEVICE "vec0"

// The kernel's counters, under the names that /proc/net/netstat has for them.
static const char* const counters[] = {"TCPKeepAlive", "TCPWinProbe", "TCPAbortOnTimeout"};
enum { COUNTERS = sizeof counters / sizeof counters[0], MAX_TEXT = 1 << 14 };

static int packets;
static FILE* told;  // what standard error is to the other stacks

static int checked(int result, const char* what) {
    if (result < 0) {
        fprintf(told, "%s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static FILE* open_line(const char* path) {
    struct termios mode;
    int line = checked(open(path, O_RDWR | O_NOCTTY), path);
    checked(tcgetattr(line, &mode), path);
    cfmakeraw(&mode);
    checked(tcsetattr(line, TCSANOW, &mode), path);
    return fdopen(line, "r+");
}

// The first line has the names, the second the numbers.
static void read_counters(int netstat, long values[COUNTERS]) {
    static char text[MAX_TEXT];
    char *lines, *in_names, *in_numbers;
    ssize_t length = checked((int)pread(netstat, text, sizeof text - 1, 0), "netstat");
    text[length] = '\0';
    char* names = strtok_r(text, "\n", &lines);
    char* numbers = strtok_r(NULL, "\n", &lines);
    char* name = strtok_r(names, " ", &in_names);
    char* number = strtok_r(numbers, " ", &in_numbers);
    while (name != NULL && number != NULL) {
        for (int i = 0; i < COUNTERS; i++) {
            if (strcmp(name, counters[i]) == 0)
                values[i] = atol(number);
        }
        name = strtok_r(NULL, " ", &in_names);
        number = strtok_r(NULL, " ", &in_numbers);
    }
}

// Looks at the counters when the kernel has sent something, which is the only time when they matter.
static void* watch_counters(void* unused) {
    int netstat = checked(open("/proc/net/netstat", O_RDONLY), "netstat");
    long known[COUNTERS], current[COUNTERS];
    struct sockaddr_ll from;
    long long before = now_ns();
    char first;
    (void)unused;
    read_counters(netstat, known);
    for (;;) {
        socklen_t length = sizeof from;
        if (recvfrom(packets, &first, 1, MSG_TRUNC, (struct sockaddr*)&from, &length) < 0 ||
            from.sll_pkttype != PACKET_OUTGOING)
            continue;
        read_counters(netstat, current);
        long long after = now_ns();
        for (int i = 0; i < COUNTERS; i++) {
            for (; known[i] < current[i]; known[i]++)
                fprintf(told, "%s %lld %lld\n", counters[i], before, after);
        }
        before = after;
    }
    return NULL;
}

static void set_up_device(const char* address, const char* mac) {
    struct ifreq request = {.ifr_name = DEVICE};
    struct sockaddr_in own = {.sin_family = AF_INET}, mask = {.sin_family = AF_INET};
    struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    int any = checked(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    if (!read_mac(mac, (uint8_t*)request.ifr_hwaddr.sa_data))
        exit(1);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    checked(ioctl(any, SIOCSIFHWADDR, &request), "SIOCSIFHWADDR");
    own.sin_addr.s_addr = inet_addr(address);
    memcpy(&request.ifr_addr, &own, sizeof own);
    checked(ioctl(any, SIOCSIFADDR, &request), "SIOCSIFADDR");
    mask.sin_addr.s_addr = htonl(0xffffff00);
    memcpy(&request.ifr_netmask, &mask, sizeof mask);
    checked(ioctl(any, SIOCSIFNETMASK, &request), "SIOCSIFNETMASK");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    checked(ioctl(any, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
    packets = checked(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), "AF_PACKET");
    all.sll_ifindex = (int)if_nametoindex(DEVICE);
    checked(bind(packets, (struct sockaddr*)&all, sizeof all), "bind");
    close(any);
}

int main(int argc, char** argv) {
    pthread_t thread;
    told = stderr;
    told = open_line("/dev/ttyS1");
    setvbuf(told, NULL, _IOLBF, 0);
    FILE* line = open_line("/dev/ttyS0");
    if (argc < 3)
        return 2;
    checked(mount("proc", "/proc", "proc", 0, NULL), "/proc");
    set_up_device(argv[1], argv[2]);
    if (pthread_create(&thread, NULL, watch_counters, NULL) != 0)
        return 1;
    obey_commands(argv[1], line, line);
    return 0;
}
