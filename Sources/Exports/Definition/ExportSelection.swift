// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database

/// The profiles that a full export is limited to: those that a saved search finds.
struct ExportSelection {
    private let tables: ExportTables
    /// What knows the terms of all rooms below this one.
    private let compiler = SearchCompiler([ContactTerm()])

    init(_ tables: ExportTables) { self.tables = tables }

    /// The search as a condition over the profile with the alias `p`; nil when there is none.
    ///
    /// - Parameters:
    ///   - search: The search.
    ///   - moment: What `olderThanDays` and its like count from.
    ///   - count: How many values the statement binds before those of the condition.
    ///   - connection: A connection.
    /// - Returns: The condition.
    /// - Throws: `AudienceError` when there is no such search in the workspace, or it is wrong;
    ///   ``ExportsError/searchOfOtherTable(_:table:)``.
    func condition(
        _ search: SearchID?,
        at moment: Instant,
        behind count: Int = 0,
        in connection: Connection
    ) throws -> SearchCondition? {
        guard let search, let table = tables.profiles else { return nil }
        let saved = try SearchStore(tables.workspace, compiler).search(search, in: connection)
        guard saved.table == table.id else {
            throw ExportsError.searchOfOtherTable(saved.name, table: table.name)
        }
        return try compiler.compile(
            saved.expression,
            over: table,
            at: moment,
            behind: count,
            in: connection
        )
    }
}
