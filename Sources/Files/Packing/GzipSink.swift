// SPDX-License-Identifier: Apache-2.0
import CZlib
import Common

/// Writes content as one gzip member (RFC 1952) with a stored name.
final class GzipSink: PackingSink {
    private let target: SpoolWriter
    private let output = AlignedBuffer(size: 1 << 18)
    // On the heap, since zlib keeps the addresses of all three.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let header = UnsafeMutablePointer<gz_header>.allocate(capacity: 1)
    private let name: UnsafeMutableBufferPointer<UInt8>

    // The name is stored in UTF-8, as gzip(1) does, though the RFC says ISO 8859-1.
    init(_ target: SpoolWriter, innerName: String, moment: Instant) throws {
        self.target = target
        name = .allocate(capacity: innerName.utf8.count + 1)
        _ = name.initialize(from: Array(innerName.utf8) + [0])
        header.initialize(to: gz_header())
        stream.initialize(to: z_stream())
        // 16 asks for a gzip wrapper; memory level 8 is zlib's default.
        let code = deflateInit2_(
            stream,
            Compression.level,
            Z_DEFLATED,
            MAX_WBITS + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else { throw failure(code) }
        header.pointee.name = name.baseAddress
        header.pointee.time = UInt(clamping: moment.seconds)
        // 3 is Unix.
        header.pointee.os = 3
        deflateSetHeader(stream, header)
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        header.deallocate()
        name.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        // zlib counts its input in 32 bits.
        let step = 1 << 30
        for start in stride(from: 0, to: bytes.count, by: step) {
            let part = bytes[start..<min(start + step, bytes.count)]
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: UnsafeRawBufferPointer(rebasing: part).bindMemory(to: UInt8.self)
                    .baseAddress
            )
            stream.pointee.avail_in = UInt32(part.count)
            try drain(Z_NO_FLUSH)
        }
    }

    func finish() throws {
        stream.pointee.avail_in = 0
        try drain(Z_FINISH)
    }

    /// Lets zlib work until it has room left over: then it has taken all its input.
    private func drain(_ flush: Int32) throws {
        repeat {
            stream.pointee.next_out = output.bytes.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(output.bytes.count)
            let code = deflate(stream, flush)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw failure(code)
            }
            try target.write(output.prefix(output.bytes.count - Int(stream.pointee.avail_out)))
        } while stream.pointee.avail_out == 0
    }

    private func failure(_ code: Int32) -> FilesError {
        let words = stream.pointee.msg.map { String(cString: $0) }
        return .packing(target.name, reason: words ?? "zlib reports \(code)")
    }
}
