// SPDX-License-Identifier: GPL-2.0-or-later
// The tab "TCP Keep-Alive" of Statistics > Conversations and > Endpoints, and tshark's -z conv,keepalive and
// -z endpoints,keepalive: there Wireshark offers the filters of a row on a right click, as it does not for a table of a
// plugin's own.
#ifndef KEEPALIVE_WIRESHARK_CONVERSATIONS_TAB_H
#define KEEPALIVE_WIRESHARK_CONVERSATIONS_TAB_H

namespace keepalive {

void register_conversations_tab(int protocol);

}  // namespace keepalive

#endif
