// SPDX-License-Identifier: Apache-2.0
public import Common

/// A location as it is stored in a workspace, with its name.
public struct LocationRecord: Sendable, Hashable, Codable {
    /// Its id; ``Common/ID/transferbox`` for the transferbox.
    public let id: LocationID
    /// Its name, unique in the workspace.
    public let name: String
    /// The kind and its settings.
    public let location: Location
}

extension ID where Kind == Common.Kind.Location {
    /// The id of every workspace's transferbox, which is built in and has no row; others start
    /// at 1.
    public static var transferbox: LocationID { LocationID(0) }
}
