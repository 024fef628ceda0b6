// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks

/// What profiles are called in lists: their address, else their key, else their number.
enum ProfileNames {
    static func read(
        _ ids: [ProfileID],
        _ table: ProfileTable,
        _ connection: Connection
    ) throws -> [ProfileID: String] {
        let store = ProfileStore(table)
        var names: [ProfileID: String] = [:]
        for id in Set(ids) {
            guard let profile = try store.profile(id, in: connection) else { continue }
            names[id] = name(profile)
        }
        return names
    }

    static func name(_ profile: Profile) -> String {
        profile.text(.emailAddress) ?? profile.businessKey ?? profile.text(.mobileNumber)
            ?? "Profile \(profile.id)"
    }
}

/// The table that an import went into.
enum ImportedPlan {
    static func table(
        _ task: TaskRecord,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> ProfileTable {
        let parameters: ImportParameters = try task.parameters()
        var name = parameters.plan?.table
        if name == nil, let id = task.subjects.importID {
            name = try? AutomatedImportStore(workspace).find(id, in: connection).definition.plan
                .table
        }
        return try ProfileTableStore(workspace).table(named: name ?? "profiles", in: connection)
    }
}
