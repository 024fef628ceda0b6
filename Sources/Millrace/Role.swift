// SPDX-License-Identifier: Apache-2.0

/// What a node does (design: any number of identical nodes, each with some roles).
public enum Role: String, CaseIterable, Sendable, Codable {
    /// Answers the HTTP API.
    case api
    /// Shows the console.
    case console
    /// Runs tasks, schedules and upkeep.
    case worker

    /// Reads words separated by commas, such as `api,worker`.
    ///
    /// - Throws: ``ConfigurationError/unknownRole(_:)``, also for no role at all.
    public static func list(_ text: String) throws -> Set<Role> {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return Set(
            try words.map { word in
                guard let role = Role(rawValue: word) else {
                    throw ConfigurationError.unknownRole(word)
                }
                return role
            }
        )
    }
}
