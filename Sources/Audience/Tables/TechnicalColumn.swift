// SPDX-License-Identifier: Apache-2.0

/// The columns that every profile has besides its attributes (spec/audience.md).
public enum TechnicalColumn: Sendable, Hashable, CaseIterable {
    /// The profile's id, unique in the workspace.
    case profileID
    /// When the profile was made.
    case creationMoment
    /// When its attributes or subscriptions last changed.
    case updateMoment
    /// The moment of its latest contact of one kind.
    case recency(RecencyMoment)

    /// All technical columns, in the order of a table's layout.
    public static let allCases: [TechnicalColumn] =
        [.profileID, .creationMoment, .updateMoment] + RecencyMoment.allCases.map(recency)

    /// The name under which people know the column; no attribute can have it.
    public var name: String {
        switch self {
        case .profileID: "profileId"
        case .creationMoment: "creationMoment"
        case .updateMoment: "updateMoment"
        case .recency(let moment): moment.rawValue
        }
    }

    /// The column with a name, ignoring case.
    public init?(named name: String) {
        let folded = name.lowercased()
        guard let column = Self.allCases.first(where: { $0.name.lowercased() == folded }) else {
            return nil
        }
        self = column
    }

    static let foldedNames = Set(allCases.map { $0.name.lowercased() })
}
