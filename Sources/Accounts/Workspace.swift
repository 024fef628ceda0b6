// SPDX-License-Identifier: Apache-2.0
public import Common

/// One customer of an installation; owns everything else.
public struct Workspace: Sendable, Hashable, Codable {
    /// The workspace's id.
    public let id: WorkspaceID
    /// The name that people see.
    public var name: String
    /// The name that programs use, unique in the installation: lower-case ASCII.
    public let technicalName: String
    /// The calling code that national mobile numbers get, such as `32`; none unless given.
    public var defaultCountryCode: String?
    /// When it was made.
    public let createdAt: Instant
}
