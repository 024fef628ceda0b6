// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

/// Custom tables and their rows, one by one.
@Suite struct CustomTableTests {
    @Test(arguments: TestEngine.allCases)
    func `a table is found by its name with attributes in their order`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let made = try world.customTable()
        let found = try world.database.readBlocking { connection in
            try CustomTableStore(world.workspace).table(named: "ORDERS", in: connection)
        }
        #expect(found == made)
        #expect(found.attributes.map(\.name) == World.orderAttributes.map(\.name))
        #expect(found.businessKey?.isUnique == true)
        #expect(found.businessKey?.isMandatory == true)
        #expect(found.physicalName == "c7_\(made.id)")
        #expect(found.owners == world.table)
    }

    @Test(arguments: TestEngine.allCases)
    func `names that are taken or kept for columns are refused`(_ engine: TestEngine) throws {
        let world = try World(engine)
        _ = try world.customTable()
        let taken = try audienceError { _ = try world.customTable("Orders") }
        #expect(taken == .nameTaken("Orders"))
        let profiles = try audienceError { _ = try world.customTable("profiles") }
        #expect(profiles == .nameTaken("profiles"))
        let orders = try audienceError {
            _ = try world.database.writeBlocking { transaction in
                try ProfileTableStore(world.workspace).create(
                    name: "ORDERS",
                    displayName: "Orders",
                    attributes: [],
                    businessKey: nil,
                    by: world.context(),
                    in: transaction
                )
            }
        }
        #expect(orders == .nameTaken("ORDERS"))
        for name in ["id", "profileId", "updateMoment", "userId"] {
            let found = try audienceError {
                _ = try world.customTable("t\(name)", attributes: [NewAttribute(name, .string)])
            }
            #expect(found == .nameTaken(name))
        }
        let role = try audienceError {
            let mail = NewAttribute("mail", .string, role: .emailAddress)
            _ = try world.customTable("mails", attributes: [mail])
        }
        #expect(role == .badName("mail", rule: "only columns of profiles have roles"))
    }

    @Test(arguments: TestEngine.allCases)
    func `an update that changes no value writes nothing`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let table = try world.customTable()
        try world.create(["userId": "u1"])
        let made = try world.createRow(
            ["orderNumber": "A1", "userId": "u1", "amount": "12.5", "tags": "x,y"],
            in: table
        )
        #expect(made.createdAt == made.updatedAt)
        #expect(made.createdStamp == made.updatedStamp)
        world.time.advance(by: .minutes(5))
        let same = try world.updateRow(made.id, ["amount": "12.50", "userId": "u1"], in: table)
        #expect(same.outcome == .unchanged)
        #expect(same.row == made)
        let changed = try world.updateRow(made.id, ["amount": "13"], in: table)
        #expect(changed.outcome == .updated)
        #expect(changed.row.createdAt == made.createdAt)
        #expect(changed.row.updatedAt == world.time.now())
        #expect(changed.row.updatedStamp > made.updatedStamp)
    }

    @Test(arguments: TestEngine.allCases)
    func `a row names its profile by number or by business key, and must name one`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let table = try world.customTable()
        let ann = try world.create(["userId": "ann"]).id
        let bob = try world.create(["userId": "bob"]).id
        let first = try world.createRow(["orderNumber": "1", "userId": "ann"], in: table)
        let second = try world.createRow(["orderNumber": "2", "profileId": "\(bob)"], in: table)
        #expect([first.profile, second.profile] == [ann, bob])
        #expect(try world.updateRow(first.id, ["userId": "bob"], in: table).row.profile == bob)
        let unknown = try audienceError {
            try world.createRow(["orderNumber": "3", "userId": "cid"], in: table)
        }
        #expect(unknown == .noSuchProfile("of this userId"))
        let none = try audienceError { try world.createRow(["orderNumber": "3"], in: table) }
        #expect(none?.description == "orders: profileId is mandatory")
        #expect(try world.customRows(of: table).count == 2)
    }

    @Test(arguments: TestEngine.allCases)
    func `the business key is mandatory, unique and never changes`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let table = try world.customTable("shops", .repository)
        let made = try world.createRow(["orderNumber": "1"], in: table)
        #expect(made.profile == nil)
        for values in [["amount": "1"], ["orderNumber": "1"]] {
            #expect(try audienceError { try world.createRow(values, in: table) } != nil)
        }
        let moved = try audienceError {
            try world.updateRow(made.id, ["orderNumber": "2"], in: table)
        }
        #expect(moved?.description.contains("cannot change once set") == true)
        let wrong = try audienceError {
            try world.createRow(["orderNumber": "2", "state": "lost"], in: table)
        }
        #expect(wrong?.description == "state: none of the accepted values")
    }

    @Test(arguments: TestEngine.allCases)
    func `without a key of its own a row is known by its number, which is never given again`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let table = try world.customTable("visits", .interaction, key: nil)
        #expect(table.hasAutomaticKey)
        try world.create(["userId": "u1"])
        let rows = try (1...3).map { _ in try world.createRow(["userId": "u1"], in: table) }
        let last = try #require(rows.last)
        try world.delete(last.id, from: table)
        let next = try world.createRow(["userId": "u1"], in: table)
        #expect(next.id > last.id)
        let found = try world.database.readBlocking { connection in
            try CustomRowStore(table).find("\(next.id)", in: connection)
        }
        #expect(found == next)
        #expect(next.businessKey == "\(next.id)")
        let own = try audienceError { try world.createRow(["id": "7", "userId": "u1"], in: table) }
        #expect(own == .badName("id", rule: "a row's number is given to it"))
    }

    @Test(arguments: TestEngine.allCases)
    func `an attribute is added to a table with rows`(_ engine: TestEngine) throws {
        let world = try World(engine)
        var table = try world.customTable("shops", .repository)
        let made = try world.createRow(["orderNumber": "1"], in: table)
        table = try world.database.writeBlocking { transaction in
            let store = CustomTableStore(world.workspace)
            try store.add(NewAttribute("city", .string), to: table, in: transaction)
            return try store.table(table.id, in: transaction)
        }
        try world.updateRow(made.id, ["city": "Gent"], in: table)
        let city = try #require(table.attribute(named: "city"))
        #expect(try world.customRows(of: table).first?.text(city) == "Gent")
    }
}
