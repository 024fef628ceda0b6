// SPDX-License-Identifier: Apache-2.0
import Foundation
import Messaging
import TestSupport
import Testing

@Suite struct SMTPTransportTests {
    @Test func `mails arrive byte for byte over one connection`() async throws {
        let server = try MailServer()
        let batch = try (1...5).map { try outgoing($0, from: "bounce+\($0)@example.com") }
        let results = await (try server.transport()).deliver(batch)
        #expect(results == (1...5).map { .accepted(reply: "2.0.0 Kept as \($0)") })
        let mails = try server.mails()
        #expect(mails.map(\.content) == batch.map(\.content))
        #expect(mails.map(\.sender) == (1...5).map { "bounce+\($0)@example.com" })
        #expect(mails.allSatisfy { $0.recipients == ["ann@example.org"] })
        #expect(Set(mails.map(\.connection)).count == 1)
    }

    @Test func `a kept connection serves the next batch`() async throws {
        let server = try MailServer()
        let transport = try server.transport()
        _ = await transport.deliver([try outgoing(1)])
        _ = await transport.deliver([try outgoing(2)])
        #expect(try server.mails().map(\.connection) == [1, 1])
    }

    @Test func `a batch is spread over several connections in order`() async throws {
        let server = try MailServer()
        let batch = try (1...10).map { try outgoing($0, to: $0 == 7 ? "never-7@x.org" : "a@x.org") }
        let results = await (try server.transport(connections: 3)).deliver(batch)
        #expect(results.count == 10)
        #expect(
            results[6]
                == .refusedPermanently(
                    .init(code: 550, reply: "5.1.1 No such user", stage: .recipient)
                )
        )
        #expect(Set(try server.mails().map(\.connection)).count >= 3)
        #expect(try server.mails().count == 9)
    }

    @Test func `refusals are told apart and the batch goes on`() async throws {
        let server = try MailServer()
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
    }

    @Test func `a cut while the content is sent can be tried again`() async throws {
        let server = try MailServer()
        let content = String(repeating: "0123456789\r\n", count: 3_000_000)
        let results = await (try server.transport()).deliver([
            try outgoing(1, to: "cut-a@x.org", content: content), try outgoing(2),
        ])
        guard case .notHandedOver = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        #expect(results[1] == .accepted(reply: "2.0.0 Kept as 1"))
    }

    @Test func `a cut after the content without a reply leaves a doubt`() async throws {
        let server = try MailServer()
        let results = await (try server.transport()).deliver([
            try outgoing(1, to: "silent-a@x.org"), try outgoing(2),
        ])
        guard case .inDoubt = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        #expect(results[1] == .accepted(reply: "2.0.0 Kept as 2"))
        #expect(try server.mails().map(\.recipients) == [["silent-a@x.org"], ["ann@example.org"]])
    }

    @Test func `a relay that limits mails a connection gets new connections`() async throws {
        let server = try MailServer("--mails-per-connection", "2")
        let results = await (try server.transport()).deliver(try (1...5).map { try outgoing($0) })
        #expect(results == (1...5).map { .accepted(reply: "2.0.0 Kept as \($0)") })
        #expect(try server.mails().map(\.connection) == [1, 1, 2, 2, 3])
    }

    @Test func `a relay that refuses connections refuses no mail`() async throws {
        let server = try MailServer("--refuse-connection")
        let results = await (try server.transport()).deliver([try outgoing(1), try outgoing(2)])
        for result in results {
            guard case .notHandedOver(let reason) = result else {
                Issue.record("\(result)")
                continue
            }
            #expect(reason.contains("554 5.3.2 No service here"))
        }
    }

    @Test func `a relay that is gone refuses no mail`() async throws {
        let server = try MailServer()
        let transport = try server.transport()
        #expect(await transport.deliver([try outgoing(1)]) == [.accepted(reply: "2.0.0 Kept as 1")])
        server.stop()
        for result in await transport.deliver([try outgoing(2), try outgoing(3)]) {
            guard case .notHandedOver = result else {
                Issue.record("\(result)")
                continue
            }
        }
    }

    @Test(arguments: [("secret", true), ("wrong", false)])
    func `a login is used and its refusal is no refusal of the mail`(
        password: String,
        isAccepted: Bool
    ) async throws {
        let server = try MailServer("--login", "ann:secret")
        let login = SMTPOptions.Login(user: "ann", password: password)
        let result = await (try server.transport(login: login)).deliver([try outgoing(1)])[0]
        switch result {
        case .accepted: #expect(isAccepted)
        case .notHandedOver(let reason):
            #expect(!isAccepted)
            #expect(!reason.contains(password))
        default: Issue.record("\(result)")
        }
    }

    @Test func `without the encryption that was asked for nothing is sent`() async throws {
        let server = try MailServer()
        let result = await (try server.transport(security: .startTLS)).deliver([try outgoing(1)])[0]
        guard case .notHandedOver = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try server.mails().isEmpty)
    }

    @Test func `a stop lets the mail in hand end and starts no other`() async throws {
        let server = try MailServer()
        let mails = try (1...3).map { try outgoing($0) }
        let transport = try server.transport()
        let stop = Countdown(2)
        let results = await transport.deliver(mails) { stop.goesOn() }
        #expect(
            results == [
                .accepted(reply: "2.0.0 Kept as 1"), .accepted(reply: "2.0.0 Kept as 2"),
                .notStarted,
            ]
        )
    }

    @Test(arguments: [
        SMTPOptions(host: ""), SMTPOptions(host: "a/b"), SMTPOptions(host: "a b"),
        SMTPOptions(host: "a", port: 0), SMTPOptions(host: "a", clientName: "x\r\nQUIT"),
        SMTPOptions(host: "a", connections: 0),
    ])
    func `options that cannot be used are refused`(options: SMTPOptions) {
        #expect(throws: MessagingError.self) { try SMTPTransport(options) }
    }

    @Test func `a login does not show its password`() {
        let options = SMTPOptions(host: "a", login: .init(user: "ann", password: "hidden"))
        var dumped = ""
        dump(options, to: &dumped)
        #expect(!"\(options) \(String(reflecting: options)) \(dumped)".contains("hidden"))
    }
}

/// Says yes a number of times.
final class Countdown: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(_ count: Int) { left = count }

    func goesOn() -> Bool {
        lock.withLock {
            left -= 1
            return left >= 0
        }
    }
}
