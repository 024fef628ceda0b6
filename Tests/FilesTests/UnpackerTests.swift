// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Files

struct UnpackerTests {
    let folder: TemporaryFolder
    let content = tableBytes(count: 2_500_000, seed: 5)

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(content, to: "plain")
    }

    @Test func `a plain file comes in chunks of a megabyte`() throws {
        var sizes: [Int] = []
        try Unpacker.read(path: folder("plain")) { chunk in
            sizes.append(chunk.count)
            return true
        }
        #expect(sizes == [1 << 20, 1 << 20, 2_500_000 - (2 << 20)])
        #expect(try unpacked(folder("plain")) == content)
    }

    @Test(arguments: ["", "P", "PK", "id,name\n", "\u{1f}"])
    func `a short plain file is read as it is`(text: String) throws {
        try folder.write(Array(text.utf8), to: "short.zip")
        #expect(try unpacked(folder("short.zip")) == Array(text.utf8))
    }

    @Test(arguments: [
        // One member, under a name that says otherwise.
        "open(o, 'wb').write(gzip.compress(d))",
        // Several members in a row.
        "open(o, 'wb').write(b''.join(gzip.compress(d[i:i + 999999])"
            + " for i in range(0, len(d), 999999)))",
        // An empty member in between, and zeros behind.
        "open(o, 'wb').write(gzip.compress(d) + gzip.compress(b'') + bytes(600))",
        "z = zipfile.ZipFile(o, 'w', zipfile.ZIP_DEFLATED); z.writestr('a.csv', d); z.close()",
        "z = zipfile.ZipFile(o, 'w', zipfile.ZIP_STORED); z.writestr('a.csv', d); z.close()",
        // Folders and what macOS adds are no files.
        "z = zipfile.ZipFile(o, 'w', zipfile.ZIP_DEFLATED); z.writestr('in/', '');"
            + "z.writestr('in/a.csv', d); z.writestr('__MACOSX/in/._a.csv', 'x'); z.close()",
    ])
    func `what python packs is unpacked, whatever its name`(program: String) throws {
        try pack(program)
        #expect(try unpacked(folder("packed.csv")) == content)
    }

    @Test(arguments: [
        ("", 0), ("z.writestr('in/', '');", 0),
        ("z.writestr('a.csv', 'a'); z.writestr('b.csv', 'b');", 2),
        ("[z.writestr(f'{i}.csv', 'a') for i in range(17)];", 17),
    ])
    func `an archive that holds not exactly one file is refused`(entries: String, count: Int) throws
    {
        try pack("z = zipfile.ZipFile(o, 'w'); \(entries) z.close()")
        let error = #expect(throws: FilesError.self) { try unpacked(folder("packed.csv")) }
        #expect(error == .entryCount("packed.csv", count: count))
        #expect(error?.description.contains("holds \(count) files") == true)
    }

    @Test(arguments: [
        "gzip.compress(d)[:-1]", "gzip.compress(d)[:-9]", "gzip.compress(d)[:500000]",
        "gzip.compress(d)[:5]", "gzip.compress(d) + gzip.compress(d)[:40]",
        "zipped[:-1]", "zipped[:500000]", "zipped[:40]",
    ])
    func `a file that was cut off is truncated`(packed: String) throws {
        try pack("\(Self.zipped); open(o, 'wb').write(\(packed))")
        #expect(throws: FilesError.truncated("packed.csv")) { try unpacked(folder("packed.csv")) }
    }

    @Test(arguments: [
        // Bytes of the content, the checksum, and what stands behind.
        "g[:300000] + bytes(50) + g[300050:]", "g[:-8] + bytes(4) + g[-4:]",
        "g + b'more'", "g + bytes(3) + g",
        "zipped[:300000] + bytes(50) + zipped[300050:]",
    ])
    func `a file that was damaged is refused`(packed: String) throws {
        try pack("g = gzip.compress(d); \(Self.zipped); open(o, 'wb').write(\(packed))")
        let error = #expect(throws: FilesError.self) { try unpacked(folder("packed.csv")) }
        guard case .corrupt("packed.csv", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a stored entry with a wrong checksum is refused`() throws {
        try pack(
            "z = zipfile.ZipFile(o, 'w'); z.writestr('a.csv', d); z.close();"
                + "b = bytearray(open(o, 'rb').read()); b[1000] ^= 1; open(o, 'wb').write(b)"
        )
        let error = #expect(throws: FilesError.self) { try unpacked(folder("packed.csv")) }
        #expect(error?.description.contains("is damaged") == true)
    }

    @Test(arguments: [
        ("open(o, 'wb').write(gzip.compress(bytes(200000000)))", 101_100_000),
        // A zip is measured against its whole length, 194 kB.
        (
            "z = zipfile.ZipFile(o, 'w', zipfile.ZIP_DEFLATED);"
                + " z.writestr('a', bytes(200000000)); z.close()", 195_500_000
        ),
    ])
    func `a bomb is refused before it is unpacked`(program: String, most: Int) throws {
        try pack(program)
        var read = 0
        let error = #expect(throws: FilesError.self) {
            try Unpacker.read(path: folder("packed.csv")) { chunk in
                read += chunk.count
                return true
            }
        }
        #expect(error?.description.contains("1000 times") == true)
        #expect(read > 98_000_000)
        #expect(read < most)
    }

    @Test func `an archive with a password is refused`() throws {
        // Bit 0 of the flags, in the entry's header and in the directory (APPNOTE 4.4.4).
        try pack(
            "\(Self.zipped); b = bytearray(zipped); i = b.rindex(b'PK\\x01\\x02');"
                + " b[6] |= 1; b[i + 8] |= 1; open(o, 'wb').write(b)"
        )
        #expect(throws: FilesError.encrypted("packed.csv")) { try unpacked(folder("packed.csv")) }
    }

    @Test func `limits can be set`() throws {
        try pack("open(o, 'wb').write(gzip.compress(d))")
        let path = folder("packed.csv")
        #expect(throws: FilesError.self) {
            try unpacked(path, limits: UnpackLimits(bytes: 2_499_999))
        }
        #expect(try unpacked(path, limits: UnpackLimits(bytes: 2_500_000)) == content)
        #expect(throws: FilesError.self) {
            try unpacked(path, limits: UnpackLimits(ratio: 2, ratioFrom: 1_000_000))
        }
    }

    @Test(arguments: [
        "open(o, 'wb').write(d)", "open(o, 'wb').write(gzip.compress(d))", zipProgram,
    ])
    func `reading stops when the closure wants no more`(program: String) throws {
        try pack(program)
        var chunks = 0
        try Unpacker.read(path: folder("packed.csv")) { _ in
            chunks += 1
            return false
        }
        #expect(chunks == 1)
    }

    @Test func `a missing file is named`() {
        #expect(throws: FilesError.noSuchFile("none.gz")) { try unpacked(folder("none.gz")) }
    }

    private static let zipped =
        "b = io.BytesIO(); z = zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED);"
        + " z.writestr('a.csv', d); z.close(); zipped = b.getvalue()"
    private static let zipProgram = "\(zipped); open(o, 'wb').write(zipped)"

    /// Runs a program with the content in `d` and the file's path in `o`.
    private func pack(_ program: String) throws {
        _ = try python(
            """
            import gzip, io, sys, zipfile
            d = open(sys.argv[1], 'rb').read(); o = sys.argv[2]
            \(program)
            """,
            folder("plain"),
            folder("packed.csv")
        )
    }
}
