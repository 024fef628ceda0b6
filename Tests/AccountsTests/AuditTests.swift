// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Synchronization
import TestSupport
import Testing

struct AuditTests {
    let log = AuditLog(WorkspaceID(1))

    @Test(arguments: TestEngine.allCases)
    func `an entry says who did what to what, when and how`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            try log.record(
                "thing.make",
                subject: "thing 7",
                details: ["b": "2", "a": "1"],
                by: context(),
                in: transaction
            )
        }
        let entry = try #require(try database.readBlocking { try log.entries(in: $0) }.first)
        #expect(entry.actor == "Ada" && entry.source == .manualEdit)
        #expect(entry.moment == ManualTime.monday)
        #expect(entry.action == "thing.make" && entry.subject == "thing 7")
        #expect(entry.details == ["a": "1", "b": "2"])
    }

    @Test(arguments: TestEngine.allCases)
    func `entries are read newest first, by pages and by subject`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            for number in 1...7 {
                try log.record(
                    "n\(number)",
                    subject: "thing \(number % 2)",
                    by: context(),
                    in: transaction
                )
            }
            try AuditLog(WorkspaceID(2)).record(
                "foreign",
                subject: "thing 1",
                by: context(WorkspaceID(2)),
                in: transaction
            )
        }
        try database.readBlocking { connection in
            let first = try log.entries(limit: 4, in: connection)
            #expect(first.map(\.action) == ["n7", "n6", "n5", "n4"])
            let second = try log.entries(before: first.last?.id, limit: 4, in: connection)
            #expect(second.map(\.action) == ["n3", "n2", "n1"])
            let odd = try log.entries(on: "thing 1", in: connection)
            #expect(odd.map(\.action) == ["n7", "n5", "n3", "n1"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `old entries are deleted by the thousand`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            for number in 0..<1_200 {
                let moment = ManualTime.monday + .seconds(Int64(number))
                try log.record(
                    "n",
                    subject: "s",
                    by: context().at(moment),
                    in: transaction
                )
            }
            let cut = ManualTime.monday + .seconds(1_100)
            #expect(try log.delete(before: cut, in: transaction) == 1_000)
            #expect(try log.delete(before: cut, in: transaction) == 100)
            #expect(try log.delete(before: cut, in: transaction) == 0)
            #expect(try log.entries(limit: 500, in: transaction).count == 100)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a change that fails leaves no entry`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        #expect(throws: SimulatedCrash.self) {
            try database.writeBlocking { transaction in
                _ = try EntityStore(WorkspaceID(1)).create(
                    name: "A",
                    by: context(),
                    in: transaction
                )
                throw SimulatedCrash(name: "before the commit")
            }
        }
        #expect(try database.readBlocking { try log.entries(in: $0) }.isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `every statement on a table of a workspace binds the workspace`(
        _ engine: TestEngine
    )
        throws
    {
        let statements = StatementList()
        let database = try engine.accounts { statements.add($0) }
        statements.clear()
        try exerciseAll(database)
        let scoped = AccountsSchema.migrations.flatMap(\.steps).compactMap { step in
            if case .createTable(let table) = step, table.isScoped { table.name } else { nil }
        }
        #expect(scoped.count == 10)
        for table in scoped {
            let touching = statements.all.filter { Self.touches(table, $0) }
            #expect(!touching.isEmpty, "nothing touched \(table)")
            for statement in touching { #expect(Self.bindsWorkspace(statement), "\(statement)") }
        }
    }

    private func exerciseAll(_ database: Database) throws {
        let workspace = WorkspaceID(1)
        let key = try #require(SecretKey(bytes: Array(0..<32)))
        let secrets = SecretStore(workspace, key: key)
        try database.writeBlocking { transaction in
            let entities = EntityStore(workspace)
            let entity = try entities.create(name: "A", by: context(), in: transaction)
            try entities.rename(entity.id, to: "B", by: context(), in: transaction)
            let users = UserStore(workspace)
            let user = try users.create(
                name: "U",
                email: "u@example.org",
                role: .viewer,
                entities: [entity.id],
                by: context(),
                in: transaction
            )
            try users.update(user, by: context(), in: transaction)
            try users.delete(user.id, by: context(), in: transaction)
            try entities.delete(entity.id, by: context(), in: transaction)
            let settings = SettingStore(workspace)
            try settings.set(.transferboxDays, to: 6, by: context(), in: transaction)
            _ = try settings.value(.transferboxDays, in: transaction)
            _ = try settings.all(in: transaction)
            try secrets.set("s", to: Secret("x"), by: context(), in: transaction)
            _ = try secrets.secret("s", in: transaction)
            _ = try secrets.names(in: transaction)
            try secrets.remove("s", by: context(), in: transaction)
            _ = try log.entries(on: "user 1", in: transaction)
            _ = try log.delete(before: ManualTime.monday, in: transaction)
        }
    }

    private static func touches(_ table: String, _ statement: String) -> Bool {
        let words = statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.contains { $0 == table }
    }

    private static func bindsWorkspace(_ statement: String) -> Bool {
        statement.contains(/workspace_id = \$\d/)
            || statement.contains(/^INSERT INTO \w+\s+\(workspace_id,/)
    }
}

/// The statements that a database was given.
private final class StatementList: Sendable {
    private let statements = Mutex<[String]>([])

    var all: [String] { statements.withLock { $0 } }

    func add(_ statement: String) { statements.withLock { $0.append(statement) } }

    func clear() { statements.withLock { $0 = [] } }
}
