// SPDX-License-Identifier: GPL-2.0-or-later
// The engine's memory in tests: freed with this object.
#ifndef KEEPALIVE_TESTS_HEAP_MEMORY_H
#define KEEPALIVE_TESTS_HEAP_MEMORY_H

#include <cstddef>
#include <deque>
#include <memory>

#include "engine/memory.h"

namespace keepalive::test {

class HeapMemory final : public Memory {
public:
    std::size_t objects() const { return blocks_.size(); }

private:
    void* allocate(std::size_t size) override {
        blocks_.push_back(std::make_unique<std::max_align_t[]>(size / sizeof(std::max_align_t) + 1));
        return blocks_.back().get();
    }
    std::deque<std::unique_ptr<std::max_align_t[]>> blocks_;
};

}  // namespace keepalive::test

#endif
