// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import TestSupport
import Testing

@testable import Console

/// The pages of custom tables and their rows.
struct CustomRowPagesTests {
    private static let rows = "/console/tables/orders/rows"

    /// A table of orders that belong to people, whose key is the order's number.
    private func orders(_ ground: ConsoleGround) async throws {
        try await ground.write { transaction, context in
            let owners = try ProfileTableStore(context.workspace)
                .table(named: "profiles", in: transaction)
            try CustomTableStore(context.workspace).create(
                name: "orders",
                displayName: "Orders",
                kind: .linkedData,
                owners: owners,
                attributes: [
                    NewAttribute("orderNumber", .string), NewAttribute("amount", .number),
                ],
                businessKey: "orderNumber",
                by: context,
                in: transaction
            )
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a row is made, found by its key, changed and deleted`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let people = try await ground.people(2)
        try await orders(ground)
        #expect(await ground.page("/console/tables", by: manager).contains("Linked data"))
        #expect(await ground.page("/console/tables/orders", by: manager).contains("business key"))
        #expect(await ground.page(Self.rows, by: manager).contains("No rows yet"))
        let made = try await ground.post(
            "\(Self.rows)/new",
            ["v-userId": "u2", "v-orderNumber": "A-<17>", "v-amount": "12.5"],
            by: manager
        )
        let place = made.location
        #expect(place.hasPrefix("\(Self.rows)/"))
        let page = await ground.page(place, by: manager)
        #expect(page.contains("A-&lt;17&gt;") && page.contains("12.5"))
        #expect(page.contains("/console/profiles/profiles/\(people[1])"))
        let found = await ground.page("\(Self.rows)?q=\(Form.encode("A-<17>"))", by: manager)
        #expect(found.contains("href=\"\(place)\"") && found.contains("p2@example.org"))
        #expect(await ground.page("\(Self.rows)?q=none", by: manager).contains("No row is found"))
        let changed = try await ground.post(
            "\(place)/edit",
            ["v-profileId": "\(people[0])", "v-orderNumber": "A-<17>", "v-amount": "13"],
            by: manager
        )
        #expect(changed.status == 303)
        #expect(await ground.page(place, by: manager).contains("p1@example.org"))
        #expect(try await ground.post("\(place)/delete", by: manager).location == Self.rows)
        _ = await ground.page(place, by: manager, status: 404)
    }

    @Test(arguments: TestEngine.lasting)
    func `what does not fit stands beside its field`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        try await ground.people(1)
        try await orders(ground)
        for (name, value) in [("amount", "many"), ("orderNumber", ""), ("userId", "nobody")] {
            var fields = ["userId": "u1", "orderNumber": "A-1", "amount": "1"]
            fields[name] = value
            let items = fields.map { Form.Item(name: "v-\($0.key)", value: $0.value) }
            let refused = try await ground.post("\(Self.rows)/new", items: items, by: manager)
            #expect(refused.status == 422, "\(name)")
            #expect(refused.text.contains("id=\"f-v-\(name)-error\""), "\(name)")
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `rows are paged by a cursor, each once`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let viewer = try await ground.cookie(.viewer)
        try await ground.people(1)
        try await orders(ground)
        try await ground.write { transaction, context in
            let table = try CustomTableStore(context.workspace)
                .table(named: "orders", in: transaction)
            for number in 1...70 {
                try CustomRowStore(table).create(
                    values: ["userId": "u1", "orderNumber": "N\(number)."],
                    by: context,
                    in: transaction
                )
            }
        }
        let first = await ground.page(Self.rows, by: viewer)
        #expect(first.contains(">N70.<") && !first.contains(">N20.<"))
        let match = try #require(first.firstMatch(of: #/href="([^"]+)" rel="next"/#))
        let second = await ground.page(String(match.1), by: viewer)
        #expect(second.contains(">N20.<") && second.contains(">N1.<"))
        #expect(!second.contains(">N70.<") && !second.contains("rel=\"next\""))
        #expect(!second.contains("New row"))
    }
}
