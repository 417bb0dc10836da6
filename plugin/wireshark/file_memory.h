// SPDX-License-Identifier: GPL-2.0-or-later
// The engine's memory in Wireshark: freed when the capture file is closed or dissected anew.
#ifndef KEEPALIVE_WIRESHARK_FILE_MEMORY_H
#define KEEPALIVE_WIRESHARK_FILE_MEMORY_H

#include "../engine/memory.h"
#include "compat.h"

namespace keepalive {

class FileMemory final : public Memory {
    void* allocate(std::size_t size) override { return wmem_alloc(wmem_file_scope(), size); }
};

}  // namespace keepalive

#endif
