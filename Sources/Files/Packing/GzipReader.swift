// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Unpacks gzip (RFC 1952), also of several members in a row.
final class GzipReader {
    private let file: OpenFile
    private let limits: UnpackLimits
    private let input = AlignedBuffer()
    private let output = AlignedBuffer()
    // On the heap, since zlib keeps its address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var unpacked: Int64 = 0
    private var packed: Int64 = 0

    init(_ file: OpenFile, limits: UnpackLimits) throws {
        self.file = file
        self.limits = limits
        stream.initialize(to: z_stream())
        // 16 asks for a gzip wrapper, with its checksum checked.
        let code = inflateInit2_(
            stream,
            MAX_WBITS + 16,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else { throw failure(code) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        while try fill() {
            guard try member(body) else { return }
            guard try isNextMember() else { return }
            inflateReset(stream)
        }
        throw FilesError.truncated(file.subject)
    }

    /// Unpacks one member.
    ///
    /// - Returns: False when the closure wants no more.
    private func member(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws -> Bool {
        while true {
            guard try fill() else { throw FilesError.truncated(file.subject) }
            stream.pointee.next_out = output.bytes.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(output.bytes.count)
            let code = inflate(stream, Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw failure(code)
            }
            let count = output.bytes.count - Int(stream.pointee.avail_out)
            unpacked += Int64(count)
            try limits.check(
                unpacked: unpacked,
                packed: packed - Int64(stream.pointee.avail_in),
                name: file.subject
            )
            if count > 0, try !body(output.prefix(count)) { return false }
            if code == Z_STREAM_END { return true }
        }
    }

    /// Makes sure that there are packed bytes; false at the end of the file.
    private func fill() throws -> Bool {
        guard stream.pointee.avail_in == 0 else { return true }
        let count = try file.read(into: input.bytes)
        packed += Int64(count)
        stream.pointee.next_in = input.bytes.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }

    /// Whether another member follows; zeros may pad the end, as on tapes and in tar.
    private func isNextMember() throws -> Bool {
        var hasPadding = false
        while try fill() {
            guard stream.pointee.next_in.pointee == 0 else {
                if !hasPadding, stream.pointee.next_in.pointee == 0x1f { return true }
                throw FilesError.corrupt(
                    file.subject,
                    reason: "something else follows the compressed content"
                )
            }
            hasPadding = true
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        return false
    }

    private func failure(_ code: Int32) -> FilesError {
        let words = stream.pointee.msg.map { String(cString: $0) }
        return .corrupt(file.subject, reason: words ?? "zlib reports \(code)")
    }
}
