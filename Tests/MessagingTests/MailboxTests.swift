// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Messaging

@Suite struct MailboxTests {
    @Test(arguments: [
        ("imaps://ann@mail.example/INBOX", "imaps://mail.example:993/INBOX"),
        ("imap://ann@mail.example:1143", "imap://mail.example:1143/INBOX"),
        ("imaps://ann@mail.example/Returned mails", nil), ("imaps://mail.example/INBOX", nil),
        ("imaps://ann:word@mail.example/INBOX", nil), ("pop3://ann@mail.example", nil),
        ("imaps://ann@mail.example/a;UID=1", nil), ("maildir:relative", nil), ("", nil),
        ("imaps://ann@mail.example/a%20b", "imaps://mail.example:993/a%20b"),
    ])
    func `addresses are read, and have no password in them`(text: String, url: String?) {
        guard case .imap(let options) = MailboxAddress(text) else {
            #expect(url == nil)
            return
        }
        #expect(options.url == url)
        #expect(MailboxAddress("\(MailboxAddress.imap(options))") != nil)
    }

    @Test func `a Maildir gives what waits, removes it or keeps it aside`() async throws {
        let folder = try TemporaryFolder()
        for name in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name,
                withIntermediateDirectories: false
            )
        }
        for name in ["2.b", "1.a", ".hidden", "3.large"] {
            let size = name == "3.large" ? 100 : 5
            try Data(repeating: 65, count: size)
                .write(to: URL(fileURLWithPath: folder.path + "/new/\(name)"))
        }
        guard let address = MailboxAddress("maildir:\(folder.path)") else {
            Issue.record("no address")
            return
        }
        let box = try address.reader(password: nil)
        #expect(try await box.waiting(atMost: 2) == ["1.a", "2.b"])
        #expect(try await box.read("1.a", upTo: 50)?.count == 5)
        #expect(try await box.read("3.large", upTo: 50) == nil)
        try await box.finish(["1.a"], keeping: false)
        try await box.finish(["1.a"], keeping: false)
        try await box.finish(["2.b"], keeping: true)
        try await box.finish([], keeping: true)
        #expect(try await box.waiting(atMost: 9) == ["3.large"])
        #expect(FileManager.default.fileExists(atPath: folder.path + "/cur/2.b:2,S"))
        let missing = Maildir(folder: "/nowhere")
        await #expect(throws: MailboxError.self) { try await missing.waiting(atMost: 1) }
    }
}
