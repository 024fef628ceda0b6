// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

struct SettingTests {
    let store = SettingStore(WorkspaceID(1))

    @Test(arguments: TestEngine.allCases)
    func `a setting has its default until it is set`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            #expect(try store.value(.importTriggersEnabled, in: transaction) == false)
            #expect(try store.value(.missedRunWindowHours, in: transaction) == 12)
            #expect(try store.value(.transferboxDays, in: transaction) == 5)
            #expect(try store.value(.taskRetentionDays, in: transaction) == 400)
            #expect(try store.value(.mailFrom, in: transaction) == "")
            try store.set(.importTriggersEnabled, to: true, by: context(), in: transaction)
            try store.set(.mailFrom, to: "ops@example.org", by: context(), in: transaction)
            try store.set("transferboxDays", toText: "7", by: context(), in: transaction)
            try store.set("transferboxDays", toText: "8", by: context(), in: transaction)
            #expect(try store.value(.importTriggersEnabled, in: transaction) == true)
            #expect(try store.value(.mailFrom, in: transaction) == "ops@example.org")
            #expect(try store.value(.transferboxDays, in: transaction) == 8)
            let other = SettingStore(WorkspaceID(2))
            #expect(try other.value(.transferboxDays, in: transaction) == 5)
            let all = try store.all(in: transaction)
            #expect(all.count == AnySetting.all.count)
            #expect(all["transferboxDays"] == "8" && all["missedRunWindowHours"] == "12")
            let entry = try AuditLog(WorkspaceID(1)).entries(in: transaction).first
            #expect(entry?.subject == "setting transferboxDays")
            #expect(entry?.details == ["value": "8"])
        }
    }

    @Test(arguments: [
        ("transferboxDays", "0"), ("transferboxDays", "366"), ("transferboxDays", "five"),
        ("transferboxDays", "+5"), ("transferboxDays", "05"), ("missedRunWindowHours", "-1"),
        ("importTriggersEnabled", "yes"), ("importTriggersEnabled", "TRUE"),
        ("mailFrom", "nobody"), ("taskRetentionDays", ""),
    ])
    func `a value that is not allowed is refused in words`(_ name: String, _ text: String) throws {
        let database = try TestEngine.memory.accounts()
        let error = #expect(throws: AccountsError.self) {
            try database.writeBlocking {
                try store.set(name, toText: text, by: context(), in: $0)
            }
        }
        #expect(error?.description.hasPrefix("\(name) must be") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `an unknown setting is refused`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        #expect(throws: AccountsError.noSuchSetting("colour")) {
            try database.writeBlocking {
                try store.set("colour", toText: "red", by: context(), in: $0)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a stored value that is no longer allowed counts as unset`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            try store.set(.transferboxDays, to: 9, by: context(), in: transaction)
            try transaction.execute(
                "UPDATE setting SET value = $1 WHERE workspace_id = $2",
                ["9999", 1]
            )
            #expect(try store.value(.transferboxDays, in: transaction) == 5)
            #expect(try store.all(in: transaction)["transferboxDays"] == "5")
        }
    }

    @Test(arguments: AnySetting.all.map(\.name))
    func `a setting is described and takes its own default`(_ name: String) throws {
        let same = AnySetting.all.filter { $0.name == name }
        #expect(same.count == 1)
        let setting = try #require(same.first)
        #expect(setting.summary.hasSuffix(".") && !setting.rule.isEmpty)
        let database = try TestEngine.memory.accounts()
        try database.writeBlocking {
            try store.set(name, toText: setting.standard, by: context(), in: $0)
        }
    }
}
