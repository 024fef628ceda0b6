// SPDX-License-Identifier: Apache-2.0

/// Reads the settings of a location on a server.
struct RemoteSettings {
    let kind: String
    let settings: [String: String]

    /// Checks that no setting is there that the kind does not know, such as a password by mistake.
    func check(known: Set<String>) throws {
        for name in settings.keys.sorted() where !known.contains(name) {
            throw refusal(
                name,
                "there is no such setting; use \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    /// The server's name or address, one that the operator allows.
    func host(_ allowed: AllowedHosts) throws -> String {
        let host = settings["host"] ?? ""
        let isPlain = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._:".utf8.contains(byte)
        }
        guard !host.isEmpty, host.utf8.count <= 253, isPlain, host.utf8.first != 0x2D else {
            throw refusal("host", "a server's name or address is needed")
        }
        guard allowed.contains(host) else {
            throw refusal("host", "the operator does not allow this server")
        }
        return host
    }

    /// A whole number in a range.
    func number(_ name: String, _ range: ClosedRange<Int>, standard: Int) throws -> Int {
        guard let text = settings[name] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw refusal(
                name,
                "a number from \(range.lowerBound) to \(range.upperBound) is needed"
            )
        }
        return number
    }

    /// Who logs in.
    func user() throws -> String {
        let user = settings["user"] ?? ""
        guard (1...128).contains(user.utf8.count),
            user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw refusal("user", "a name of 1 to 128 bytes is needed") }
        return user
    }

    /// The folder on the server.
    func base() throws -> RemotePath {
        let path = settings["path"] ?? ""
        do {
            guard path.utf8.count <= 1_000 else { throw FilesError.badName("path") }
            return try RemotePath(base: path)
        } catch {
            throw refusal("path", "a path without .. and control characters is needed")
        }
    }

    /// How long is waited.
    func limits(_ standard: RemoteLimits) throws -> RemoteLimits {
        var limits = standard
        limits.connect = try number("connectSeconds", 1...300, standard: standard.connect)
        limits.stall = try number("stallSeconds", 1...3_600, standard: standard.stall)
        return limits
    }

    /// The error for a setting.
    func refusal(_ setting: String, _ reason: String) -> FilesError {
        .badSetting(kind: kind, setting: setting, reason: reason)
    }
}

/// The servers that locations may lie on: whoever sets up locations makes this machine connect to
/// them, so an operator can name them.
public struct AllowedHosts: Hashable, Sendable {
    private let patterns: [String]

    /// Every server.
    public static let all = AllowedHosts(["*"])

    /// Allows names and addresses as they are, `*.example.org` for all below a name, `*` for every
    /// server.
    public init(_ patterns: [String]) {
        self.patterns = patterns.map { $0.lowercased() }
    }

    /// Whether a server is allowed.
    func contains(_ host: String) -> Bool {
        let host = host.lowercased()
        return patterns.contains { pattern in
            pattern == "*" || pattern == host
                || (pattern.hasPrefix("*.") && host.hasSuffix(pattern.dropFirst()))
        }
    }
}
