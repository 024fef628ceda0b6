// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The condition of a `segment` node: membership as the last refresh left it.
///
/// `is` is true or false for a simple segmentation; for an exclusive one the name of a segment, or
/// null for whoever is in none. Without it: in the simple one, or in any segment.
enum SegmentCondition {
    static func sql(
        _ name: JSONValue,
        _ rest: [String: JSONValue],
        _ scope: inout SearchScope
    ) throws -> String {
        let segmentation = try segmentation(name, scope)
        for key in rest.keys.sorted() where key != "is" {
            throw scope.error("unknown key \(key) beside segment", at: key)
        }
        let workspace = scope.bind(scope.table.workspace)
        let member = """
            SELECT 1 FROM segment_member g WHERE g.workspace_id = \(workspace) \
            AND g.segmentation_id = \(scope.bind(segmentation.id)) AND g.profile_id = p.id
            """
        switch (segmentation.kind, rest["is"]) {
        case (_, nil), (.simple, .boolean(true)): return "EXISTS (\(member))"
        case (.simple, .boolean(false)), (.exclusive, .null): return "NOT EXISTS (\(member))"
        case (.exclusive, .string(let text)):
            let segment = try segment(text, of: segmentation, scope)
            return "EXISTS (\(member) AND g.segment_id = \(scope.bind(segment)))"
        case (.simple, .some(let value)):
            throw scope.error("expected true or false, found \(value.kind)", at: "is")
        case (.exclusive, .some(let value)):
            throw scope.error("expected the name of a segment, found \(value.kind)", at: "is")
        }
    }

    private static func segmentation(
        _ name: JSONValue,
        _ scope: SearchScope
    ) throws -> Segmentation {
        guard case .string(let text) = name else {
            throw scope.error(
                "expected the name of a segmentation, found \(name.kind)",
                at: "segment"
            )
        }
        let store = SegmentationStore(scope.table.workspace)
        let found = try store.all(of: scope.table.id, in: scope.connection)
        let folded = text.lowercased()
        guard let segmentation = found.first(where: { $0.name.lowercased() == folded }) else {
            throw scope.error("\(scope.table.name) has no segmentation \(text)", at: "segment")
        }
        return segmentation
    }

    private static func segment(
        _ name: String,
        of segmentation: Segmentation,
        _ scope: SearchScope
    ) throws -> SegmentID {
        let folded = name.lowercased()
        guard let found = segmentation.segments.first(where: { $0.name.lowercased() == folded })
        else { throw scope.error("\(segmentation.name) has no segment \(name)", at: "is") }
        return found.id
    }
}
