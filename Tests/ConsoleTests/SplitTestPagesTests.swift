// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Console

/// The pages of split tests.
struct SplitTestPagesTests {
    private static let path = "/console/split-tests"

    private func fields(_ messages: [StoredMessageID], _ list: ListID) -> [Form.Item] {
        [
            ("name", "Which subject"), ("target", "l:\(list)"), ("message-0", "\(messages[0])"),
            ("message-1", "\(messages[1])"), ("share", "4"), ("shareType", "number"),
            ("criterion", "open"), ("delay", "4"), ("action", "tellme"), ("tie", "first"),
            ("zone", "UTC"),
        ].map { Form.Item(name: $0.0, value: $0.1) }
    }

    @Test(arguments: TestEngine.lasting)
    func `a split test is made, shows its figures, and a person chooses the winner`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        #expect(await ground.page(Self.path, by: manager).contains("No split tests yet"))
        let list = try await ground.list("news", of: try await ground.people(10))
        let messages = [try await ground.message("First"), try await ground.message("Second")]
        let made = try await ground.post(
            "\(Self.path)/new",
            items: fields(messages, list),
            by: manager
        )
        #expect(made.location == "\(Self.path)/1")
        #expect(await ground.page(Self.path, by: manager).contains("Which subject"))
        try await ground.work()
        let testing = await ground.page("\(Self.path)/1", by: manager)
        #expect(testing.contains("Testing") && testing.contains("Send B to the rest"))
        #expect(testing.ranges(of: "people?state=sent\">2</a>").count == 2)
        let place = try #require(testing.firstMatch(of: #/href="([^"]*)\?state=sent"/#)).1
        _ = try await ground.write { transaction, context in
            let first: InteractionID? = try transaction.value(
                "SELECT min(id) FROM interaction WHERE workspace_id = $1",
                [context.workspace]
            )
            let openings = first.map { [Activity(.opening, of: $0)] } ?? []
            try ActivityStore(context.workspace).record(openings, in: transaction)
        }
        for (state, count) in [("sent", 2), ("opened", 1), ("clicked", 0)] {
            let people = await ground.page("\(place)?state=\(state)", by: manager)
            let links = people.ranges(of: "href=\"/console/profiles/profiles/")
            #expect(links.count == count, "\(state)")
        }
        let chosen = try await ground.post("\(Self.path)/1/choose", ["version": "1"], by: manager)
        #expect(chosen.status == 303)
        try await ground.work()
        let decided = await ground.page("\(Self.path)/1", by: manager)
        #expect(decided.contains("B won. It goes to the rest"))
        #expect(!decided.contains("Send A to the rest"))
        let again = try await ground.post("\(Self.path)/1/choose", ["version": "0"], by: manager)
        #expect(again.status == 422)
        #expect(await ground.page("/console/sends/3", by: manager).contains("Which subject B"))
    }

    @Test(arguments: TestEngine.lasting)
    func `a split test is cancelled, and what is wrong with one stands beside its field`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let list = try await ground.list("news", of: try await ground.people(4))
        let messages = [try await ground.message("First"), try await ground.message("Second")]
        for (name, value) in [
            ("name", ""), ("message-1", ""), ("share", "1"), ("delay", "0"), ("day", "2020-01-01"),
        ] {
            let form = Form(fields(messages, list)).setting(name, value)
            let refused = try await ground.post("\(Self.path)/new", items: form.items, by: manager)
            #expect(refused.status == 422, "\(name)")
            #expect(refused.text.contains("id=\"f-\(name)-error\""), "\(name)")
        }
        _ = try await ground.post("\(Self.path)/new", items: fields(messages, list), by: manager)
        let cancelled = try await ground.post("\(Self.path)/1/cancel", by: manager)
        #expect(cancelled.status == 303)
        #expect(await ground.page("\(Self.path)/1", by: manager).contains("It was cancelled"))
    }

    @Test func `authors do not see split tests, and viewers change none`() async throws {
        let ground = try await ConsoleGround(.file)
        let author = try await ground.cookie(.author)
        let viewer = try await ground.cookie(.viewer)
        _ = await ground.page(Self.path, by: author, status: 403)
        #expect(!(await ground.page(Self.path, by: viewer)).contains("New split test"))
        #expect(try await ground.post("\(Self.path)/1/choose", by: viewer).status == 403)
    }
}
