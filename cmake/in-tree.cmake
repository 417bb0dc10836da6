# SPDX-License-Identifier: GPL-2.0-or-later
#
# The plugin inside Wireshark's own source tree, where Wireshark's build makes and installs it: see docs/install.md.
include(WiresharkPlugin)
include(plugin/sources.cmake)
set(PLUGIN_FILES ${keepalive_engine} ${keepalive_wireshark})
list(TRANSFORM PLUGIN_FILES PREPEND plugin/)

set_module_info(keepalive ${PROJECT_VERSION_MAJOR} ${PROJECT_VERSION_MINOR} ${PROJECT_VERSION_PATCH} 0)
add_wireshark_plugin_library(keepalive epan)
target_include_directories(keepalive PRIVATE plugin)
target_compile_definitions(keepalive PRIVATE
    KEEPALIVE_VERSION="${PROJECT_VERSION}"
    KEEPALIVE_WIRESHARK_MAJOR=${PROJECT_MAJOR_VERSION}  # Wireshark's own names
    KEEPALIVE_WIRESHARK_MINOR=${PROJECT_MINOR_VERSION})
target_link_libraries(keepalive epan)
install_plugin(keepalive epan)
