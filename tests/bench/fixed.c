// SPDX-License-Identifier: GPL-2.0-or-later
// Preloaded into the tshark that is measured.
//
// Wireshark draws the seed of its hash tables from GLib's random numbers, so that two runs of the same program differ by
// as much as the plugin costs: here the number is always the same. And callgrind counts only from the opening of the
// capture (started with --instr-atstart=no) to the clearing up: the rest, ten times as long, would be counted in vain.
// massif counts the octets that are in use when the capture is closed: when most are, a table is just being enlarged.
#define _GNU_SOURCE  // RTLD_NEXT
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <valgrind/callgrind.h>

uint32_t g_random_int(void);
void* wtap_open_offline(const char* path, unsigned type, int* error, char** info, int random_access);

void wtap_close(void* capture);
void epan_cleanup(void);

uint32_t g_random_int(void) {
    return 0x9e3779b9U;
}

void* wtap_open_offline(const char* path, unsigned type, int* error, char** info, int random_access) {
    void* (*open_offline)(const char*, unsigned, int*, char**, int) = dlsym(RTLD_NEXT, "wtap_open_offline");
    CALLGRIND_START_INSTRUMENTATION;
    return open_offline(path, type, error, info, random_access);
}

void wtap_close(void* capture) {
    void (*close)(void*) = dlsym(RTLD_NEXT, "wtap_close");
    const char* snapshot = getenv("BENCH_SNAPSHOT");
    if (snapshot != NULL) {
        char command[4096];
        snprintf(command, sizeof command, "snapshot %s", snapshot);
        VALGRIND_MONITOR_COMMAND(command);
    }
    close(capture);
}

void epan_cleanup(void) {
    void (*cleanup)(void) = dlsym(RTLD_NEXT, "epan_cleanup");
    CALLGRIND_STOP_INSTRUMENTATION;
    cleanup();
}
