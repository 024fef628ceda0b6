// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Crypto
internal import CryptoExtras
internal import Foundation

/// A password as it is stored: `scrypt$ROUNDS$BLOCK$PARALLEL$SALT$KEY` (RFC 7914).
///
/// 2^15 rounds of blocks of 8, three times: 32 MB of memory each, which the OWASP Password Storage
/// Cheat Sheet names as equal to its first choice. The numbers stand in the text, so that they can
/// grow later.
struct PasswordHash {
    private static let cost = (rounds: 1 << 15, block: 8, parallel: 3)

    let text: String

    /// Hashes a password with a fresh salt.
    init(_ password: Secret, randomness: any Randomness) throws {
        let salt = (0..<2).flatMap { _ in
            withUnsafeBytes(of: randomness.next().bigEndian, Array.init)
        }
        let cost = PasswordHash.cost
        let key = try PasswordHash.key(password, salt, cost.rounds, cost.block, cost.parallel)
        text = [
            "scrypt", "\(cost.rounds)", "\(cost.block)", "\(cost.parallel)",
            Data(salt).base64EncodedString(), Data(key).base64EncodedString(),
        ].joined(separator: "$")
    }

    /// Takes a hash that was stored.
    init(stored text: String) {
        self.text = text
    }

    /// Whether a password is the one that was hashed; false also for a hash that cannot be read.
    func matches(_ password: Secret) -> Bool {
        let parts = text.split(separator: "$").map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]),
            let block = Int(parts[2]), let parallel = Int(parts[3]),
            let salt = Data(base64Encoded: parts[4]), let stored = Data(base64Encoded: parts[5]),
            let key = try? PasswordHash.key(password, Array(salt), rounds, block, parallel)
        else { return false }
        return ConstantTime.equal(key, Array(stored))
    }

    private static func key(
        _ password: Secret,
        _ salt: [UInt8],
        _ rounds: Int,
        _ block: Int,
        _ parallel: Int
    ) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.reveal().utf8),
            salt: Data(salt),
            outputByteCount: 32,
            rounds: rounds,
            blockSize: block,
            parallelism: parallel
        )
        return key.withUnsafeBytes { Array($0) }
    }
}

/// Comparisons whose time says nothing about where two values differ.
enum ConstantTime {
    /// Whether two digests are the same.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
