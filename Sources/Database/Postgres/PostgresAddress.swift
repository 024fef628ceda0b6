// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A PostgreSQL server and database, as libpq's URI, and how many connections a node may hold.
///
/// All of libpq's parameters may be given (postgresql.org, "Connection Strings"), `sslmode` among
/// them, and two of ours: `pool_size` (16 unless given) and `statement_timeout` (seconds, 120
/// unless given, 0 for none).
public struct PostgresAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address without our own parameters; holds the password.
    let uri: String
    /// The most connections that are open at once.
    let poolSize: Int
    /// How long one statement may run, in seconds; 0 for ever.
    let statementTimeout: Int

    /// Reads `postgres://…` or `postgresql://…`.
    ///
    /// - Throws: ``DatabaseError/unknownAddress(_:)``, without the password.
    init(_ text: String) throws {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let base = String(parts[0])
        guard base.hasPrefix("postgres://") || base.hasPrefix("postgresql://") else {
            throw DatabaseError.unknownAddress(PostgresAddress.withoutPassword(text))
        }
        var options = PostgresOptions(parts.count > 1 ? String(parts[1]) : "")
        guard let pool = options.take("pool_size", 16), pool > 0,
            let timeout = options.take("statement_timeout", 120), timeout >= 0
        else { throw DatabaseError.unknownAddress(PostgresAddress.withoutPassword(text)) }
        poolSize = pool
        statementTimeout = timeout
        uri = options.rest.isEmpty ? base : base + "?" + options.rest.joined(separator: "&")
    }

    /// The address as it may be shown: without a password.
    public var description: String { PostgresAddress.withoutPassword(uri) }

    /// Hides too much rather than too little: a password may hold any sign by mistake.
    static func withoutPassword(_ uri: String) -> String {
        let hidden = uri.replacing(/password=[^&]*/) { _ in "password=***" }
        return hidden.replacing(/^([^:]+:\/\/[^:@\/]*):.*@/) { "\($0.output.1):***@" }
    }
}

/// The parameters behind the question mark of an address.
private struct PostgresOptions {
    var rest: [String]

    init(_ query: String) { rest = query.split(separator: "&").map(String.init) }

    /// Takes one of our own parameters out; nil when it is no number.
    mutating func take(_ name: String, _ fallback: Int) -> Int? {
        guard let index = rest.firstIndex(where: { $0.hasPrefix(name + "=") }) else {
            return fallback
        }
        return Int(rest.remove(at: index).dropFirst(name.count + 1))
    }
}
