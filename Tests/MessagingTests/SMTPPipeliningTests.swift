// SPDX-License-Identifier: Apache-2.0
import Foundation
import Messaging
import TestSupport
import Testing

/// The same dialogue when the relay takes commands in groups (RFC 2920).
@Suite struct SMTPPipeliningTests {
    @Test func `mails arrive byte for byte, each with its own envelope`() async throws {
        let server = try MailServer("--pipelining")
        let batch = try (1...50).map {
            try outgoing($0, to: "p\($0)@x.org", from: "bounce+\($0)@example.com")
        }
        let results = await (try server.transport()).deliver(batch)
        #expect(results == (1...50).map { .accepted(reply: "2.0.0 Kept as \($0)") })
        let mails = try server.mails()
        #expect(mails.map(\.content) == batch.map(\.content))
        #expect(mails.map(\.sender) == (1...50).map { "bounce+\($0)@example.com" })
        #expect(mails.map(\.recipients) == (1...50).map { ["p\($0)@x.org"] })
        #expect(Set(mails.map(\.connection)).count == 1)
    }

    @Test func `refusals are told apart and the batch goes on`() async throws {
        let server = try MailServer("--pipelining")
        let results = await (try server.transport()).deliver([
            try outgoing(1, to: "later-a@x.org"), try outgoing(2, to: "never-b@x.org"),
            try outgoing(3, to: "busy-c@x.org"), try outgoing(4, to: "unwanted-d@x.org"),
            try outgoing(5, from: "refused-e@x.org"), try outgoing(6),
        ])
        #expect(
            results == [
                .refusedTemporarily(.init(code: 451, reply: "4.2.1 Try later", stage: .recipient)),
                .refusedPermanently(
                    .init(code: 550, reply: "5.1.1 No such user", stage: .recipient)
                ),
                .refusedTemporarily(.init(code: 452, reply: "4.3.1 Full for now", stage: .content)),
                .refusedPermanently(.init(code: 554, reply: "5.7.1 Not wanted", stage: .content)),
                .refusedPermanently(
                    .init(code: 550, reply: "5.7.1 Sender refused", stage: .sender)
                ),
                .accepted(reply: "2.0.0 Kept as 1"),
            ]
        )
        #expect(try server.mails().map(\.recipients) == [["ann@example.org"]])
    }

    @Test func `a cut after the content leaves a doubt about that mail alone`() async throws {
        let server = try MailServer("--pipelining")
        let results = await (try server.transport()).deliver([
            try outgoing(1, to: "silent-a@x.org"), try outgoing(2), try outgoing(3),
        ])
        guard case .inDoubt = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        #expect(results.dropFirst().allSatisfy { if case .accepted = $0 { true } else { false } })
        #expect(try server.mails().count == 3)
    }

    @Test func `a relay that limits mails a connection gets new connections`() async throws {
        let server = try MailServer("--pipelining", "--mails-per-connection", "2")
        let results = await (try server.transport()).deliver(try (1...5).map { try outgoing($0) })
        #expect(results == (1...5).map { .accepted(reply: "2.0.0 Kept as \($0)") })
        #expect(try server.mails().map(\.connection) == [1, 1, 2, 2, 3])
    }

    @Test func `several connections share a batch, and each mail goes once`() async throws {
        let server = try MailServer("--pipelining")
        let batch = try (1...200).map { try outgoing($0, to: "p\($0)@x.org") }
        let results = await (try server.transport(connections: 5)).deliver(batch)
        #expect(results.allSatisfy { if case .accepted = $0 { true } else { false } })
        let recipients = try server.mails().flatMap(\.recipients)
        #expect(Set(recipients).count == 200 && recipients.count == 200)
    }

    @Test func `a stop lets the mail in hand end and starts no other`() async throws {
        let server = try MailServer("--pipelining")
        let mails = try (1...3).map { try outgoing($0) }
        let stop = Countdown(2)
        let results = await (try server.transport()).deliver(mails) { stop.goesOn() }
        #expect(
            results == [
                .accepted(reply: "2.0.0 Kept as 1"), .accepted(reply: "2.0.0 Kept as 2"),
                .notStarted,
            ]
        )
    }
}
