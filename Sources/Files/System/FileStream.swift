// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads a file from its beginning in chunks of a megabyte.
enum FileStream {
    /// Calls a closure with chunk after chunk until it returns false or the file ends.
    static func each(_ file: OpenFile, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        _ = posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL)
        let buffer = AlignedBuffer()
        while true {
            let count = try file.read(into: buffer.bytes)
            guard count > 0, try body(buffer.prefix(count)) else { return }
        }
    }
}
