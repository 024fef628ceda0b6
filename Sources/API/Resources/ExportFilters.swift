// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports

/// What exports can be found by, besides their name and state: parts of their definition.
///
/// A definition is kept as JSON with sorted keys and without blanks, in which a quote that someone
/// typed is escaped: a key with its value stands in the text only where it is meant, and the key
/// behind that of a table is always there.
enum ExportFilters {
    static let all: [ResourceFilter] = [
        ResourceFilter(
            attribute: .init(
                "type",
                .choice(ExportPair.allCases.map(\.rawValue)),
                "What it exports.",
                example: "profile.createdOrUpdated"
            )
        ) { value in holds("pair", value) },
        ResourceFilter(
            attribute: .init("profile_table_id", .integer, "The profile table.", example: 1)
        ) { value in holds("table", value) },
        ResourceFilter(
            attribute: .init("custom_table_id", .integer, "The custom table.", example: 3)
        ) { value in holds("customTable", value) },
    ]

    private static func holds(_ key: String, _ value: SQLValue) -> ListingFilter {
        switch value {
        case .text(let text): .contains("definition", "\"\(key)\":\"\(text)\",")
        case .integer(let number): .contains("definition", "\"\(key)\":\(number),")
        default: .equals("definition", value)
        }
    }
}
