# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finds Wireshark's headers, and says in one line what is wrong with them before a compiler or Wireshark does.
# Sets wireshark_release: the minor release, 4.0 say, that the plugin will be bound to.

find_package(Wireshark QUIET)
if(NOT Wireshark_FOUND)
    message(FATAL_ERROR "No Wireshark headers found: install wireshark-dev (Debian, Ubuntu) or wireshark-devel (Fedora), or point CMAKE_PREFIX_PATH to a Wireshark you installed.")
endif()
set(wireshark_release "${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}")
if(wireshark_release VERSION_LESS 3.4)
    message(FATAL_ERROR "The headers are of Wireshark ${wireshark_release}; the plugin needs 3.4 or later.")
endif()

# Wireshark loads only plugins of its own minor release. TSHARK=OFF skips the comparison.
find_program(TSHARK tshark DOC "The tshark that the plugin is for")
if(TSHARK)
    execute_process(COMMAND "${TSHARK}" --version OUTPUT_VARIABLE tshark_version ERROR_QUIET)
    string(REGEX MATCH "^TShark[^\n]* ([0-9]+\\.[0-9]+)\\.[0-9]+" found "${tshark_version}")
    if(found AND NOT CMAKE_MATCH_1 VERSION_EQUAL wireshark_release)
        message(FATAL_ERROR "The headers are of Wireshark ${wireshark_release}, but ${TSHARK} is ${CMAKE_MATCH_1} and would not load the plugin: install the headers of ${CMAKE_MATCH_1}, or name another program with -DTSHARK=PATH.")
    endif()
endif()
