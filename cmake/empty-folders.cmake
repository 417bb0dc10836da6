# SPDX-License-Identifier: GPL-2.0-or-later

# Removes the folders that `file` was in, as far as they are empty, up to one of `stops`, which stay.
function(remove_empty_folders file)
    get_filename_component(folder "${file}" DIRECTORY)
    while(IS_DIRECTORY "${folder}" AND NOT folder IN_LIST ARGN)
        file(GLOB left "${folder}/*")
        get_filename_component(above "${folder}" DIRECTORY)
        if(left OR above STREQUAL folder)
            return()
        endif()
        file(REMOVE_RECURSE "${folder}")
        set(folder "${above}")
    endwhile()
endfunction()
