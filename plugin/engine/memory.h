// SPDX-License-Identifier: GPL-2.0-or-later
// Where the engine's state lives. The engine has no memory policy of its own: what it makes lasts as long as the
// capture is open, is never freed singly, and no destructor is run.
#ifndef KEEPALIVE_ENGINE_MEMORY_H
#define KEEPALIVE_ENGINE_MEMORY_H

#include <cstddef>
#include <new>
#include <type_traits>

namespace keepalive {

class Memory {
public:
    template <class T>
    T* make() {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T))) T{};
    }

protected:
    ~Memory() = default;
    // At least `size` octets, aligned for any type; never null.
    virtual void* allocate(std::size_t size) = 0;
};

}  // namespace keepalive

#endif
