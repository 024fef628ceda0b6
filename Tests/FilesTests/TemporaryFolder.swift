// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

@testable import Files

extension TemporaryFolder {
    /// The path of a name in the folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, making the folders above it.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let url = URL(fileURLWithPath: self(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
        return url.path
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: self(name),
            withDestinationPath: target
        )
    }

    /// The permission bits of a path.
    func permissions(_ name: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: self(name))
        return attributes[.posixPermissions] as? Int
    }

    /// Makes a file older than it is.
    func age(_ name: String, to date: Date) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: date],
            ofItemAtPath: self(name)
        )
    }
}

/// Runs a Python program and returns what it prints.
func python(_ program: String, _ arguments: String...) throws -> String {
    try SystemProgram.output(["python3", "-c", program] + arguments)
        .trimmingCharacters(in: .whitespacesAndNewlines)
}

/// A seeded sequence of bits (xorshift), so that a failing case can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// Lines that look like a table's, some of them hard to compress.
func tableBytes(count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    while bytes.count < count {
        bytes += Array("\(generator.next()),customer,Brussels\n".utf8)
    }
    return Array(bytes.prefix(count))
}

/// The SHA-256 as Python computes it.
func digest(_ bytes: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    return try python(
        "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())",
        folder.write(bytes, to: "content")
    )
}

/// All that the unpacker gives for a file.
func unpacked(_ path: String, limits: UnpackLimits = .standard) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try Unpacker.read(path: path, limits: limits) { chunk in
        bytes += chunk
        return true
    }
    return bytes
}
