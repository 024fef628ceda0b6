// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

/// Two transactions at once that want the same.
struct TwoAtOnceTests {
    @Test(arguments: TestEngine.allCases)
    func `of two workspaces with one technical name one is made`(_ engine: TestEngine) async throws
    {
        let database = try engine.accounts()
        let results = await engine.atOnce(on: database) { number, transaction in
            _ = try WorkspaceStore().create(
                name: "Shop \(number)",
                technicalName: "shop",
                by: context(WorkspaceID(0)),
                in: transaction
            )
        }
        #expect(results.successes == 1)
        #expect(results.failures == [AccountsError.taken(field: "technicalName").description])
        let all = try database.readBlocking { try WorkspaceStore().all(in: $0) }
        #expect(all.count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `of two entities with one name one is made`(_ engine: TestEngine) async throws {
        let database = try engine.accounts()
        let store = EntityStore(WorkspaceID(1))
        let results = await engine.atOnce(on: database) { number, transaction in
            let name = ["North", "NORTH"][number]
            _ = try store.create(name: name, by: context(), in: transaction)
        }
        #expect(results.successes == 1)
        #expect(results.failures == [AccountsError.taken(field: "name").description])
        #expect(try database.readBlocking { try store.all(in: $0) }.count == 1)
    }
}
