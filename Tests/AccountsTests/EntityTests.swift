// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

struct EntityTests {
    let store = EntityStore(WorkspaceID(1))

    @Test(arguments: TestEngine.allCases)
    func `entities are made, renamed and deleted`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            let first = try store.create(name: "Retail", by: context(), in: transaction)
            let second = try store.create(name: "Wholesale", by: context(), in: transaction)
            try store.rename(first.id, to: "RETAIL", by: context(), in: transaction)
            #expect(try store.all(in: transaction).map(\.name) == ["RETAIL", "Wholesale"])
            try store.delete(second.id, by: context(), in: transaction)
            #expect(try store.all(in: transaction).map(\.id) == [first.id])
            let third = try store.create(name: "Wholesale", by: context(), in: transaction)
            #expect(third.id > second.id)
            let actions = try AuditLog(WorkspaceID(1)).entries(in: transaction).map(\.action)
            #expect(
                actions == [
                    "entity.create", "entity.delete", "entity.rename", "entity.create",
                    "entity.create",
                ]
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a name is taken once in a workspace, ignoring case`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        let other = EntityStore(WorkspaceID(2))
        try database.writeBlocking { transaction in
            _ = try store.create(name: "Élan", by: context(), in: transaction)
            let second = try store.create(name: "Other", by: context(), in: transaction)
            #expect(throws: AccountsError.taken(field: "name")) {
                try store.create(name: "éLAN", by: context(), in: transaction)
            }
            #expect(throws: AccountsError.taken(field: "name")) {
                try store.rename(second.id, to: "élan", by: context(), in: transaction)
            }
            _ = try other.create(name: "Élan", by: context(WorkspaceID(2)), in: transaction)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `another workspace's entity cannot be reached`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        let other = EntityStore(WorkspaceID(2))
        let foreign = try database.writeBlocking { transaction in
            _ = try store.create(name: "Ours", by: context(), in: transaction)
            _ = try other.create(name: "A", by: context(WorkspaceID(2)), in: transaction)
            return try other.create(name: "B", by: context(WorkspaceID(2)), in: transaction)
        }
        let missing = AccountsError.noSuchEntity(foreign.id)
        #expect(throws: missing) {
            try database.readBlocking { try store.entity(foreign.id, in: $0) }
        }
        #expect(throws: missing) {
            try database.writeBlocking {
                try store.rename(foreign.id, to: "Stolen", by: context(), in: $0)
            }
        }
        #expect(throws: missing) {
            try database.writeBlocking { try store.delete(foreign.id, by: context(), in: $0) }
        }
        #expect(try database.readBlocking { try other.all(in: $0) }.map(\.name) == ["A", "B"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a call of another workspace changes nothing`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        #expect(throws: AccountsError.otherWorkspace) {
            try database.writeBlocking {
                try store.create(name: "Ours", by: context(WorkspaceID(2)), in: $0)
            }
        }
        #expect(try database.readBlocking { try store.all(in: $0) }.isEmpty)
    }
}
