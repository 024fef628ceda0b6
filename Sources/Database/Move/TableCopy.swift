// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation

/// Copies one table page by page; a copy that was cut goes on behind its last page.
///
/// Rows and progress are one transaction of the target, so that no row comes twice.
struct TableCopy {
    let source: Database
    let target: Database
    let move: String
    let pages: TablePages
    let failpoints: Failpoints

    /// How often in a row a page is tried again after a conflict or a lost server.
    private static let attempts = 10

    var table: TableDefinition { pages.table }

    /// Copies what is missing, then builds the indexes that were dropped for the load.
    ///
    /// - Parameter report: Called after each page with the rows that are there.
    /// - Throws: ``DatabaseError``; what was copied stays.
    func run(_ report: (Int64) -> Void) throws {
        var progress = try target.readBlocking { connection in
            try CopyProgress(of: table.name, move: move, in: connection)
        }
        while !progress.isLoaded {
            progress = try persistently { try page() }
            report(progress.rows)
            try failpoints.pass("move.page.\(table.name)")
        }
        try target.writeBlocking(.guarded) { transaction in
            try transaction.change(table.indexes.map { .createIndex($0, on: table.name) })
        }
        try failpoints.pass("move.table.\(table.name)")
    }

    /// One page; two programs that copy at once take turns.
    private func page() throws -> CopyProgress {
        try target.writeBlocking(.bulk) { transaction in
            try transaction.lock("move")
            var progress = try CopyProgress(of: table.name, move: move, in: transaction)
            guard !progress.isLoaded else { return progress }
            let isFirst = progress.lastKey == nil
            if isFirst, try isLarge() {
                try transaction.change(table.indexes.map { .dropIndex($0.name) })
            }
            try copyRows(behind: &progress, in: transaction)
            try progress.save(of: table.name, move: move, in: transaction)
            return progress
        }
    }

    private func copyRows(
        behind progress: inout CopyProgress,
        in transaction: Transaction
    ) throws {
        let writer = try transaction.insertion(
            into: table.name,
            columns: table.columns.map(\.name)
        )
        var sum = progress.hash
        let last = progress.lastKey
        let (key, count) = try source.readBlocking { connection in
            try pages.read(after: last, in: connection) { row in
                sum &+= pages.hash(of: row)
                try pages.write(row, to: writer)
            }
        }
        try writer.finish()
        progress.isLoaded = count < TablePages.size
        // A key may be personal, such as an address; it is not kept for longer than it is needed.
        progress.lastKey = progress.isLoaded ? nil : key
        progress.rows += Int64(count)
        progress.hash = sum
    }

    /// Whether building the indexes after the load is faster; those of a table that others use stay.
    private func isLarge() throws -> Bool {
        guard pages.workspace == nil, !table.indexes.isEmpty else { return false }
        return try source.readBlocking { try pages.count(in: $0) } > TablePages.size
    }

    private func persistently<T>(_ work: () throws -> T) throws -> T {
        var attempt = 1
        while true {
            do { return try work() } catch let error as DatabaseError
                where error.isTemporary && attempt < TableCopy.attempts
            {
                usleep(UInt32(attempt) * 20_000)
                attempt += 1
            }
        }
    }
}
