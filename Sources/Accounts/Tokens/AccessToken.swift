// SPDX-License-Identifier: Apache-2.0
public import Common

/// A token that lets a program act as a user of a workspace.
public struct AccessToken: Sendable, Hashable, Codable {
    /// The token's id.
    public let id: TokenID
    /// The user that it acts as.
    public let user: UserID
    /// What people call it, such as the program that has it.
    public var name: String
    /// What it may be used for.
    public var scopes: Set<Scope>
    /// When it was made.
    public let createdAt: Instant
    /// When it stops working; nil for never.
    public var expiresAt: Instant?
}

/// Who makes a call: a user by a token.
public struct Caller: Sendable, Hashable {
    /// The workspace that the call works in.
    public let workspace: WorkspaceID
    /// The user.
    public let user: User
    /// The token that was shown.
    public let token: TokenID
    /// What the token may be used for.
    public let scopes: Set<Scope>

    /// What the audit log calls the caller.
    public var actor: String { "\(user.name) (token \(token))" }

    /// Whether both the user's role and the token allow something.
    public func may(_ permission: Permission, _ scope: Scope) -> Bool {
        user.role.allows(permission) && scopes.contains(scope)
    }
}
