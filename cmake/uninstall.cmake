# SPDX-License-Identifier: GPL-2.0-or-later
#
# Removes what `cmake --install` wrote down in MANIFEST.
if(NOT EXISTS "${MANIFEST}")
    message(FATAL_ERROR "Nothing is installed from this build directory: there is no ${MANIFEST}.")
endif()
file(STRINGS "${MANIFEST}" files)
foreach(file IN LISTS files)
    message(STATUS "Removing: $ENV{DESTDIR}${file}")
    file(REMOVE "$ENV{DESTDIR}${file}")
endforeach()
file(REMOVE "${MANIFEST}")
