// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The condition of a `list` node.
///
/// `subscribed` is true when absent, and `confirmed` does not count when absent. Someone who never
/// was on the list is not subscribed.
enum ListCondition {
    static func sql(
        _ name: JSONValue,
        _ rest: [String: JSONValue],
        _ scope: inout SearchScope
    ) throws -> String {
        let list = try list(name, scope)
        for key in rest.keys.sorted() where key != "subscribed" && key != "confirmed" {
            throw scope.error("unknown key \(key) beside list", at: key)
        }
        let isSubscribed = try flag("subscribed", rest, scope) ?? true
        let isConfirmed = try flag("confirmed", rest, scope)
        let workspace = scope.bind(scope.table.workspace)
        var subscription = """
            SELECT 1 FROM subscription s WHERE s.workspace_id = \(workspace) \
            AND s.list_id = \(scope.bind(list.id)) AND s.profile_id = p.id AND s.is_subscribed
            """
        if let isConfirmed {
            subscription += isConfirmed ? " AND s.is_confirmed" : " AND NOT s.is_confirmed"
        }
        return "\(isSubscribed ? "" : "NOT ")EXISTS (\(subscription))"
    }

    private static func list(_ name: JSONValue, _ scope: SearchScope) throws -> MailingList {
        guard case .string(let text) = name else {
            throw scope.error("expected the name of a list, found \(name.kind)", at: "list")
        }
        let found = try ListStore(scope.table.workspace).all(
            of: scope.table.id,
            in: scope.connection
        )
        let folded = text.lowercased()
        guard let list = found.first(where: { $0.name.lowercased() == folded }) else {
            throw scope.error("\(scope.table.name) has no list \(text)", at: "list")
        }
        return list
    }

    private static func flag(
        _ key: String,
        _ rest: [String: JSONValue],
        _ scope: SearchScope
    ) throws -> Bool? {
        guard let value = rest[key] else { return nil }
        guard case .boolean(let flag) = value else {
            throw scope.error("expected true or false, found \(value.kind)", at: key)
        }
        return flag
    }
}
