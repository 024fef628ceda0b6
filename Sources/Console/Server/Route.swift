// SPDX-License-Identifier: Apache-2.0
import Accounts

/// A page or an action: where it is, who may, and what it answers.
struct Route: Sendable {
    /// What takes the request.
    enum Handler: Sendable {
        case show(@Sendable (Visit) async throws -> Reply)
        case change(@Sendable (Visit, Form) async throws -> Reply)
        case upload(@Sendable (Visit, Multipart) async throws -> Reply)
    }

    /// The parts of the path behind `/console`; `:name` takes any.
    let parts: [String]
    let permission: Permission
    let handler: Handler

    var isReading: Bool {
        if case .show = handler { return true }
        return false
    }

    /// A page.
    static func get(
        _ path: String,
        _ permission: Permission = .read,
        _ handler: @escaping @Sendable (Visit) async throws -> Reply
    ) -> Route {
        Route(parts: split(path), permission: permission, handler: .show(handler))
    }

    /// What a form or a button does.
    static func post(
        _ path: String,
        _ permission: Permission = .manage,
        _ handler: @escaping @Sendable (Visit, Form) async throws -> Reply
    ) -> Route {
        Route(parts: split(path), permission: permission, handler: .change(handler))
    }

    /// What a form with a file does.
    static func upload(
        _ path: String,
        _ permission: Permission = .manage,
        _ handler: @escaping @Sendable (Visit, Multipart) async throws -> Reply
    ) -> Route {
        Route(parts: split(path), permission: permission, handler: .upload(handler))
    }

    /// The values of the named parts, when a path is this route's.
    func match(_ path: ArraySlice<String>) -> [String: String]? {
        guard path.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (part, given) in zip(parts, path) {
            if part.hasPrefix(":") {
                values[String(part.dropFirst())] = given
            } else if part != given {
                return nil
            }
        }
        return values
    }

    private static func split(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}
