// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Imports
import Millrace
import Tasks

/// `bulks DATABASE FOLDER CSV`: the rows of a file as bulks of 1,000 members, kept and applied in a
/// process of their own; without HTTP.
///
/// Prints the seconds of keeping all requests, then of applying them, the peak of memory in MB, and
/// how many members were created.
struct BulkProcess {
    private let address: String
    private let folder: String
    private let csv: String

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        csv = arguments[3]
    }

    func run() async throws {
        let installation = try Installation(
            Configuration(database: DatabaseAddress(address), dataFolder: folder)
        )
        let workspace = try await BenchWorkspace.open(installation)
        let bodies = try requests()
        let start = Date()
        for body in bodies {
            let request = try MemberBulkRequest(json: body)
            try await installation.database.write(.guarded) { transaction in
                _ = try MemberBulkStore(workspace).create(
                    request,
                    by: Context(
                        workspace: workspace,
                        actor: "bench",
                        source: .api,
                        moment: transaction.moment
                    ),
                    in: transaction
                )
            }
        }
        let kept = Date()
        try await installation.worker.runUntilIdle()
        let end = Date()
        let created: Int? = try await installation.database.read { connection in
            try connection.value(
                """
                SELECT CAST(sum(created_count) AS bigint) FROM member_bulk
                WHERE workspace_id = $1 AND status = 'finished'
                """,
                [workspace]
            )
        }
        print(
            "\(kept.timeIntervalSince(start)) \(end.timeIntervalSince(kept)) "
                + "\(BenchWorkspace.peakMegabytes()) \(created ?? 0)"
        )
    }

    /// The bodies of the requests; no field of the file holds anything that JSON escapes.
    private func requests() throws -> [[UInt8]] {
        let lines = try String(contentsOfFile: csv, encoding: .utf8)
            .split(separator: "\n").dropFirst()
        var bodies: [[UInt8]] = []
        var rest = lines
        while !rest.isEmpty {
            let members = rest.prefix(MemberBulkRequest.mostMembers).map(member)
            rest = rest.dropFirst(MemberBulkRequest.mostMembers)
            let body = "{\"import_id\":\"bench\",\"members\":[\(members.joined(separator: ","))]}"
            bodies.append(Array(body.utf8))
        }
        return bodies
    }

    private func member(_ line: Substring) -> String {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let properties = zip(PeopleFile.columns, fields).map { name, value in
            name == "loyaltyPoints" ? "\"\(name)\":\(value)" : "\"\(name)\":\"\(value)\""
        }
        return "{\"properties\":{\(properties.joined(separator: ","))}}"
    }
}
