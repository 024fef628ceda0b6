// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

struct TableTests {
    private func create(
        _ world: World,
        _ name: String,
        _ attributes: [NewAttribute] = [],
        key: String? = nil
    ) throws {
        try world.database.writeBlocking { transaction in
            _ = try ProfileTableStore(world.workspace).create(
                name: name,
                displayName: name,
                attributes: attributes,
                businessKey: key,
                by: world.context(),
                in: transaction
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a new workspace's table has the attributes of the spec`(_ engine: TestEngine) throws {
        let world = try World(engine, extra: [])
        let table = try world.database.readBlocking {
            try ProfileTableStore(world.workspace).table(named: "PROFILES", in: $0)
        }
        #expect(table == world.table)
        #expect(
            table.attributes.map(\.name) == [
                "userId", "emailAddress", "gsmNumber", "firstName", "lastName", "language",
                "timeZone", "emailEnabled", "smsEnabled", "pushEnabled", "marketingConsent",
            ]
        )
        #expect(table.businessKey?.name == "userId" && table.businessKey?.isUnique == true)
        let aliases = [
            "user_id": "userId", "EMAIL": "emailAddress", "mobile_number": "gsmNumber",
            "msisdn": "gsmNumber", "first_name": "firstName", "last_name": "lastName",
            "timezone": "timeZone", "email_subscription": "emailEnabled",
            "sms_subscription": "smsEnabled",
        ]
        for (alias, name) in aliases { #expect(table.attribute(named: alias)?.name == name) }
    }

    @Test(arguments: [
        "", "1a", "_a", "a-b", "a b", "é", "a'; DROP TABLE task; --", "a.b",
        String(repeating: "a", count: 65),
    ])
    func `a name that breaks the rule is refused for tables, attributes and lists`(
        _ name: String
    ) throws {
        let world = try World(.memory, extra: [])
        let table = try audienceError { try create(world, name) }
        let attribute = try audienceError { try create(world, "t", [NewAttribute(name, .string)]) }
        let list = try audienceError {
            try world.database.writeBlocking { transaction in
                _ = try ListStore(world.workspace).create(
                    name: name,
                    table: world.table.id,
                    by: world.context(),
                    in: transaction
                )
            }
        }
        for error in [table, attribute, list] {
            guard case .badName(name, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `names have 64 and 50 characters at most`(_ engine: TestEngine) throws {
        let world = try World(engine, extra: [])
        let name = String(repeating: "t", count: 64)
        try create(world, name, [NewAttribute(String(repeating: "a", count: 50), .string)])
        let error = try audienceError {
            try create(world, "u", [NewAttribute(String(repeating: "a", count: 51), .string)])
        }
        #expect(error?.description.contains("at most 50") == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `names that differ in case only clash`(_ engine: TestEngine) throws {
        let world = try World(engine)
        #expect(try audienceError { try create(world, "Profiles") } == .nameTaken("Profiles"))
        let clash = [NewAttribute("Size", .string), NewAttribute("sIZE", .string)]
        #expect(try audienceError { try create(world, "t", clash) } == .nameTaken("sIZE"))
        let added = try audienceError {
            try world.database.writeBlocking { transaction in
                _ = try ProfileTableStore(world.workspace).add(
                    NewAttribute("POINTS", .integer),
                    to: world.table,
                    in: transaction
                )
            }
        }
        #expect(added == .nameTaken("POINTS"))
        let list = try audienceError {
            try world.database.writeBlocking { transaction in
                _ = try ListStore(world.workspace).create(
                    name: "Newsletter",
                    table: world.table.id,
                    by: world.context(),
                    in: transaction
                )
            }
        }
        #expect(list == .nameTaken("Newsletter"))
    }

    @Test(arguments: ["profileId", "CREATIONMOMENT", "updateMoment", "lastSmsClickMoment"])
    func `the names of technical columns are taken`(_ name: String) throws {
        let world = try World(.memory, extra: [])
        let error = try audienceError { try create(world, "t", [NewAttribute(name, .string)]) }
        #expect(error == .nameTaken(name))
    }

    @Test(arguments: TestEngine.dialects)
    func `a table refuses a second role, several dates and a key that is not unique`(
        _ engine: TestEngine
    )
        throws
    {
        let world = try World(engine, extra: [])
        let roles = [
            NewAttribute("a", .string, role: .language),
            NewAttribute("b", .string, role: .language),
        ]
        #expect(try audienceError { try create(world, "t", roles) } == .roleTaken(.language))
        let dates = [NewAttribute("d", .date, isMultiValued: true)]
        #expect(try audienceError { try create(world, "t", dates) } == .notMultiValued("d"))
        let key = [NewAttribute("k", .string)]
        let error = try audienceError { try create(world, "t", key, key: "k") }
        #expect(error == .badName("k", rule: "a business key must be unique"))
        let unknown = try audienceError { try create(world, "t", key, key: "z") }
        #expect(unknown == .noSuchAttribute("z", table: "t"))
        try create(world, "t", key)
    }

    @Test(arguments: TestEngine.dialects)
    func `tables of two workspaces do not see each other`(_ engine: TestEngine) throws {
        let world = try World(engine, extra: [])
        let other = WorkspaceID(8)
        try world.database.writeBlocking { transaction in
            var context = world.context()
            context.workspace = other
            let table = try ProfileTableStore(other).createDefault(by: context, in: transaction)
            #expect(table.physicalName != world.table.physicalName)
            #expect(throws: AudienceError.noSuchList("newsletter")) {
                try ListStore(other).list(named: "newsletter", in: transaction)
            }
        }
    }
}
