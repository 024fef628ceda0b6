// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The profiles of one table, one by one.
///
/// Changes follow the rules of an import exactly, since they are merged by ``ProfileMerge``: what
/// changes nothing touches nothing; unique and mandatory attributes are checked; a changed
/// marketing consent leaves a record. A business key can be given to a profile without one and
/// cannot change once set (design/product.md): receivers of exports join by it.
public struct ProfileStore: Sendable {
    let table: ProfileTable
    private let countryCode: String?

    /// The profiles of a table.
    ///
    /// National mobile numbers are completed with a country code, and refused if it is nil.
    public init(_ table: ProfileTable, countryCode: String? = nil) {
        self.table = table
        self.countryCode = countryCode
    }

    /// A profile by its id, if it exists.
    public func profile(_ id: ProfileID, in connection: Connection) throws -> Profile? {
        try profiles("p.id = $1", [id], in: connection).first
    }

    /// Several profiles, in the order of their ids; those that do not exist are left out.
    public func profiles(_ ids: Set<ProfileID>, in connection: Connection) throws -> [Profile] {
        guard !ids.isEmpty else { return [] }
        let places = (1...ids.count).map { "$\($0)" }.joined(separator: ", ")
        let values = ids.sorted().map { $0 as any SQLConvertible }
        return try profiles("p.id IN (\(places)) ORDER BY p.id", values, in: connection)
    }

    /// The one profile that has a value; nil when none has it, or the value is blank.
    ///
    /// The attribute is found by its technical name, display name or alias, ignoring case; the
    /// value is read as a file's would be.
    ///
    /// - Throws: ``AudienceError/ambiguous(attribute:)``,
    ///   ``AudienceError/badValue(attribute:problem:)`` or
    ///   ``AudienceError/noSuchAttribute(_:table:)``.
    public func find(
        attribute name: String,
        value: String,
        in connection: Connection
    ) throws
        -> Profile?
    {
        guard let attribute = table.attribute(named: name) else {
            throw AudienceError.noSuchAttribute(name, table: table.name)
        }
        let (cell, _) = try GivenValues.read(value, attribute, countryCode)
        guard let key = cell?.sql(attribute.type), key != .null else { return nil }
        let found = try profiles(
            "p.\(attribute.column) = $1 ORDER BY p.id LIMIT 2",
            [key],
            in: connection
        )
        guard found.count < 2 else { throw AudienceError.ambiguous(attribute: attribute.name) }
        return found.first
    }

    /// Profiles in the order of their ids, after an id or from the first profile.
    public func page(
        after last: ProfileID? = nil,
        limit: Int,
        in connection: Connection
    ) throws
        -> [Profile]
    {
        try profiles(
            "p.id > $1 ORDER BY p.id LIMIT $2",
            [last ?? ProfileID(0), limit],
            in: connection
        )
    }

    /// Makes a profile; channel permissions that are not given are true.
    ///
    /// - Throws: ``AudienceError/badValue(attribute:problem:)`` when a value does not fit, a
    ///   mandatory one is missing or a unique one is taken;
    ///   ``AudienceError/noSuchAttribute(_:table:)``.
    @discardableResult
    public func create(
        values: [String: String],
        collection: Collection = Collection(),
        by context: Context,
        in transaction: Transaction
    ) throws -> ProfileChange {
        try merge(.new, values, collection, mayResubscribe: true, context, transaction)
    }

    /// Changes the given attributes of a profile; a blank value empties its attribute.
    ///
    /// The collection says how changed permissions were collected. An opt-in counts for someone
    /// who opted out earlier unless said otherwise: this is about one person, and no import
    /// (promise 6).
    ///
    /// - Throws: As ``create(values:collection:by:in:)``, and ``AudienceError/noSuchProfile(_:)``.
    @discardableResult
    public func update(
        _ id: ProfileID,
        values: [String: String],
        collection: Collection = Collection(),
        mayResubscribe: Bool = true,
        by context: Context,
        in transaction: Transaction
    ) throws -> ProfileChange {
        guard try profile(id, in: transaction) != nil else {
            throw AudienceError.noSuchProfile("\(id)")
        }
        return try merge(
            .profile(id),
            values,
            collection,
            mayResubscribe: mayResubscribe,
            context,
            transaction
        )
    }

