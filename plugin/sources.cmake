# SPDX-License-Identifier: GPL-2.0-or-later
#
# The one list of the plugin's files, for this build and for one inside Wireshark's own tree.
set(keepalive_engine
    engine/closed_window.cpp
    engine/connection.cpp
    engine/end.cpp
    engine/prober.cpp
    engine/record.cpp
    engine/settings.cpp
    engine/summary.cpp
)
set(keepalive_wireshark
    wireshark/capture.cpp
    wireshark/conversations_tab.cpp
    wireshark/fields.cpp
    wireshark/menu.cpp
    wireshark/overview_tree.cpp
    wireshark/segment_source.cpp
    wireshark/streams_table.cpp
    wireshark/tap.cpp
    wireshark/tcp_conversation.cpp
    packet-keepalive.cpp
)
