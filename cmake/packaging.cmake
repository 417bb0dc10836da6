# SPDX-License-Identifier: GPL-2.0-or-later
#
# cpack -G DEB: a Debian package for the Wireshark of the machine that builds it.
# cpack --config CPackSourceConfig.cmake: the source archive.

set(CPACK_PACKAGE_NAME wireshark-keepalive)
set(CPACK_PACKAGE_VENDOR "wireshark-keepalive maintainers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Wireshark plugin that marks and explains TCP keepalive probes")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)

set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# One version of the plugin has a package for each Wireshark. The release of Wireshark orders them, so that a machine
# that moves to the next Debian gets the package of its new Wireshark.
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~wireshark${wireshark_release}")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "wireshark-keepalive maintainers <wireshark-keepalive@users.noreply.github.com>")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A post-dissector that takes Wireshark's analysis of TCP further: it marks
keepalive probes and their answers, also where tcp.analysis.keep_alive misses
them, and says which of its marks are mistaken. The fields keepalive.* give
idle time, probe number, interval, response time and what became of the
connection, for display filters, columns, colouring rules and tshark.
.
This package is for Wireshark ${wireshark_release}.")
# The library that Wireshark's plugins are linked with has a soname for each minor release, which is its ABI.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "tshark | wireshark")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# What Debian asks of the documentation: installed for the package alone.
set(debian_files "${PROJECT_BINARY_DIR}/debian")
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${CMAKE_CURRENT_LIST_DIR}/debian/changelog.in" "${debian_files}/changelog.Debian" @ONLY)
configure_file("${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${debian_files}/changelog" COPYONLY)
find_program(GZIP gzip)
find_program(DPKG dpkg)
if(GZIP AND DPKG)
    foreach(changelog changelog changelog.Debian)
        add_custom_command(OUTPUT "${debian_files}/${changelog}.gz" VERBATIM
            COMMAND "${GZIP}" --keep --force --best --no-name "${debian_files}/${changelog}"
            DEPENDS "${debian_files}/${changelog}")
    endforeach()
    add_custom_target(debian-changelogs ALL
        DEPENDS "${debian_files}/changelog.gz" "${debian_files}/changelog.Debian.gz")
    install(FILES "${debian_files}/changelog.gz" "${debian_files}/changelog.Debian.gz" "${CMAKE_CURRENT_LIST_DIR}/debian/copyright"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${CPACK_PACKAGE_NAME}" COMPONENT debian EXCLUDE_FROM_ALL)
endif()
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${PROJECT_BINARY_DIR};keepalive;keepalive;/" "${PROJECT_BINARY_DIR};keepalive;debian;/")

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "${CPACK_PACKAGE_NAME}-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES "/\\.git/" "/build[^/]*/" "/__pycache__/" "/\\.pytest_cache/" "~$")
include(CPack)
