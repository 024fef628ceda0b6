// SPDX-License-Identifier: Apache-2.0

/// A path on a server: from its root, or from the folder that a login begins in.
struct RemotePath: Hashable, Sendable {
    /// Whether it starts at the server's root.
    let isAbsolute: Bool
    /// The names, none of them `.`, `..` or empty.
    let components: [String]

    init(isAbsolute: Bool, components: [String]) {
        self.isAbsolute = isAbsolute
        self.components = components
    }

    /// Reads a folder's path as an operator writes it, such as `/srv/feeds` or `out/daily`.
    ///
    /// - Throws: ``FilesError/outside(path:)`` for `..`, ``FilesError/badName(_:)`` for what no
    ///   command can carry.
    init(base path: String) throws {
        isAbsolute = path.utf8.first == UInt8(ascii: "/")
        components = try RemotePath.components(of: String(path.drop { $0 == "/" }))
    }

    /// A path below this one.
    ///
    /// - Throws: As ``init(base:)``; an absolute path lies outside.
    func appending(_ path: String) throws -> RemotePath {
        guard path.utf8.first != UInt8(ascii: "/") else { throw FilesError.outside(path: path) }
        return RemotePath(
            isAbsolute: isAbsolute,
            components: components + (try RemotePath.components(of: path))
        )
    }

    /// Another name in the same folder.
    func sibling(_ name: String) -> RemotePath {
        RemotePath(isAbsolute: isAbsolute, components: components.dropLast() + [name])
    }

    /// The folder that it lies in.
    var folder: RemotePath {
        RemotePath(isAbsolute: isAbsolute, components: components.dropLast())
    }

    /// The last name; empty for the beginning itself.
    var name: String { components.last ?? "" }

    /// As a command carries it; the beginning itself is `/` or `.`.
    var text: String {
        let joined = components.joined(separator: "/")
        guard joined.isEmpty else { return (isAbsolute ? "/" : "") + joined }
        return isAbsolute ? "/" : "."
    }

    /// The path as it stands in an address behind the host's `/` (RFC 3986 section 3.3).
    var escaped: String {
        components.map(RemotePath.escape).joined(separator: "/")
    }

    /// Line ends would begin a command of their own (RFC 959 section 5.3).
    private static func components(of path: String) throws -> [String] {
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw FilesError.badName(path)
        }
        return try FileName.components(of: path)
    }

    private static func escape(_ name: String) -> String {
        name.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~".utf8.contains(byte)
            guard !isPlain else { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
