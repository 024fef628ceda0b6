// SPDX-License-Identifier: Apache-2.0
import Crypto
import Glibc

/// The running SHA-256 of some content; manifests and the recognition of imported files use it.
public struct ContentHash: Sendable {
    private var hash = SHA256()
    /// How many bytes went in.
    public private(set) var bytes: Int64 = 0

    /// Starts with nothing.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
        self.bytes += Int64(bytes.count)
    }

    /// The SHA-256 of all bytes so far: 64 lower-case hexadecimal digits.
    public var sha256: String { hexadecimal(hash.finalize()) }

    /// Hashes bytes.
    public init(of bytes: [UInt8]) {
        self.init()
        bytes.withUnsafeBytes { update($0) }
    }

    /// Hashes a file; blocks.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)``, or what the system said.
    public init(ofFileAt path: String) throws {
        var running = ContentHash()
        try FileStream.each(OpenFile(path, O_RDONLY)) { chunk in
            running.update(chunk)
            return true
        }
        self = running
    }
}

/// A digest as lower-case hexadecimal digits.
private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
