// SPDX-License-Identifier: Apache-2.0

/// A growing run of plain values at a stable address between two appends.
///
/// An array would do the same, but lends its address only inside a closure; the reader hands out
/// pointers into several at once.
struct Storage<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// What is stored, valid until the next change.
    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { reserve(count + 1) }
        base[count] = element
        count += 1
    }

    mutating func append(_ elements: UnsafeBufferPointer<Element>) {
        guard let source = elements.baseAddress else { return }
        reserve(count + elements.count)
        (base + count).update(from: source, count: elements.count)
        count += elements.count
    }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    /// Makes room for `needed` elements in all, at least doubling when it must grow.
    mutating func reserve(_ needed: Int) {
        guard needed > capacity else { return }
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    /// Gives memory above `limit` elements back; what is stored is lost.
    mutating func shrink(to limit: Int) {
        count = 0
        guard capacity > limit else { return }
        base.deallocate()
        capacity = max(1, limit)
        base = .allocate(capacity: capacity)
    }
}

// The memory has one owner, the value itself, and moves with it.
extension Storage: @unchecked Sendable where Element: Sendable {}
