# SPDX-License-Identifier: GPL-2.0-or-later
#
# Removes what `cmake --install` wrote down in MANIFEST, and the folders that are empty then, below the installation's
# prefix, which stands in PREFIX_FILE.
cmake_minimum_required(VERSION 3.18)
if(NOT EXISTS "${MANIFEST}")
    message(FATAL_ERROR "Nothing is installed from this build directory: there is no ${MANIFEST}.")
endif()
include("${CMAKE_CURRENT_LIST_DIR}/empty-folders.cmake")
file(READ "${PREFIX_FILE}" prefix)
file(STRINGS "${MANIFEST}" files)
foreach(file IN LISTS files)
    message(STATUS "Removing: $ENV{DESTDIR}${file}")
    file(REMOVE "$ENV{DESTDIR}${file}")
    remove_empty_folders("$ENV{DESTDIR}${file}" "$ENV{DESTDIR}${prefix}")
endforeach()
file(REMOVE "${MANIFEST}" "${PREFIX_FILE}")
