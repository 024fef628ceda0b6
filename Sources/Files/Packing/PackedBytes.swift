// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// Packs bytes that are kept in a table, as a zlib stream (RFC 1950) behind its unpacked size.
public enum PackedBytes {
    /// Fast: what it is for is to write and sync less.
    private static let level: Int32 = 1
    /// The size in front, least significant byte first.
    private static let headSize = 8

    /// Packs bytes.
    ///
    /// - Throws: ``FilesError/corrupt(_:reason:)`` when there is no memory.
    public static func pack(_ bytes: [UInt8]) throws -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: headSize + Int(length))
        for index in 0..<headSize {
            packed[index] = UInt8(truncatingIfNeeded: bytes.count >> (8 * index))
        }
        let code = packed.withUnsafeMutableBufferPointer { target in
            compress2(
                target.baseAddress.map { $0 + headSize },
                &length,
                bytes,
                UInt(bytes.count),
                level
            )
        }
        guard code == Z_OK else { throw damage("they cannot be packed") }
        packed.removeLast(packed.count - headSize - Int(length))
        return packed
    }

    /// Unpacks what ``pack(_:)`` made, up to a size.
    ///
    /// - Throws: ``FilesError/corrupt(_:reason:)``.
    public static func unpack(_ packed: [UInt8], atMost limit: Int) throws -> [UInt8] {
        guard packed.count > headSize else { throw damage("they are too short") }
        let size = (0..<headSize).reduce(0) { $0 | Int(packed[$1]) << (8 * $1) }
        guard (0...limit).contains(size) else { throw damage("their size is not possible") }
        var bytes = [UInt8](repeating: 0, count: size)
        var length = UInt(size)
        let code = packed.withUnsafeBufferPointer { source in
            uncompress(
                &bytes,
                &length,
                source.baseAddress.map { $0 + headSize },
                UInt(packed.count - headSize)
            )
        }
        guard code == Z_OK, Int(length) == size else { throw damage("they are damaged") }
        return bytes
    }

    private static func damage(_ words: String) -> FilesError {
        .corrupt("packed bytes", reason: words)
    }
}
