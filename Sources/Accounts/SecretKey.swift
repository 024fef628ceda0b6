// SPDX-License-Identifier: Apache-2.0
import Crypto
import Foundation

/// The installation's key that seals secrets: 32 bytes, kept outside the database.
///
/// Whoever has a copy of the database but not the key file cannot read the secrets in it. A backup
/// needs both.
public struct SecretKey: Sendable {
    let symmetric: SymmetricKey

    /// Makes a key of 32 bytes; nil for another count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        symmetric = SymmetricKey(data: bytes)
    }

    /// Reads the key file, or makes one with a fresh key (mode 0600) when it is missing.
    ///
    /// - Parameter path: The file: 32 bytes. By convention `DATABASE-key`, beside the database.
    /// - Throws: ``AccountsError/unusableKey(path:reason:)`` when others than its owner may read
    ///   the file, or when it does not hold 32 bytes.
    public init(file path: String) throws {
        if !FileManager.default.fileExists(atPath: path) { try SecretKey.makeFile(path) }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SecretKey.failure(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SecretKey.failure(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw AccountsError.unusableKey(
                path: path,
                reason: "others may read it; run chmod 600 on it"
            )
        }
        var bytes = [UInt8](repeating: 0, count: 33)
        let count = read(file, &bytes, bytes.count)
        guard let key = SecretKey(bytes: Array(bytes.prefix(max(0, count)))) else {
            throw AccountsError.unusableKey(path: path, reason: "it does not hold 32 bytes")
        }
        self = key
    }

    /// 32 bytes for another purpose, the same each time: nobody comes from them to the key, or to those
    /// of another purpose (RFC 5869).
    ///
    /// - Parameter purpose: What they are for; a word of its own for each use.
    /// - Returns: The bytes.
    public func derived(for purpose: String) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: symmetric,
            info: Data(purpose.utf8),
            outputByteCount: 32
        )
        return key.withUnsafeBytes { Array($0) }
    }

    /// Tells keys apart without giving any away: the start of the key's SHA-256.
    var name: String {
        let digest = symmetric.withUnsafeBytes { SHA256.hash(data: $0) }
        return digest.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
    }

    /// The file appears as a whole: another program that starts now finds 32 bytes or nothing.
    private static func makeFile(_ path: String) throws {
        let beside = "\(path).\(UUID().uuidString)"
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer {
            close(file)
            unlink(beside)
        }
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0,
            link(beside, path) == 0 || errno == EEXIST
        else { throw failure(path) }
    }

    private static func failure(_ path: String) -> AccountsError {
        .unusableKey(path: path, reason: String(cString: strerror(errno)))
    }
}

extension SecretKey: CustomStringConvertible, CustomReflectable {
    /// Says only which key it is.
    public var description: String { "(key \(name))" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
