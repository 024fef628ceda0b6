// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// A mail as Python's email package reads it.
struct ReadMail: Decodable {
    var headers: [[String]]
    var from: [[String]]
    var to: [[String]]
    var parts: [[String]]
    var defects: [String]
    var files: [File]

    /// An attachment: its name and how many bytes it has.
    struct File: Decodable {
        var name: String
        var size: Int
    }

    init(_ bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/mail.eml"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let output = try PythonScript("read_mail.py", [], input: file).readAll()
        self = try JSONDecoder().decode(ReadMail.self, from: output)
    }

    func header(_ name: String) -> String? {
        headers.first { $0[0].lowercased() == name.lowercased() }?[1]
    }
}

/// Compares with a recorded file; records it and fails when it is missing.
func expectGolden(_ name: String, _ bytes: [UInt8]) throws {
    let url = PythonScript.repository.appendingPathComponent("Tests/MessagingTests/Golden/\(name)")
    guard let recorded = try? Data(contentsOf: url) else {
        try Data(bytes).write(to: url)
        Issue.record("\(name) was recorded: read it, then run again")
        return
    }
    #expect(bytes == Array(recorded), "\(String(decoding: bytes, as: UTF8.self))")
}
