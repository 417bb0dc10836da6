// SPDX-License-Identifier: GPL-2.0-or-later

// A host whose TCP is lwIP, on the packet socket that it inherits. lab/stacks/__init__.py says what it reads and
// writes.
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lwip/etharp.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcpip.h>

#include "host.h"

enum { MAX_FRAME = 2048 };

static int link_descriptor;
static unsigned frames_sent;
static struct netif device;

// The hooks. liblwip.so calls these functions by its table of dynamic symbols, so that the ones here come first.

static void* of_library(const char* name) {
    void* function = dlsym(RTLD_NEXT, name);
    if (function == NULL)
        abort();
    return function;
}

// Says so if something was sent since then.
static void tell(const char* why, long long before, unsigned sent_before) {
    if (frames_sent != sent_before)
        fprintf(stderr, "%s %lld %lld\n", why, before, now_ns());
}

err_t tcp_keepalive(struct tcp_pcb* pcb) {
    err_t (*original)(struct tcp_pcb*) = of_library("tcp_keepalive");
    long long before = now_ns();
    unsigned sent_before = frames_sent;
    err_t result = original(pcb);
    tell("TCPKeepAlive", before, sent_before);
    return result;
}

err_t tcp_zero_window_probe(struct tcp_pcb* pcb) {
    err_t (*original)(struct tcp_pcb*) = of_library("tcp_zero_window_probe");
    long long before = now_ns();
    unsigned sent_before = frames_sent;
    err_t result = original(pcb);
    tell("TCPWinProbe", before, sent_before);
    return result;
}

static int in_slow_timer;

void tcp_slowtmr(void) {
    void (*original)(void) = of_library("tcp_slowtmr");
    in_slow_timer = 1;
    original();
    in_slow_timer = 0;
}

// The slow timer resets a connection for one reason alone: that its keepalives were not answered.
void tcp_rst(const struct tcp_pcb* pcb, u32_t seqno, u32_t ackno, const ip_addr_t* local_ip, const ip_addr_t* remote_ip,
             u16_t local_port, u16_t remote_port) {
    void (*original)(const struct tcp_pcb*, u32_t, u32_t, const ip_addr_t*, const ip_addr_t*, u16_t, u16_t) =
        of_library("tcp_rst");
    long long before = now_ns();
    unsigned sent_before = frames_sent;
    original(pcb, seqno, ackno, local_ip, remote_ip, local_port, remote_port);
    if (in_slow_timer)
        tell("TCPAbortOnTimeout", before, sent_before);
}

// The device.

static err_t send_frame(struct netif* netif, struct pbuf* buffer) {
    char frame[MAX_FRAME];
    (void)netif;
    u16_t length = pbuf_copy_partial(buffer, frame, sizeof frame, 0);
    if (write(link_descriptor, frame, length) != length)
        return ERR_IF;
    frames_sent++;
    return ERR_OK;
}

static void* receive_frames(void* unused) {
    char frame[MAX_FRAME];
    (void)unused;
    for (;;) {
        ssize_t length = read(link_descriptor, frame, sizeof frame);
        if (length <= 0)
            continue;
        struct pbuf* buffer = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
        if (buffer == NULL)
            continue;
        pbuf_take(buffer, frame, (u16_t)length);
        if (device.input(buffer, &device) != ERR_OK)
            pbuf_free(buffer);
    }
    return NULL;
}

static err_t set_up_device(struct netif* netif) {
    netif->name[0] = 'e';
    netif->name[1] = 't';
    netif->mtu = 1500;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static void set_up(const char* address, const char* mac) {
    ip4_addr_t own, mask, none;
    pthread_t thread;
    if (!read_mac(mac, device.hwaddr))
        abort();
    ip4addr_aton(address, &own);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    ip4_addr_set_any(&none);
    tcpip_init(NULL, NULL);
    LOCK_TCPIP_CORE();
    netif_add(&device, &own, &mask, &none, NULL, set_up_device, tcpip_input);
    netif_set_default(&device);
    netif_set_up(&device);
    UNLOCK_TCPIP_CORE();
    if (pthread_create(&thread, NULL, receive_frames, NULL) != 0)
        abort();
}

int main(int argc, char** argv) {
    if (argc < 4)
        return 2;
    setvbuf(stderr, NULL, _IOLBF, 0);
    link_descriptor = atoi(argv[1]);
    set_up(argv[2], argv[3]);
    obey_commands(argv[2], stdin, stdout);
    return 0;
}
