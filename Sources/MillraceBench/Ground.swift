// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The least that could do an import.
protocol ImportFloor {
    /// Makes the empty table.
    func create() throws
    /// Imports a file; returns the seconds it took.
    func load(_ csv: String, stamp: Int) throws -> Double
}

extension Floor: ImportFloor {}
extension PostgresFloor: ImportFloor {}

/// The engine that a figure is taken on.
enum BenchEngine: String, CaseIterable {
    case sqlite = "P1"
    case postgres = "P2"

    /// The engine's name.
    var words: String { self == .sqlite ? "SQLite" : "PostgreSQL" }
}

/// Where one round takes place: a database for us and one for the floor, both fresh.
struct Ground {
    /// Our database's address.
    let address: String
    let floor: any ImportFloor
    private let remove: () throws -> Void
    private let settled: () throws -> Void

    init(_ files: BenchFiles, _ server: PostgresProcess?) throws {
        guard let server else {
            address = "sqlite:\(files.folder)/bench.db"
            floor = Floor(path: files.floor)
            remove = {}
            settled = {}
            return
        }
        let ours = try server.database("ours")
        let theirs = try server.database("floor")
        address = ours
        floor = PostgresFloor(uri: theirs)
        settled = { try server.settle([ours, theirs]) }
        remove = {
            try server.drop("ours")
            try server.drop("floor")
        }
    }

    /// Ends what the server still does for the figure before, so that the next one does not pay
    /// for it: the vacuum that follows a minute later, and the checkpoint that happens to be due.
    func settle() throws { try settled() }

    /// Removes the databases of a server; files go with their folder.
    func clear() throws { try remove() }
}
