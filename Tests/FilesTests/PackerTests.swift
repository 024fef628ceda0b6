// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Files

struct PackerTests {
    let folder: TemporaryFolder
    let spool: Spool
    /// 2026-03-29T06:30:04Z; even, since zip counts in steps of two seconds.
    let moment = Instant(seconds: 1_774_765_804)

    init() throws {
        folder = try TemporaryFolder()
        spool = try Spool(root: folder("spool"))
    }

    @Test(arguments: Compression.allCases, 0..<12)
    func `what is packed in any pieces is unpacked the same`(
        compression: Compression,
        seed: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(seed + 1))
        let sizes = [0, 1, 3, 4_095, 262_144, 262_145, 1 << 20, 2_000_003]
        let content = tableBytes(
            count: sizes[seed % sizes.count],
            seed: UInt64.random(in: 1...9, using: &generator)
        )
        let packer = try packer(compression, "p-\(compression)-\(seed)")
        var rest = content[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...700_000, using: &generator))
            try packer.write(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        let result = try packer.finish()
        #expect(try spool.withLocalPath(of: result.file) { try unpacked($0) } == content)
        #expect(result.contentBytes == Int64(content.count))
        #expect(try result.contentSHA256 == digest(content))
        #expect(try packer.finish() == result)
        let stored = try folder.read("spool/sealed-export/\(result.file.name)")
        #expect(result.file.bytes == Int64(stored.count))
        #expect(try result.file.sha256 == digest(stored))
    }

    @Test(arguments: Compression.allCases)
    func `content that the caller hashed gives the same file`(compression: Compression) throws {
        let content = tableBytes(count: 500_000, seed: 7)
        let expected = try pack(content, compression, "first")
        let packer = try packer(compression, "second")
        try content.withUnsafeBytes { try packer.pack($0) }
        let result = try packer.finish(ContentHash(of: content))
        #expect(result.contentBytes == expected.contentBytes)
        #expect(result.contentSHA256 == expected.contentSHA256)
        #expect(result.file.sha256 == expected.file.sha256)
    }

    @Test(arguments: Compression.allCases)
    func `equal input gives equal bytes`(compression: Compression) throws {
        let content = tableBytes(count: 500_000, seed: 7)
        let first = try pack(content, compression, "first")
        let second = try pack(content, compression, "second")
        #expect(first.file.sha256 == second.file.sha256)
    }

    @Test func `python reads a gzip file with its name and time`() throws {
        let content = tableBytes(count: 300_000, seed: 8)
        let result = try pack(content, .gzip, "x.gz", innerName: "größe.csv")
        let printed = try python(
            """
            import gzip, hashlib, sys
            raw = open(sys.argv[1], 'rb').read()
            name = raw[10:raw.index(b'\\0', 10)].decode()
            with gzip.open(sys.argv[1]) as f:
                print(hashlib.sha256(f.read()).hexdigest(), f.mtime, name.encode(), raw[3] & 8)
            """,
            folder("spool/\(result.file.kind.rawValue)/\(result.file.name)")
        )
        #expect(
            printed == "\(result.contentSHA256) 1774765804 b'gr\\xc3\\xb6\\xc3\\x9fe.csv' 8"
        )
    }

    @Test func `python reads a zip file with its one entry, name and time`() throws {
        let content = tableBytes(count: 300_000, seed: 9)
        let result = try pack(content, .zip, "x.zip", innerName: "größe.csv")
        let printed = try python(
            """
            import zipfile, hashlib, sys, time
            with zipfile.ZipFile(sys.argv[1]) as z:
                assert z.testzip() is None
                (e,) = z.infolist()
                local = time.localtime(1774765804)[:6]
                print(hashlib.sha256(z.read(e)).hexdigest(), e.file_size,
                    e.filename.encode(), e.date_time == local, e.compress_type)
            """,
            folder("spool/\(result.file.kind.rawValue)/\(result.file.name)")
        )
        #expect(
            printed == "\(result.contentSHA256) 300000 b'gr\\xc3\\xb6\\xc3\\x9fe.csv' True 8"
        )
        #expect(result.file.bytes < 200_000)
    }

    @Test(arguments: Compression.allCases)
    func `a packer that is given up leaves nothing`(compression: Compression) throws {
        let packer = try packer(compression, "gone")
        try packer.write([1, 2, 3])
        packer.abandon()
        #expect(throws: FilesError.writerEnded("gone")) { try packer.finish() }
        #expect(try folder.names("spool/sealed-export").isEmpty)
    }

    @Test(arguments: ["", "a/b", "..", "a\0b"])
    func `an inner name is a file name`(name: String) throws {
        let writer = try spool.create(.sealedExport, name: "x")
        #expect(throws: FilesError.badName(name)) {
            try Packer(to: writer, compression: .zip, innerName: name, moment: moment)
        }
    }

    private func packer(
        _ compression: Compression,
        _ name: String,
        innerName: String = "inner.csv"
    ) throws -> Packer {
        try Packer(
            to: spool.create(.sealedExport, name: name),
            compression: compression,
            innerName: innerName,
            moment: moment
        )
    }

    private func pack(
        _ content: [UInt8],
        _ compression: Compression,
        _ name: String,
        innerName: String = "inner.csv"
    ) throws -> Packer.Result {
        let packer = try packer(compression, name, innerName: innerName)
        try packer.write(content)
        return try packer.finish()
    }
}
