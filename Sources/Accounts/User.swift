// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What a user may do (spec/console.md).
public enum Role: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Everything, with users, settings and secrets.
    case administrator
    /// Everything but administration.
    case manager
    /// Reads, and writes own messages.
    case author
    /// Reads.
    case viewer

    /// Whether the role includes a permission.
    public func allows(_ permission: Permission) -> Bool {
        switch permission {
        case .read: true
        case .writeOwnMessages: self != .viewer
        case .seeAllMessages: self != .author
        case .manage: self == .administrator || self == .manager
        case .administer: self == .administrator
        }
    }
}

/// What a call needs.
public enum Permission: String, CaseIterable, Sendable, Codable {
    /// Looks at anything.
    case read
    /// Writes messages of one's own.
    case writeOwnMessages
    /// Sees the messages of others, with what was sent of them (spec/api.md, task, rule 5).
    case seeAllMessages
    /// Writes data, campaigns, imports and exports; starts and stops tasks.
    case manage
    /// Changes users, settings, locations and secrets.
    case administer
}

/// A person who signs in to one workspace.
public struct User: Sendable, Hashable, Codable {
    /// The user's id.
    public let id: UserID
    /// The name that people see.
    public var name: String
    /// The address that the user signs in with, unique in the workspace ignoring case.
    public var email: String
    /// What the user may do.
    public var role: Role
    /// The entities that the user is limited to; all when empty.
    public var entities: Set<EntityID>
    /// Whether the user may sign in.
    public var isActive: Bool
    /// When the user was made.
    public let createdAt: Instant

    /// Whether the user may work with what belongs to an entity.
    public func reaches(_ entity: EntityID) -> Bool {
        entities.isEmpty || entities.contains(entity)
    }

    /// Whether the user can administer the workspace now.
    var isActiveAdministrator: Bool { isActive && role == .administrator }
}
