// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Foundation
import Millrace

/// The workspace that the processes of a benchmark work in.
enum BenchWorkspace {
    /// The workspace, made with the three further attributes at the first call.
    static func open(_ installation: Installation) async throws -> WorkspaceID {
        let workspace = try await installation.workspace(named: nil, by: "bench").id
        try await installation.database.write { transaction in
            let store = ProfileTableStore(workspace)
            let table = try store.table(named: "profiles", in: transaction)
            guard table.attribute(named: "city") == nil else { return }
            try store.add(NewAttribute("city", .string), to: table, in: transaction)
            let second = try store.table(table.id, in: transaction)
            try store.add(NewAttribute("birthDate", .date), to: second, in: transaction)
            let third = try store.table(table.id, in: transaction)
            try store.add(NewAttribute("loyaltyPoints", .integer), to: third, in: transaction)
        }
        return workspace
    }

    /// The peak of this process's memory.
    static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1_024
    }
}
