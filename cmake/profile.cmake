# SPDX-License-Identifier: GPL-2.0-or-later
#
# The profile as Wireshark's dialog imports it: a zip with the profile's folder in it.
set(profile "TCP Keep-Alive")
set(profile_archive "${PROJECT_BINARY_DIR}/${profile}.zip")
file(GLOB profile_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/profiles/${profile}/*")
add_custom_command(OUTPUT "${profile_archive}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" -E tar cf "${profile_archive}" --format=zip -- "${profile}"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}/profiles" DEPENDS ${profile_files})
add_custom_target(profile ALL DEPENDS "${profile_archive}")
