// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// How a segmentation groups profiles (spec/audience.md, "Segmentations").
public enum SegmentationKind: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// In or out.
    case simple
    /// Exactly one of several named segments; the first whose expression holds.
    case exclusive
}

/// One segment that is to be made: whom it holds.
public struct NewSegment: Sendable, Hashable {
    /// Its name, unique in the segmentation ignoring case; empty in a simple one.
    public var name: String
    /// Whom it holds.
    public var expression: SearchExpression

    /// Describes the one segment of a simple segmentation.
    public init(_ expression: SearchExpression) {
        self.init("", expression)
    }

    /// Describes a segment.
    public init(_ name: String, _ expression: SearchExpression) {
        self.name = name
        self.expression = expression
    }
}

/// A segmentation that is to be made, or what one is changed to.
public struct SegmentationDefinition: Sendable, Hashable {
    /// The technical name, unique in the workspace ignoring case.
    public var name: String
    /// The name that people see; the technical name when nil.
    public var displayName: String?
    /// How it groups profiles.
    public var kind: SegmentationKind
    /// Whether changes leave records for the exports.
    public var hasHistory: Bool
    /// The segments in the order in which they are tried; exactly one for a simple one.
    public var segments: [NewSegment]
    /// The name of the segment for whoever is in no other; nil for none.
    public var defaultSegment: String?

    /// Describes a segmentation; without history and without a default segment unless given.
    public init(
        name: String,
        displayName: String? = nil,
        kind: SegmentationKind,
        hasHistory: Bool = false,
        segments: [NewSegment],
        defaultSegment: String? = nil
    ) {
        self.name = name
        self.displayName = displayName
        self.kind = kind
        self.hasHistory = hasHistory
        self.segments = segments
        self.defaultSegment = defaultSegment
    }
}

/// A computed grouping of a table's profiles.
public struct Segmentation: Sendable, Hashable {
    /// One of its segments.
    public struct Segment: Sendable, Hashable {
        /// Its id.
        public var id: SegmentID
        /// Its name; empty in a simple segmentation.
        public var name: String
        /// Whom it holds; nil for the default segment: whoever is in no other.
        public var expression: SearchExpression?
    }

    /// Its id.
    public var id: SegmentationID
    /// The profile table.
    public var table: ProfileTableID
    /// The technical name.
    public var name: String
    /// The name that people see.
    public var displayName: String
    /// How it groups profiles.
    public var kind: SegmentationKind
    /// Whether changes leave records for the exports.
    public var hasHistory: Bool
    /// The segments in the order in which they are tried.
    public var segments: [Segment]
    /// Segments that were taken out and may have members until the next refresh.
    public var retired: [Segment] = []
    /// When it was last computed for all profiles; nil before the first time.
    public var refreshedAt: Instant?

    /// What a transition shows of a segment, or of none: `true` or `false`, or the segment's name.
    public func value(of segment: SegmentID?) -> String? {
        guard kind == .exclusive else { return segment == nil ? "false" : "true" }
        return (segments + retired).first { $0.id == segment }?.name
    }

    /// The definition that it was made by.
    public var definition: SegmentationDefinition {
        SegmentationDefinition(
            name: name,
            displayName: displayName,
            kind: kind,
            hasHistory: hasHistory,
            segments: segments.compactMap { segment in
                segment.expression.map { NewSegment(segment.name, $0) }
            },
            defaultSegment: segments.first { $0.expression == nil }?.name
        )
    }
}

/// What a definition must fulfil.
///
/// Pure.
enum SegmentationRules {
    /// - Throws: ``AudienceError/badSegmentation(_:)`` or ``AudienceError/badName(_:rule:)``.
    static func check(_ definition: SegmentationDefinition) throws {
        try TechnicalName.check(definition.name, limit: 50)
        switch definition.kind {
        case .simple: try checkSimple(definition)
        case .exclusive: try checkExclusive(definition)
        }
    }

    private static func checkSimple(_ definition: SegmentationDefinition) throws {
        guard definition.segments.count == 1, definition.defaultSegment == nil else {
            throw AudienceError.badSegmentation(
                "a simple one has one expression, and no default segment"
            )
        }
    }

    private static func checkExclusive(_ definition: SegmentationDefinition) throws {
        guard (1...100).contains(definition.segments.count) else {
            throw AudienceError.badSegmentation("an exclusive one has 1 to 100 segments")
        }
        var seen: Set<String> = []
        for name in definition.segments.map(\.name) + [definition.defaultSegment].compactMap({ $0 })
        {
            guard !name.trimmingBlanks.isEmpty, name.count <= 100, !name.utf8.contains(0) else {
                throw AudienceError.badSegmentation("a segment's name has 1 to 100 characters")
            }
            guard seen.insert(name.lowercased()).inserted else {
                throw AudienceError.badSegmentation("two segments are called \(name)")
            }
        }
    }
}
