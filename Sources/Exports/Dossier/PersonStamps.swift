// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// The stamps of one person that an export type is about, read through the profile's own indexes.
struct PersonStamps {
    /// One row of the person in a relation that exports read.
    struct Entry {
        let stamp: Stamp
        let moment: Instant?
    }

    let person: DossierPerson
    let campaigns: CampaignBook
    let connection: Connection

    init(_ person: DossierPerson, in connection: Connection) throws {
        self.person = person
        self.connection = connection
        campaigns = try CampaignBook.read(person.table.workspace, in: connection)
    }

    /// The rows of the person that belong into files of a type, whatever their window.
    ///
    /// The source filter and the 31-day rule hold as they do for the file.
    func entries(
        of rows: any RowSource,
        _ filter: SourceFilter,
        in tables: ExportTables,
        upTo cutOff: Tick
    ) throws -> [Entry] {
        let relation = rows.relation(for: tables)
        let facts = JudgingFacts(
            filter: filter,
            campaigns: campaigns,
            cutOff: cutOff
        )
        let judge = rows.judge(facts)
        var entries: [Entry] = []
        try connection.each(query(relation), parameters(relation)) { cursor in
            guard judge(cursor) == .keep else { return true }
            let moment = Instant(microseconds: cursor.integer(SourceRelation.eventIndex))
            entries.append(
                Entry(
                    stamp: Stamp(cursor.integer(SourceRelation.stampIndex)),
                    moment: relation.event == nil ? nil : moment
                )
            )
            return true
        }
        // Sorted here: an order in SQL invites a walk through the whole stamp index.
        return entries.sorted { $0.stamp < $1.stamp }
    }

    /// The stamps of the profile's creation and of its latest update.
    func profile() throws -> (created: Stamp, updated: Stamp)? {
        try connection.row(
            "SELECT created_stamp, updated_stamp FROM \(person.table.physicalName) WHERE id = $1",
            [person.profile]
        ).map { (try $0.get("created_stamp"), try $0.get("updated_stamp")) }
    }

    private func query(_ relation: SourceRelation) -> String {
        let stamp = "\(relation.alias).\(relation.stamp)"
        let columns =
            [stamp, "\(relation.alias).id", relation.event ?? "0"] + relation.filters
        let own =
            (relation.isScoped ? ["\(relation.alias).workspace_id = $2"] : [])
            + relation.conditions
        return """
            SELECT \(columns.joined(separator: ", "))
            FROM \(relation.from)\(relation.contactJoin(for: columns))
            WHERE \(relation.person) = $1\(own.map { " AND \($0)" }.joined())
                AND \(stamp) IS NOT NULL
            """
    }

    private func parameters(_ relation: SourceRelation) -> [any SQLConvertible] {
        relation.isScoped ? [person.profile, person.table.workspace] : [person.profile]
    }
}
