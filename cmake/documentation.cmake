# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is installed beside docs/: the captures that the guide tells to try, and docs/ as web pages, for
# Tools > TCP Keep-Alive > Guide to show in a browser. Without cmark-gfm a page shows the text as it was written, with its
# links and pictures.
# Included by CMakeLists.txt; run with -DPAGE=FROM.md -DOUTPUT=TO.html it makes one of them.
if(CMAKE_SCRIPT_MODE_FILE)
    if(CMARK)
        execute_process(COMMAND "${CMARK}" --extension table "${PAGE}" OUTPUT_VARIABLE body RESULT_VARIABLE failed)
        if(failed)
            message(FATAL_ERROR "${CMARK} cannot read ${PAGE}")
        endif()
    else()
        file(READ "${PAGE}" body)
        string(REPLACE "&" "&amp;" body "${body}")
        string(REPLACE "<" "&lt;" body "${body}")
        string(REGEX REPLACE "^# ([^\n]*)\n" "<h1>\\1</h1><pre class=\"text\">" body "${body}")
        string(REGEX REPLACE "!\\[([^]]*)\\]\\(([^)]*)\\)" "<img src=\"\\2\" alt=\"\\1\">" body "${body}")
        string(REGEX REPLACE "\\[([^]]*)\\]\\(([^)]*)\\)" "<a href=\"\\2\">\\1</a>" body "${body}")
        string(APPEND body "</pre>\n")
    endif()
    string(REGEX REPLACE "href=\"([a-z-]+)\\.md" "href=\"\\1.html" body "${body}")
    # Of what lies outside docs/, only captures are installed.
    string(REGEX REPLACE "<a href=\"\\.\\./(lab|plugin|profiles|scripts|pcaps/README)[^>]*>([^<]*)</a>" "\\2" body "${body}")
    string(REGEX MATCH "<h1>[^<]*" title "${body}")
    string(REPLACE "<h1>" "" title "${title}")
    file(WRITE "${OUTPUT}" "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>${title}</title>
<style>
:root { color-scheme: light dark; }
body { font-family: sans-serif; line-height: 1.45; max-width: 64em; margin: 2em auto; padding: 0 1em; }
pre, table { overflow-x: auto; display: block; }
pre.text { white-space: pre-wrap; }
th, td { text-align: left; vertical-align: top; padding: .25em .75em; border-bottom: 1px solid #8888; }
img { max-width: 100%; }
</style>
</head>
<body>
${body}</body>
</html>
")
    return()
endif()

set(documentation "${PROJECT_BINARY_DIR}/documentation")
file(STRINGS "${PROJECT_SOURCE_DIR}/docs/guide.md" lines REGEX "^Try: ")
string(REGEX MATCHALL "pcaps/[a-z0-9_./]+\\.pcap" captures "${lines}")
foreach(capture ${captures})
    configure_file("${PROJECT_SOURCE_DIR}/${capture}" "${documentation}/${capture}" COPYONLY)
endforeach()

find_program(CMARK cmark-gfm)
set(converter)
if(CMARK)
    set(converter "-DCMARK=${CMARK}")
endif()
file(MAKE_DIRECTORY "${documentation}/docs")
file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/docs/*.md")
foreach(page ${pages})
    get_filename_component(name "${page}" NAME_WE)
    list(APPEND web_pages "${documentation}/docs/${name}.html")
    add_custom_command(OUTPUT "${documentation}/docs/${name}.html" VERBATIM
        COMMAND "${CMAKE_COMMAND}" ${converter} "-DPAGE=${page}" "-DOUTPUT=${documentation}/docs/${name}.html"
            -P "${CMAKE_CURRENT_LIST_FILE}"
        DEPENDS "${page}" "${CMAKE_CURRENT_LIST_FILE}")
endforeach()
add_custom_target(documentation ALL DEPENDS ${web_pages})
