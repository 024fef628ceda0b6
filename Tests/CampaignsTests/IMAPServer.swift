// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// A running Tests/Servers/imap_server.py, stopped when the test lets go of it.
final class IMAPServer {
    private let program: PythonScript
    private let folder: String
    private let user: UInt32
    private let port: Int
    private let plainPort: Int
    let certificate: String

    init() throws {
        program = try PythonScript("imap_server.py", [])
        let words = program.readLine().split(separator: " ").map(String.init)
        guard words.count == 5, let port = Int(words[0]), let plainPort = Int(words[1]),
            let user = UInt32(words[4])
        else { throw MissingTool(description: "imap_server.py did not start") }
        (self.port, self.plainPort, self.user) = (port, plainPort, user)
        (certificate, folder) = (words[2], words[3])
    }

    /// The mailbox over TLS.
    var address: String { "imaps://bounces@127.0.0.1:\(port)/INBOX" }

    /// The mailbox with STARTTLS.
    var plainAddress: String { "imap://bounces@127.0.0.1:\(plainPort)/INBOX" }

    /// Puts a mail into the mailbox.
    func deliver(_ name: String, _ mail: String) throws {
        let path = "\(folder)/new/\(name)"
        try Data(mail.replacing("\n", with: "\r\n").utf8).write(to: URL(fileURLWithPath: path))
        guard chown(path, user, gid_t.max) == 0 else {
            throw MissingTool(description: "a mail could not be given to the IMAP server")
        }
    }
}
