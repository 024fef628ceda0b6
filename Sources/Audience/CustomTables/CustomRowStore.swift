// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The rows of one custom table, one by one.
///
/// Changes follow the rules of an import exactly, since they are merged by ``ProfileMerge``. A row
/// says which profile it belongs to by `profileId`, or by the name of the profile table's business
/// key.
public struct CustomRowStore: Sendable {
    let table: CustomTable
    private let countryCode: String?

    /// The rows of a table.
    ///
    /// National mobile numbers that name a profile are completed with a country code.
    public init(_ table: CustomTable, countryCode: String? = nil) {
        self.table = table
        self.countryCode = countryCode
    }

    /// A row by its number, if it exists.
    public func row(_ id: CustomRowID, in connection: Connection) throws -> CustomRow? {
        try rows("c.id = $1", [id], in: connection).first
    }

    /// Several rows in the order of their numbers; those that do not exist are left out.
    public func rows(_ ids: [CustomRowID], in connection: Connection) throws -> [CustomRow] {
        guard !ids.isEmpty else { return [] }
        let places = ids.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try rows("c.id IN (\(places)) ORDER BY c.id", ids, in: connection)
    }

    /// The row with a business key; nil when there is none.
    ///
    /// - Throws: ``AudienceError/badValue(attribute:problem:)``.
    public func find(_ key: String, in connection: Connection) throws -> CustomRow? {
        let attribute = table.businessKey ?? .rowID
        let (cell, _) = try GivenValues.read(key, attribute, countryCode)
        guard let value = cell?.sql(attribute.type), value != .null else { return nil }
        return try rows("c.\(attribute.column) = $1", [value], in: connection).first
    }

    /// Rows in the order of their numbers, after one or from the first.
    public func page(
        after last: CustomRowID? = nil,
        limit: Int,
        in connection: Connection
    ) throws -> [CustomRow] {
        try rows(
            "c.id > $1 ORDER BY c.id LIMIT $2",
            [last ?? CustomRowID(0), limit],
            in: connection
        )
    }

    /// The rows of a profile, oldest first; none in a repository.
    public func page(
        of profile: ProfileID,
        after last: CustomRowID? = nil,
        limit: Int,
        in connection: Connection
    ) throws -> [CustomRow] {
        guard table.kind.hasOwner else { return [] }
        return try rows(
            "c.profile_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3",
            [profile, last ?? CustomRowID(0), limit],
            in: connection
        )
    }

    /// How many rows there are.
    public func count(in connection: Connection) throws -> Int {
        try connection.value("SELECT count(*) FROM \(table.physicalName)") ?? 0
    }

    /// Makes a row.
    ///
    /// - Throws: ``AudienceError/badValue(attribute:problem:)`` when a value does not fit, a
    ///   mandatory one is missing or a unique one is taken; ``AudienceError/noSuchProfile(_:)``;
    ///   ``AudienceError/noSuchAttribute(_:table:)``.
    @discardableResult
    public func create(
        values: [String: String],
        by context: Context,
        in transaction: Transaction
    ) throws -> CustomRowChange {
        try merge(.new, values, context, transaction)
    }

    /// Changes the given attributes of a row; a blank value empties its attribute.
    ///
    /// - Throws: As ``create(values:by:in:)``, and ``AudienceError/noSuchRow(_:table:)``.
    @discardableResult
    public func update(
        _ id: CustomRowID,
        values: [String: String],
        by context: Context,
        in transaction: Transaction
    ) throws -> CustomRowChange {
        guard try row(id, in: transaction) != nil else {
            throw AudienceError.noSuchRow("\(id)", table: table.name)
        }
        return try merge(.profile(ProfileID(id.value)), values, context, transaction)
    }

    private func merge(
        _ identity: MergeIdentity,
        _ values: [String: String],
        _ context: Context,
        _ transaction: Transaction
    ) throws -> CustomRowChange {
        let given = try GivenValues(values, for: table.rows, countryCode: countryCode)
        if let own = given.columns.first(where: \.attribute.isRowID) {
            throw AudienceError.badName(own.attribute.name, rule: "a row's number is given to it")
        }
        let plan = MergePlan(rows: table.rows, columns: given.columns)
        let results = try ProfileMerge(plan, task: nil).apply(
            [MergeRow(identity, cells: given.cells)],
            isFresh: false,
            by: context,
            in: transaction
        )
        if let refusal = results.first?.refusal { throw AudienceError(refusal, in: plan) }
        guard let result = results.first, let id = result.profile,
            let row = try row(CustomRowID(id.value), in: transaction)
        else { throw AudienceError.noSuchRow("that was changed", table: table.name) }
        return CustomRowChange(row: row, outcome: result.outcome)
    }

    private func rows(
        _ condition: String,
        _ values: [any SQLConvertible],
        in connection: Connection
    ) throws -> [CustomRow] {
        try connection.rows(
            """
            SELECT \(CustomRow.columns(of: table)) FROM \(table.physicalName) c WHERE \(condition)
            """,
            values
        ).map { try CustomRow($0, of: table) }
    }
}

extension CustomRowStore {
    /// The rows of a table as they can be listed: a column for each attribute, by its technical name.
    public static func listing(of table: CustomTable) -> Listing {
        let owner =
            table.kind.hasOwner ? [ListingColumn("profileId", "c.profile_id", .integer)] : []
        let own = [
            ListingColumn("id", "c.id", .integer),
            ListingColumn("creationMoment", "c.created_at", .moment),
            ListingColumn("updateMoment", "c.updated_at", .moment),
        ]
        let others = table.attributes.map { attribute in
            ListingColumn(attribute.name, "c.\(attribute.column)", attribute.listed).orNull
        }
        return Listing(
            from: "\(table.physicalName) c",
            scope: nil,
            key: "c.id",
            columns: own + owner + others
        )
    }
}
