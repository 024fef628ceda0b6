// SPDX-License-Identifier: Apache-2.0

/// Memory for reading files in large steps, aligned to pages.
final class AlignedBuffer {
    /// One megabyte.
    static let size = 1 << 20

    /// The memory.
    let bytes: UnsafeMutableRawBufferPointer

    init(size: Int = AlignedBuffer.size) {
        bytes = .allocate(byteCount: size, alignment: 4_096)
    }

    deinit { bytes.deallocate() }

    /// The first bytes, for reading.
    func prefix(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[..<count])
    }
}
