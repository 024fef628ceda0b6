// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

extension World {
    /// Orders of profiles by their number, with an amount, tags and a state.
    static let orderAttributes = [
        NewAttribute("orderNumber", .string), NewAttribute("amount", .number),
        NewAttribute(
            "state",
            .string,
            restriction: Restriction(acceptedValues: ["open", "paid"])
        ),
        NewAttribute("tags", .string, isMultiValued: true), NewAttribute("paidAt", .moment),
    ]

    /// Makes a custom table; orders with a key of their own unless said otherwise.
    func customTable(
        _ name: String = "orders",
        _ kind: CustomTableKind = .linkedData,
        key: String? = "orderNumber",
        attributes: [NewAttribute] = World.orderAttributes
    ) throws -> CustomTable {
        try database.writeBlocking { transaction in
            try CustomTableStore(workspace).create(
                name: name,
                displayName: name.uppercased(),
                kind: kind,
                owners: kind.hasOwner ? table : nil,
                attributes: attributes,
                businessKey: key,
                by: context(),
                in: transaction
            )
        }
    }

    @discardableResult
    func createRow(_ values: [String: String], in table: CustomTable) throws -> CustomRow {
        try database.writeBlocking { transaction in
            try CustomRowStore(table)
                .create(values: values, by: context(), in: transaction).row
        }
    }

    @discardableResult
    func updateRow(
        _ id: CustomRowID,
        _ values: [String: String],
        in table: CustomTable
    ) throws -> CustomRowChange {
        try database.writeBlocking { transaction in
            try CustomRowStore(table)
                .update(id, values: values, by: context(), in: transaction)
        }
    }

    func customRows(of table: CustomTable) throws -> [CustomRow] {
        try database.readBlocking { try CustomRowStore(table).page(limit: 10_000, in: $0) }
    }

    func delete(_ id: CustomRowID, from table: CustomTable) throws {
        try database.writeBlocking { transaction in
            try RowDeletion(table, by: context()).delete(id, in: transaction)
        }
    }

    @discardableResult
    func erase(_ id: ProfileID) throws -> Erasure.Report {
        try database.writeBlocking { transaction in
            try Erasure(Dossier())
                .erase(id, from: table, Collection(), by: context(), in: transaction)
        }
    }

    /// Row, business key, profile and its key of each deletion record, in their order.
    func rowDeletions() throws -> [[SQLValue]] {
        try rows(
            """
            SELECT row_id, business_key, profile_id, profile_key FROM row_deletion
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        )
    }

    func count(_ expression: String) throws -> Int {
        try database.readBlocking { connection in
            let condition = try SearchCompiler().compile(
                SearchExpression(text: expression),
                over: table,
                at: time.now(),
                in: connection
            )
            return try ProfileSearch(table, condition).count(in: connection)
        }
    }
}
