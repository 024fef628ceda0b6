// SPDX-License-Identifier: Apache-2.0
/// Memory that grows, in which records lie one behind the other.
final class ByteArena {
    private(set) var count = 0
    private var memory: UnsafeMutableRawBufferPointer

    init(capacity: Int) {
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// The start of the memory; moves when the arena grows.
    var base: UnsafeRawPointer { UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped) }

    /// Forgets everything and keeps the memory.
    func removeAll() { count = 0 }

    /// Forgets everything and gives the memory back.
    func release() {
        count = 0
        memory.deallocate()
        memory = .allocate(byteCount: 16, alignment: 16)
    }

    /// Makes room for more bytes and returns where they begin.
    func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
        if count + bytes > memory.count { grow(to: max(memory.count * 2, count + bytes)) }
        defer { count += bytes }
        return memory.baseAddress.unsafelyUnwrapped + count
    }

    /// Adds a copy of some bytes and returns where they begin.
    @discardableResult
    func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let offset = count
        let place = reserve(bytes.count)
        if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        return offset
    }

    private func grow(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}
