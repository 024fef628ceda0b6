// SPDX-License-Identifier: Apache-2.0
import Foundation
import Imports

/// `bodies CSV FOLDER`: the rows of a file as bodies of bulks of 1,000 members, one file each.
struct BulkBodies {
    private let csv: String
    private let folder: String

    init(_ arguments: [String]) {
        csv = arguments[1]
        folder = arguments[2]
    }

    func run() throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        for (number, body) in try requests().enumerated() {
            let name = String(number + 100_000)
            try Data(body).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
        }
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
