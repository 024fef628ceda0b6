// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The secrets of one location, such as its password; hides itself when printed.
public struct LocationSecrets: Sendable, CustomStringConvertible, CustomReflectable {
    private let values: [String: String]

    /// No secrets.
    public static let none = LocationSecrets([:])

    /// Gathers secrets by their names.
    public init(_ values: [String: String]) {
        self.values = values
    }

    /// A secret by its name; nil when there is none.
    public subscript(name: String) -> String? { values[name] }

    /// The names of those that are there.
    public var names: [String] { values.keys.sorted() }

    /// Says only that there are secrets.
    public var description: String { "(secrets)" }
    /// Shows no secret.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// Where the secrets of locations lie sealed; given by the composition root, since this room knows
/// nothing of keys.
public struct LocationVault: Sendable {
    /// Reads a secret by its name.
    public typealias Read = @Sendable (WorkspaceID, String) throws -> String?
    /// Keeps a secret under a name, or forgets it when it is nil.
    public typealias Write =
        @Sendable (WorkspaceID, String, String?, Context, Transaction) throws
        -> Void

    let read: Read
    let write: Write

    /// No vault: what needs a secret cannot be used.
    public static let none = LocationVault(
        read: { _, _ in nil },
        write: { _, name, _, _, _ in throw FilesError.noSecret(location: name, secret: "vault") }
    )

    /// Makes a vault.
    ///
    /// - Parameters:
    ///   - read: Reads a secret. May block; is not called inside a transaction.
    ///   - write: Keeps or forgets a secret in a transaction.
    public init(read: @escaping Read, write: @escaping Write) {
        self.read = read
        self.write = write
    }

    func secrets(
        _ names: [String],
        of id: LocationID,
        _ workspace: WorkspaceID
    ) throws -> LocationSecrets {
        let pairs = try names.compactMap { name in
            try read(workspace, LocationVault.name(id, name)).map { (name, $0) }
        }
        return LocationSecrets(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }

    /// The name under which a location's secret is kept.
    static func name(_ id: LocationID, _ secret: String) -> String { "location-\(id)-\(secret)" }
}
