# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where things go, and how they are removed again:
#   for everyone on the machine   cmake --install build                        cmake --build build --target uninstall
#   for one user                  cmake --install build --component personal   cmake --build build --target uninstall-personal

# Wireshark gives its plugin folder as an absolute path. Made relative to its own prefix, so that --prefix and packages work.
string(REGEX REPLACE "/lib(64|exec)?/.*" "" wireshark_prefix "${Wireshark_PLUGIN_INSTALL_DIR}")
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
    set(CMAKE_INSTALL_PREFIX "${wireshark_prefix}" CACHE PATH "Wireshark's own prefix" FORCE)
endif()
file(RELATIVE_PATH plugin_directory "${wireshark_prefix}" "${Wireshark_PLUGIN_INSTALL_DIR}/epan")
include(GNUInstallDirs)

# For the removal, which must know where to stop. Known at install time only: `cmake --install --prefix` may be another.
set(prefix_file "${PROJECT_BINARY_DIR}/install_prefix.txt")
install(CODE "file(WRITE [==[${prefix_file}]==] \"\${CMAKE_INSTALL_PREFIX}\")" COMPONENT keepalive)
install(TARGETS keepalive LIBRARY DESTINATION "${plugin_directory}" COMPONENT keepalive)
install(DIRECTORY profiles/ DESTINATION "${CMAKE_INSTALL_DATADIR}/wireshark/profiles" COMPONENT keepalive
    PATTERN README.md EXCLUDE)
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT keepalive)
install(DIRECTORY docs "${documentation}/" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT keepalive)

add_custom_target(uninstall VERBATIM COMMAND "${CMAKE_COMMAND}"
    "-DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt" "-DPREFIX_FILE=${prefix_file}" -P "${CMAKE_CURRENT_LIST_DIR}/uninstall.cmake")

set(personal_install "${PROJECT_BINARY_DIR}/personal.cmake")
set(plugin_file "$<TARGET_FILE:keepalive>")
set(plugin_name "$<TARGET_FILE_NAME:keepalive>")
configure_file("${CMAKE_CURRENT_LIST_DIR}/personal.cmake.in" "${personal_install}.in" @ONLY)
file(GENERATE OUTPUT "${personal_install}" INPUT "${personal_install}.in")
install(SCRIPT "${personal_install}" COMPONENT personal EXCLUDE_FROM_ALL)
add_custom_target(uninstall-personal VERBATIM COMMAND "${CMAKE_COMMAND}" -DREMOVE=ON -P "${personal_install}")
