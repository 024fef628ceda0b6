// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The commands about mails themselves: signing keys, previews, returned mails.
@Suite struct MailCommandTests {
    @Test func `a signing key is made, used and forgotten`() async throws {
        let scratch = try Scratch()
        let made = try await scratch.run([
            "dkim", "create", "example.org", "--selector", "m1", "--algorithm", "ed25519",
        ])
        #expect(made.output.contains("1  example.org, ed25519: does not sign"))
        #expect(made.output.contains("m1._domainkey.example.org TXT \"v=DKIM1; k=ed25519; p="))
        let active = try await scratch.run(["dkim", "activate", "1"])
        #expect(active.output.contains("example.org, ed25519: signs"))
        #expect(try await scratch.run(["dkim", "show", "1"]).output == active.output)
        #expect(try await scratch.run(["dkim", "list"]).output == active.output)
        try await scratch.run(["dkim", "remove", "1"])
        #expect(try await scratch.run(["dkim", "list"]).output.contains("There is no key."))
        let missing = try await scratch.run(expecting: 1, ["dkim", "show", "1"])
        #expect(missing.error.contains("there is no key 1"))
        _ = try await scratch.run(expecting: 64, ["dkim", "create", "a.b", "--algorithm", "dsa"])
    }

    @Test func `a campaign's mail is looked over`() async throws {
        let scratch = try Scratch()
        let sample = "\(Scratch.repository)/Samples/welcome.json"
        try await scratch.run(["campaign", "create", "Welcome", "--content", sample])
        let seen = try await scratch.run(["campaign", "preview", "Welcome", "--language", "fr"])
        #expect(seen.output.contains("Subject: ") && seen.output.contains("Language: fr"))
        let sent = try await scratch.run([
            "campaign", "test", "Welcome", "--to", "ann@example.org", "--to", "bob@example.org",
        ])
        #expect(sent.output.contains("2 mails were handed over."))
        #expect(try await scratch.run(["tasks", "list"]).output.contains("There is no such task."))
    }

    @Test func `a mailbox of returned mails is read until it is removed`() async throws {
        let scratch = try Scratch()
        let folder = try TemporaryFolder()
        for name in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(name),
                withIntermediateDirectories: false
            )
        }
        _ = try folder.write("From: ann@example.org\n\nHello\n", to: "new/1")
        let added = try await scratch.run(["bounces", "add", "maildir:\(folder.path)"])
        #expect(added.output.contains("1  maildir:\(folder.path), every 1 h"))
        let read = try await scratch.run(["bounces", "collect", "1"])
        #expect(read.output.contains("1 mails read: 0 bounces"))
        let secret = try await scratch.run(["bounces", "make-secret"])
        #expect(secret.output.contains("whsec_") && secret.output.contains("/events/1"))
        try await scratch.run(["bounces", "remove", "1"])
        let none = try await scratch.run(["bounces", "list"])
        #expect(none.output.contains("There is no mailbox."))
        _ = try await scratch.run(expecting: 1, ["bounces", "add", "imaps://a@b/INBOX"])
    }
}
