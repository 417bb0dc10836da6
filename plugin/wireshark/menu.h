// SPDX-License-Identifier: GPL-2.0-or-later
// Tools > TCP Keep-Alive in the Wireshark window: actions on the connection of the selected packet.
#ifndef KEEPALIVE_WIRESHARK_MENU_H
#define KEEPALIVE_WIRESHARK_MENU_H

namespace keepalive {

// To be called once, while protocols are registered. Where there is no window, nobody ever asks for the menu.
void register_menu(int protocol);

}  // namespace keepalive

#endif
