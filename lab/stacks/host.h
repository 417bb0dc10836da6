// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef HOST_H
#define HOST_H

#include <stdint.h>
#include <stdio.h>

// Says "ok", then obeys the commands that lab/stacks/__init__.py describes, until they end. They are written for the calls
// of BSD sockets; WITH_LWIP, for those of lwIP.
void obey_commands(const char* own_address, FILE* commands, FILE* answers);

// Since the epoch.
long long now_ns(void);

enum { MAC_OCTETS = 6 };

// False if `text` is not six octets in hexadecimal with colons between them.
int read_mac(const char* text, uint8_t octets[MAC_OCTETS]);

#endif
