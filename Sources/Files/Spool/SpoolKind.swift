// SPDX-License-Identifier: Apache-2.0

/// What a file in the spool is for; each kind has a folder of its own.
///
/// Rooms add kinds in extensions: `static let audit = SpoolKind(rawValue: "audit")`.
public struct SpoolKind: RawRepresentable, Hashable, Sendable, Codable {
    /// The folder's name: letters, digits, `-` and `_`.
    public let rawValue: String

    /// Makes a kind from its folder's name; checked when the kind is used.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// What people uploaded.
    public static let upload = SpoolKind(rawValue: "upload")
    /// What was fetched from a location.
    public static let fetched = SpoolKind(rawValue: "fetched")
    /// Rows staged by an import.
    public static let staging = SpoolKind(rawValue: "staging")
    /// Rejected rows of an import.
    public static let rejects = SpoolKind(rawValue: "rejects")
    /// Exports that were produced and wait for delivery, or can be delivered again.
    public static let sealedExport = SpoolKind(rawValue: "sealed-export")
    /// Reports for download.
    public static let report = SpoolKind(rawValue: "report")
    /// Messages that wait for a relay.
    public static let outbox = SpoolKind(rawValue: "outbox")

    /// Checks the folder's name.
    ///
    /// - Throws: ``FilesError/badName(_:)``.
    func check() throws {
        try FileName.check(rawValue)
        guard !rawValue.hasPrefix(".") else { throw FilesError.badName(rawValue) }
    }
}

/// A finished file in the spool: where it is, how long it is and what it hashes to.
///
/// Safe to store; kind and name are checked again when it is read back.
public struct SpoolFile: Codable, Sendable, Hashable {
    /// What the file is for.
    public let kind: SpoolKind
    /// Its name within the kind.
    public let name: String
    /// Its length in bytes.
    public let bytes: Int64
    /// The SHA-256 of its content, 64 hexadecimal digits.
    public let sha256: String

    /// Describes a file.
    ///
    /// - Throws: ``FilesError/badName(_:)`` when kind or name would leave the spool.
    public init(kind: SpoolKind, name: String, bytes: Int64, sha256: String) throws {
        try kind.check()
        try FileName.check(name)
        guard !name.hasPrefix(".") else { throw FilesError.badName(name) }
        self.kind = kind
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// Reads the four values.
    ///
    /// - Throws: ``FilesError/badName(_:)`` when kind or name would leave the spool.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            kind: values.decode(SpoolKind.self, forKey: .kind),
            name: values.decode(String.self, forKey: .name),
            bytes: values.decode(Int64.self, forKey: .bytes),
            sha256: values.decode(String.self, forKey: .sha256)
        )
    }

    private enum CodingKeys: String, CodingKey { case kind, name, bytes, sha256 }
}
