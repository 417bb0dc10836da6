// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdio.h>

// Says "ok", then obeys the commands that lab/stacks/__init__.py describes, until they end. They are written for the calls
// of BSD sockets; WITH_LWIP, for those of lwIP.
void obey_commands(const char* own_address, FILE* commands, FILE* answers);

#endif
