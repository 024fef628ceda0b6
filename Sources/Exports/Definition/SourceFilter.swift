// SPDX-License-Identifier: Apache-2.0
public import Common

/// Which sources of a change count (spec/exports.md, "Windows").
public struct SourceFilter: Sendable, Hashable, Codable {
    /// A group of sources that is ticked as one, with those that may be added later.
    public enum Group: String, CaseIterable, Sendable, Codable {
        /// All internal sources.
        case `internal`
        /// All external sources.
        case external
    }

    /// Whether anything is left out at all.
    public var isOn: Bool
    /// The ticked sources.
    public var sources: Set<ChangeSource>
    /// The ticked groups.
    public var groups: Set<Group>

    /// Every source counts.
    public static let off = SourceFilter(isOn: false, sources: [], groups: [])

    /// Only the ticked sources and groups count.
    public static func only(_ sources: Set<ChangeSource>, groups: Set<Group> = []) -> Self {
        SourceFilter(isOn: true, sources: sources, groups: groups)
    }

    /// The sources that count.
    public var accepted: [ChangeSource] {
        guard isOn else { return ChangeSource.allCases }
        return ChangeSource.allCases.filter {
            sources.contains($0) || groups.contains($0.isExternal ? .external : .internal)
        }
    }
}