    private func merge(
        _ identity: MergeIdentity,
        _ values: [String: String],
        _ collection: Collection,
        mayResubscribe: Bool,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> ProfileChange {
        let given = try GivenValues(values, for: table.rows, countryCode: countryCode)
        let plan = MergePlan(
            table: table,
            columns: given.columns,
            mayResubscribe: mayResubscribe,
            collection: collection
        )
        let results = try ProfileMerge(plan, task: nil).apply(
            [MergeRow(identity, cells: given.cells)],
            isFresh: false,
            by: context,
            in: transaction
        )
        if let refusal = results.first?.refusal { throw AudienceError(refusal, in: plan) }
        guard let result = results.first, let id = result.profile,
            let profile = try profile(id, in: transaction)
        else { throw AudienceError.noSuchProfile("that was changed") }
        let warnings = result.warnings.map { entry in
            ProfileChange.Warning(
                attribute: given.columns[entry.column].attribute.name,
                warning: entry.warning
            )
        }
        return ProfileChange(
            profile: profile,
            outcome: result.outcome,
            warnings: given.warnings + warnings
        )
    }

    private func profiles(
        _ condition: String,
        _ values: [any SQLConvertible],
        in connection: Connection
    ) throws -> [Profile] {
        try connection.rows(
            """
            SELECT \(Profile.columns(of: table)) FROM \(table.physicalName) p WHERE \(condition)
            """,
            values
        ).map { try Profile($0, of: table) }
    }
}

extension ProfileStore {
    /// The profiles of a table as they can be listed: a column for each attribute, by its technical
    /// name.
    public static func listing(of table: ProfileTable) -> Listing {
        let own = [
            ListingColumn("id", "p.id", .integer),
            ListingColumn("creationMoment", "p.created_at", .moment),
            ListingColumn("updateMoment", "p.updated_at", .moment),
        ]
        let others = table.attributes.map { attribute in
            ListingColumn(attribute.name, "p.\(attribute.column)", attribute.listed).orNull
        }
        return Listing(
            from: "\(table.physicalName) p",
            scope: nil,
            key: "p.id",
            columns: own + others
        )
    }
}

extension ProfileStore {
    /// The numbers of a table's profiles as they can be listed; ``profile(_:in:)`` has the rest.
    public static func keys(of table: ProfileTable) -> Listing {
        Listing(
            from: "\(table.physicalName) p",
            scope: nil,
            key: "p.id",
            columns: [ListingColumn("id", "p.id", .integer)]
        )
    }

    /// The profiles that have a text as the value of any indexed attribute, by their ids.
    ///
    /// An attribute that the text does not fit has none. Of a value that more than a thousand profiles
    /// have, any of them.
    public func profiles(
        havingAnywhere text: String,
        limit: Int,
        in connection: Connection
    ) throws -> [Profile] {
        var found: [ProfileID: Profile] = [:]
        for attribute in table.attributes where attribute.isIndexed && !attribute.isMultiValued {
            guard let cell = try? GivenValues.read(text, attribute, countryCode).0 else { continue }
            // Limited before it is sorted: else a server walks along the ids, looking for few.
            let some = try connection.rows(
                """
                SELECT \(Profile.columns(of: table)) FROM (
                    SELECT * FROM \(table.physicalName) WHERE \(attribute.column) = $1 LIMIT 1000
                ) p ORDER BY p.id LIMIT $2
                """,
                [cell.sql(attribute.type), limit]
            ).map { try Profile($0, of: table) }
            for profile in some { found[profile.id] = profile }
        }
        return Array(found.values.sorted { $0.id < $1.id }.prefix(limit))
    }
}

extension Attribute {
    var listed: ListingColumn.Kind {
        guard !isMultiValued else { return .json }
        return switch type {
        case .string, .text: .text
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .date: .day
        case .moment: .moment
        }
    }
}

extension AudienceError {
    /// Why a profile was not saved, as an error that names the attribute.
    init(_ refusal: MergeRefusal, in plan: MergePlan) {
        let name = refusal.column.map { plan.columns[$0].attribute.name } ?? plan.table.name
        guard let code = ValueProblem.Code(rawValue: refusal.code) else {
            if refusal.isUnknown { self = .noSuchProfile("of this \(name)"); return }
            self = .ambiguous(attribute: name)
            return
        }
        self = .badValue(attribute: name, problem: ValueProblem(code, refusal.message))
    }
}
