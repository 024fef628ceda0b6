// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport

/// A fresh database with the default table, plus what tests ask of attributes.
struct World {
    let database: Database
    let time = ManualTime()
    let table: ProfileTable
    let newsletter: MailingList
    let club: MailingList
    /// Every statement that was prepared.
    let statements: StatementLog
    let workspace = WorkspaceID(7)

    init(_ engine: TestEngine, extra: [NewAttribute] = World.extraAttributes) throws {
        let statements = StatementLog()
        let workspace = workspace
        database = try engine.open(
            migrations: TaskSchema.migrations + AudienceSchema.migrations,
            time: time,
            record: statements.record
        )
        self.statements = statements
        let context = Context(
            workspace: workspace,
            actor: "test",
            source: .manualEdit,
            moment: ManualTime.monday
        )
        (table, newsletter, club) = try database.writeBlocking { transaction in
            let tables = ProfileTableStore(workspace)
            let lists = ListStore(workspace)
            var table = try tables.createDefault(by: context, in: transaction)
            for attribute in extra {
                table.attributes.append(try tables.add(attribute, to: table, in: transaction))
            }
            return (
                table,
                try lists.create(name: "newsletter", table: table.id, by: context, in: transaction),
                try lists.create(
                    name: "club",
                    table: table.id,
                    needsConfirmation: true,
                    by: context,
                    in: transaction
                )
            )
        }
    }

    static let extraAttributes = [
        NewAttribute("points", .integer), NewAttribute("weight", .number),
        NewAttribute("born", .date, role: .birthDate), NewAttribute("seenAt", .moment),
        NewAttribute("tags", .string, isMultiValued: true),
        NewAttribute("sizes", .integer, isMultiValued: true), NewAttribute("note", .text),
        NewAttribute("card", .string, isUnique: true),
    ]

    var store: ProfileStore { ProfileStore(table) }

    func context(_ source: ChangeSource = .api) -> Context {
        Context(workspace: workspace, actor: "test", source: source, moment: time.now())
    }

    @discardableResult
    func create(_ values: [String: String]) throws -> Profile {
        try database.writeBlocking { transaction in
            try store.create(values: values, by: context(), in: transaction).profile
        }
    }

    @discardableResult
    func update(_ id: ProfileID, _ values: [String: String]) throws -> ProfileChange {
        try database.writeBlocking { transaction in
            try store.update(id, values: values, by: context(), in: transaction)
        }
    }

    func profile(_ id: ProfileID) throws -> Profile? {
        try database.readBlocking { try store.profile(id, in: $0) }
    }

    func rows(_ sql: String, _ values: [any SQLConvertible] = []) throws -> [[SQLValue]] {
        try database.readBlocking { try $0.rows(sql, values).map { $0.values.map(\.plain) } }
    }

    func subscribe(_ isSubscribed: Bool, _ profile: ProfileID, _ list: MailingList) throws -> Bool {
        try database.writeBlocking { transaction in
            try SubscriptionStore(workspace).set(
                isSubscribed,
                of: profile,
                on: list,
                Collection(source: "shop", way: "form 12", moment: time.now()),
                table: table,
                by: context(.form),
                in: transaction
            )
        }
    }
}

/// The error that a closure throws, if it throws one of the room.
func audienceError(_ body: () throws -> Void) throws -> AudienceError? {
    do {
        try body()
        return nil
    } catch let error as AudienceError {
        return error
    }
}
