// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

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
