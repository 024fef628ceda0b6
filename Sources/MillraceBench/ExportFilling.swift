// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation

/// Fills a workspace with profiles and sent e-mails, in transactions with a stamp each.
struct ExportFilling {
    let database: Database
    let workspace: WorkspaceID

    /// Makes profiles with ids from 1.
    func profiles(_ count: Int) async throws {
        try await batches(count, of: 100_000) { rows, table, transaction in
            guard let key = table.businessKey, let mail = table.attribute(.emailAddress) else {
                throw BenchError.exportFailed("no table")
            }
            let stamp = try transaction.stamp().value
            let writer = try transaction.insertion(
                into: table.physicalName,
                columns: [
                    "id", key.column, mail.column, "created_at", "updated_at", "created_stamp",
                    "updated_stamp",
                ]
            )
            for id in rows {
                writer.integer(Int64(id))
                writer.value(.text("user-\(id)"))
                writer.value(.text("person.\(id)@example.org"))
                writer.value(.moment(transaction.moment))
                writer.value(.moment(transaction.moment))
                writer.integer(stamp)
                writer.integer(stamp)
                try writer.endRow()
            }
            try writer.finish()
        }
    }

    /// Makes one sent e-mail for each profile, a thousand at one moment.
    func events(_ count: Int) async throws {
        try await makeCampaign()
        let (workspace, start) = (workspace, SystemTime().now() - .days(1))
        try await batches(count, of: 20_000) { rows, table, transaction in
            let stamp = try transaction.stamp().value
            let writer = try transaction.insertion(
                into: "interaction",
                columns: [
                    "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id",
                    "address", "state", "attempts", "created_at", "event_at", "stamp",
                ]
            )
            for id in rows {
                writer.value(workspace.sql)
                writer.integer(Int64(id))
                writer.integer(1)
                writer.integer(1)
                writer.value(table.id.sql)
                writer.integer(Int64(id))
                writer.value(.text("person.\(id)@example.org"))
                writer.value(.text("sent"))
                writer.integer(1)
                writer.value(.moment(start))
                writer.value(.moment(start + .seconds(Int64(id / 1_000))))
                writer.integer(stamp)
                try writer.endRow()
            }
            try writer.finish()
        }
    }

    /// Changes profiles all over the table, in one transaction.
    func change(_ count: Int, of rows: Int, round: Int) async throws {
        let step = rows / count
        try await database.write { [workspace] transaction in
            let table = try ProfileTableStore(workspace).table(ProfileTableID(1), in: transaction)
            guard let mail = table.attribute(.emailAddress) else { return }
            let stamp = try transaction.stamp()
            for number in 0..<count {
                try transaction.execute(
                    """
                    UPDATE \(table.physicalName)
                    SET \(mail.column) = $2, updated_at = $3, updated_stamp = $4 WHERE id = $1
                    """,
                    [
                        number * step + round % step + 1, "new.\(round).\(number)@example.org",
                        transaction.moment, stamp,
                    ]
                )
            }
        }
    }

    /// Writes down which column holds the business key, for the floor.
    func note(keyColumnIn folder: String) async throws {
        let workspace = workspace
        let table = try await database.read { connection in
            try ProfileTableStore(workspace).table(ProfileTableID(1), in: connection)
        }
        try (table.businessKey?.column ?? "id")
            .write(toFile: folder + "/key-column", atomically: true, encoding: .utf8)
    }

    private func makeCampaign() async throws {
        let workspace = workspace
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO campaign (workspace_id, id, table_id, display_name, technical_name,
                    channel, kind, initiation, content, rules, state, created_at, created_by,
                    activated_at)
                VALUES ($1, 1, 1, 'Spring sale', 'Spring_sale', 'email', 'scenarized', 'api', '{}',
                    '{}', 'active', $2, 'bench', $3)
                """,
                [workspace, transaction.moment, transaction.moment - .days(2)]
            )
        }
    }

    private func batches(
        _ count: Int,
        of size: Int,
        _ body: @escaping @Sendable (ClosedRange<Int>, ProfileTable, Transaction) throws -> Void
    ) async throws {
        for first in stride(from: 1, through: count, by: size) {
            let rows = first...min(first + size - 1, count)
            try await database.write { [workspace] transaction in
                let table = try ProfileTableStore(workspace)
                    .table(ProfileTableID(1), in: transaction)
                try body(rows, table, transaction)
            }
        }
    }
}
