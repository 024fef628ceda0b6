// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Logging
import Tasks
import TestSupport
import Testing

extension World {
    /// A custom table of a kind, made when it is not there; interactions have numbers as keys.
    func customTable(_ kind: CustomTableKind, of table: ProfileTable) throws -> CustomTable {
        try database.writeBlocking { try World.customTable(kind, of: table, $0) }
    }

    static func customTable(
        _ kind: CustomTableKind,
        of table: ProfileTable,
        _ transaction: Transaction
    ) throws -> CustomTable {
        let store = CustomTableStore(table.workspace)
        if let found = try store.all(in: transaction).first(where: { $0.kind == kind }) {
            return found
        }
        return try store.create(
            name: "\(kind.rawValue)Rows",
            displayName: kind.rawValue,
            kind: kind,
            owners: kind.hasOwner ? table : nil,
            attributes: [
                NewAttribute("code", .string), NewAttribute("amount", .number),
                NewAttribute("at", .moment), NewAttribute("isOpen", .boolean),
                NewAttribute("tags", .string, isMultiValued: true),
            ],
            businessKey: kind == .interaction ? nil : "code",
            by: Context(
                workspace: table.workspace,
                actor: "anna",
                source: .api,
                moment: transaction.moment
            ),
            in: transaction
        )
    }
}

/// The third part of the scripted history: rows of custom tables, and segments.
extension History {
    /// In each table: rows that were made, changed, and deleted; linked ones with a deleted profile.
    func playRows(isKeyed: Bool) async throws {
        let guest = try await world.create(["userId": "guest;1"], in: table)
        for kind in CustomTableKind.allCases {
            let custom = try world.customTable(kind, of: table)
            func owner(_ profile: ProfileID) -> [String: String] {
                kind.hasOwner ? ["profileId": "\(profile)"] : [:]
            }
            func row(_ code: String, _ profile: ProfileID) throws -> CustomRowID {
                try change(custom) { store, context, transaction in
                    let values = ["code": code, "amount": "2.50", "tags": "a;b,c"]
                        .merging(owner(profile)) { first, _ in first }
                    return
                        try store
                        .create(values: values, by: context, in: transaction).row.id
                }
            }
            let first = try row("A;1", people[0])
            _ = try row("=2", people[1])
            let third = try row("C", people[0])
            _ = try row("D", guest)
            world.time.advance(by: .minutes(1))
            _ = try change(custom) { store, context, transaction in
                try store.update(
                    first,
                    values: ["amount": "3", "isOpen": "yes", "at": "2026-03-01T23:30:00.5Z"],
                    by: context,
                    in: transaction
                )
            }
            try change(custom) { _, context, transaction in
                try RowDeletion(custom, by: context).delete(third, in: transaction)
            }
            world.time.advance(by: .minutes(1))
        }
        try await world.erase(guest, from: table)
        world.time.advance(by: .minutes(1))
    }

    /// A simple and an exclusive segmentation with history; one person changes both.
    func playSegments() async throws {
        let guest = try await world.create(["userId": "rich guest", "points": "10"], in: table)
        let store = SegmentationStore(world.workspace)
        let (table, context) = (table, world.context)
        let made = try await world.database.write { transaction in
            let rich = SearchExpression(["attribute": "points", "greaterThan": 5])
            let simple = SegmentationDefinition(
                name: "rich",
                kind: .simple,
                hasHistory: true,
                segments: [NewSegment(rich)]
            )
            let exclusive = SegmentationDefinition(
                name: "tier",
                kind: .exclusive,
                hasHistory: true,
                segments: [NewSegment("high; \"up\"", rich)],
                defaultSegment: "low"
            )
            return try [simple, exclusive].map {
                try store.create($0, over: table, by: context, in: transaction)
            }
        }
        try await refresh(made)
        world.time.advance(by: .minutes(1))
        try await world.update(guest, ["points": "1"], in: table)
        try await refresh(made)
        world.time.advance(by: .minutes(1))
    }

    private func refresh(_ segmentations: [Segmentation]) async throws {
        for segmentation in segmentations {
            let (workspace, context) = (world.workspace, world.context)
            let task = try await world.database.write { transaction in
                try SegmentRefreshes(workspace)
                    .start(segmentation.id, by: context, in: transaction)
            }
            let worker = Worker(
                database: world.database,
                jobs: [SegmentRefreshJob(SearchCompiler())],
                randomness: SeededRandomness(),
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            #expect(try await worker.run(try #require(task), of: workspace))
        }
    }

    @discardableResult
    private func change<Value>(
        _ table: CustomTable,
        _ body: (CustomRowStore, Context, Transaction) throws -> Value
    ) throws -> Value {
        let context = world.context
        return try world.database.writeBlocking { transaction in
            try body(CustomRowStore(table), context, transaction)
        }
    }
}
