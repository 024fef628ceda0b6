// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import Messaging
import TestSupport
import Testing

@Suite struct OutboxTransportTests {
    private let folder: TemporaryFolder
    private let outbox: OutboxTransport

    init() throws {
        folder = try TemporaryFolder()
        outbox = OutboxTransport(folder: folder.path + "/outbox")
    }

    @Test func `each mail is a file named by its day and Message-ID`() async throws {
        var second = try outgoing(2, content: "two")
        second.date = second.date + .days(1)
        let results = await outbox.deliver([try outgoing(1), second])
        #expect(results == .init(repeating: .accepted(reply: "Kept in the outbox."), count: 2))
        #expect(try folder.names("outbox") == ["2023-11-14", "2023-11-15"])
        #expect(try folder.names("outbox/2023-11-15") == ["i2@mail.example.com.eml"])
        let bytes = try folder.read("outbox/2023-11-15/i2@mail.example.com.eml")
        #expect(String(decoding: bytes, as: UTF8.self) == "two")
    }

    @Test func `a mail is never kept twice`() async throws {
        let first = try outgoing(1, content: "first")
        let again = try outgoing(1, content: "again")
        _ = await outbox.deliver([first])
        let results = await OutboxTransport(folder: folder.path + "/outbox").deliver([again])
        let reason = "The outbox holds this Message-ID already."
        #expect(results == [.alreadyHandedOver(reason: reason)])
        #expect(try folder.names("outbox/2023-11-14") == ["i1@mail.example.com.eml"])
        let bytes = try folder.read("outbox/2023-11-14/i1@mail.example.com.eml")
        #expect(String(decoding: bytes, as: UTF8.self) == "first")
    }

    @Test func `of the same mail handed over by many, one is kept`() async throws {
        let mail = try outgoing(1)
        let path = folder.path + "/outbox"
        let accepted = await withTaskGroup(of: [DeliveryResult].self) { group in
            for _ in 0..<20 {
                group.addTask { await OutboxTransport(folder: path).deliver([mail]) }
            }
            return await group.reduce(into: 0) { count, results in
                if case .accepted = results[0] { count += 1 }
            }
        }
        #expect(accepted == 1)
        #expect(try folder.names("outbox/2023-11-14").count == 1)
    }

    @Test func `only the owner can read the outbox`() async throws {
        _ = await outbox.deliver([try outgoing(1)])
        let paths = ["", "/2023-11-14", "/2023-11-14/i1@mail.example.com.eml"]
        let permissions = try paths.map { path in
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.path + "/outbox" + path
            )
            return attributes[.posixPermissions] as? Int
        }
        #expect(permissions == [0o700, 0o700, 0o600])
    }

    @Test func `a stopped batch leaves the rest not started`() async throws {
        let mails = try (1...3).map { try outgoing($0) }
        let results = await outbox.deliver(mails) { false }
        #expect(results == [.notStarted, .notStarted, .notStarted])
        #expect(try folder.names() == [])
    }

    @Test func `a folder that cannot be made is a failure that can be tried again`() async throws {
        let outbox = OutboxTransport(folder: folder.path + "/missing/outbox")
        let results = await outbox.deliver([try outgoing(1)])
        guard case .notHandedOver(let reason) = results[0] else {
            Issue.record("\(results)")
            return
        }
        #expect(reason.contains("No such file"))
    }
}
