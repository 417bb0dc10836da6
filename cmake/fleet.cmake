# SPDX-License-Identifier: GPL-2.0-or-later
#
# The fleet (docs/fleet.md): its map, its programs in Python, and a Debian package of its own, keepalive-fleet, as it needs
# much that the plugin does not: cpack -G DEB --config CPackFleetConfig.cmake
add_subdirectory(fleet/map)

configure_file("${PROJECT_SOURCE_DIR}/fleet/keepalive-fleet.in" "${PROJECT_BINARY_DIR}/keepalive-fleet" @ONLY)
file(GLOB fleet_programs CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/fleet/*.py" "${PROJECT_SOURCE_DIR}/fleet/*.jinja")
install(TARGETS keepalive-map RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/keepalive-fleet" COMPONENT fleet)
install(PROGRAMS "${PROJECT_BINARY_DIR}/keepalive-fleet" DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT fleet)
install(FILES ${fleet_programs} DESTINATION "${CMAKE_INSTALL_DATADIR}/keepalive-fleet/fleet" COMPONENT fleet)
install(FILES scripts/progress_line.py scripts/tshark_table.py scripts/wireshark_home.py
    DESTINATION "${CMAKE_INSTALL_DATADIR}/keepalive-fleet" COMPONENT fleet)
if(TARGET debian-changelogs)
    add_custom_command(OUTPUT "${debian_files}/keepalive-fleet.1.gz" VERBATIM
        COMMAND "${GZIP}" --best --no-name --stdout "${PROJECT_SOURCE_DIR}/fleet/keepalive-fleet.1"
            > "${debian_files}/keepalive-fleet.1.gz"
        DEPENDS fleet/keepalive-fleet.1)
    add_custom_target(fleet-manual ALL DEPENDS "${debian_files}/keepalive-fleet.1.gz")
    install(FILES "${debian_files}/keepalive-fleet.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1"
        COMPONENT debian-fleet EXCLUDE_FROM_ALL)
    install(FILES "${debian_files}/changelog.gz" "${debian_files}/changelog.Debian.gz"
        "${PROJECT_SOURCE_DIR}/cmake/debian/copyright"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/keepalive-fleet" COMPONENT debian-fleet EXCLUDE_FROM_ALL)
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/fleet-package.cmake.in" "${PROJECT_BINARY_DIR}/CPackFleetConfig.cmake" @ONLY)
