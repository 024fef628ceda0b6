// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Console

/// A form with a file, whatever pieces it comes in.
struct MultipartTests {
    private static let boundary = "----x7"

    private static func body(_ file: String) -> [UInt8] {
        Array(
            """
            ------x7\r\nContent-Disposition: form-data; name="form"\r\n\r\nabc\r\n\
            ------x7\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n\
            ------x7\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\
            Content-Type: text/csv\r\n\r\n\(file)\r\n------x7--\r\n
            """.utf8
        )
    }

    private static func read(
        _ body: [UInt8],
        pieces: Int
    ) throws -> (fields: Form, name: String, file: String) {
        let reader = MultipartReader(boundary: boundary)
        var (fields, name, file) = (Form(), "", [UInt8]())
        for start in stride(from: 0, to: body.count, by: pieces) {
            let piece = Array(body[start..<min(body.count, start + pieces)])
            for event in try reader.feed(piece) {
                switch event {
                case .file(let before, let given): (fields, name) = (before, given)
                case .bytes(let bytes): file += bytes
                }
            }
        }
        _ = try reader.finish()
        return (fields, name, String(decoding: file, as: UTF8.self))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 11, 64, 10_000])
    func `a body is read alike, however it is cut`(pieces: Int) throws {
        let content = "a,b\r\n1,2\r\n--not the end--\r\n------x\r\n"
        let read = try Self.read(Self.body(content), pieces: pieces)
        #expect(read.fields.raw("form") == "abc")
        #expect(read.fields.has("empty"))
        #expect(read.name == "p.csv")
        #expect(read.file == content)
    }

    @Test func `an empty file is none`() throws {
        #expect(try Self.read(Self.body(""), pieces: 4).file == "")
    }

    @Test func `a body that ends too early is refused`() throws {
        let body = Self.body("a,b\n").dropLast(8)
        #expect(throws: PageError.self) { try Self.read(Array(body), pieces: 9) }
    }
}
