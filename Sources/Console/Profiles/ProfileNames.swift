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
        let found = try ProfileStore(table).profiles(Set(ids), in: connection)
        return Dictionary(found.map { ($0.id, name($0)) }) { first, _ in first }
    }

    static func name(_ profile: Profile) -> String {
        profile.text(.emailAddress) ?? profile.businessKey ?? profile.text(.mobileNumber)
            ?? "Profile \(profile.id)"
    }
}
