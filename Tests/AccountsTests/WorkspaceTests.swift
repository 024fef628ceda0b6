// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

struct WorkspaceTests {
    let store = WorkspaceStore()

    @Test(arguments: TestEngine.allCases)
    func `a workspace is made, found and changed`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            let made = try store.create(
                name: "  Café du Nord ",
                technicalName: "cafe-nord",
                defaultCountryCode: "32",
                by: context(WorkspaceID(0)),
                in: transaction
            )
            #expect(made.id == WorkspaceID(1))
            #expect(made.name == "Café du Nord")
            #expect(try store.workspace(made.id, in: transaction) == made)
            #expect(try store.workspace(named: "cafe-nord", in: transaction) == made)
            var changed = made
            changed.name = "Café"
            changed.defaultCountryCode = nil
            try store.update(changed, by: context(made.id), in: transaction)
            #expect(try store.all(in: transaction) == [changed])
            let actions = try AuditLog(made.id).entries(in: transaction).map(\.action)
            #expect(actions == ["workspace.update", "workspace.create"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a technical name is taken once in the installation`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            for number in 1...2 {
                _ = try store.create(
                    name: "Same name",
                    technicalName: "shop\(number)",
                    by: context(),
                    in: transaction
                )
            }
            #expect(throws: AccountsError.taken(field: "technicalName")) {
                try store.create(
                    name: "Other",
                    technicalName: "shop1",
                    by: context(),
                    in: transaction
                )
            }
            #expect(try store.all(in: transaction).map(\.id) == [WorkspaceID(1), WorkspaceID(2)])
        }
    }

    @Test(arguments: [
        "", "Shop", "1shop", "shop one", "café", "-shop", "a/b", String(repeating: "a", count: 64),
    ])
    func `a technical name of another form is refused`(_ name: String) throws {
        let database = try TestEngine.memory.accounts()
        let error = #expect(throws: AccountsError.self) {
            try database.writeBlocking {
                try store.create(name: "Shop", technicalName: name, by: context(), in: $0)
            }
        }
        #expect(error?.description.hasPrefix("technicalName must be") == true)
    }

    @Test(arguments: ["", "+32", "032", "1234", "３２", "x"])
    func `a country code of another form is refused`(_ code: String) throws {
        let database = try TestEngine.memory.accounts()
        let error = #expect(throws: AccountsError.self) {
            try database.writeBlocking {
                try store.create(
                    name: "Shop",
                    technicalName: "shop",
                    defaultCountryCode: code,
                    by: context(),
                    in: $0
                )
            }
        }
        #expect(error?.description.hasPrefix("defaultCountryCode must be") == true)
    }

    @Test(arguments: ["", "   ", "a\u{0}b", "a\nb", String(repeating: "x", count: 201)])
    func `a name of another form is refused`(_ name: String) throws {
        let database = try TestEngine.memory.accounts()
        #expect(throws: AccountsError.self) {
            try database.writeBlocking {
                try store.create(name: name, technicalName: "shop", by: context(), in: $0)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a workspace that does not exist is an error`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        #expect(throws: AccountsError.noSuchWorkspace) {
            try database.readBlocking { try store.workspace(WorkspaceID(7), in: $0) }
        }
        #expect(try database.readBlocking { try store.workspace(named: "x", in: $0) } == nil)
    }
}
