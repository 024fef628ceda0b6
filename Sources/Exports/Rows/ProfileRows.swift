// SPDX-License-Identifier: Apache-2.0
import Audience
import Database

/// Profiles with their present values, one line each.
///
/// A profile that changes between the tick and the read has a stamp that the tick has not seen: it
/// is left to the next file.
struct ProfileRows: RowSource {
    /// Which stamp cuts the window.
    let stamp: String
    /// Whether profiles that never changed since their creation are left out.
    let skipsUnchanged: Bool

    var keyOfDeletedProfile: String? { nil }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "\(tables.profiles?.physicalName ?? "") p",
            alias: "p",
            stamp: stamp,
            event: nil,
            profile: nil,
            isScoped: false,
            filters: ["p.created_stamp", "p.updated_stamp"]
        )
    }

    /// The columns of profiles are those of their table.
    func cell(_ column: String) -> CellSource? { nil }

    func judge(_ facts: JudgingFacts) -> RowJudge {
        guard skipsUnchanged else { return { _ in .keep } }
        let created = SourceRelation.firstFilter
        return { $0.integer(created) == $0.integer(created + 1) ? .notOurs : .keep }
    }
}

extension RowSource where Self == ProfileRows {
    /// Profiles that were created in the window.
    static var createdProfiles: Self { Self(stamp: "created_stamp", skipsUnchanged: false) }

    /// Profiles that were changed in the window, after their creation.
    static var updatedProfiles: Self { Self(stamp: "updated_stamp", skipsUnchanged: true) }

    /// Profiles that were created or changed in the window: a creation sets both stamps.
    static var createdOrUpdatedProfiles: Self {
        Self(stamp: "updated_stamp", skipsUnchanged: false)
    }

    /// All profiles: a creation's stamp never changes, so that one that is changed while the file is
    /// made stays in it, with the values of the moment when it is read.
    static var presentProfiles: Self { Self(stamp: "created_stamp", skipsUnchanged: false) }
}
