// SPDX-License-Identifier: Apache-2.0

/// How far a compressed file may grow when it is unpacked: a guard against zip bombs.
public struct UnpackLimits: Sendable, Hashable {
    /// The highest ratio of unpacked to packed bytes, 1,000 by default.
    ///
    /// Deflate cannot exceed 1,032, and a table of real values stays far below.
    public var ratio: Int64
    /// The ratio counts once this many bytes are unpacked; 100 MB by default.
    public var ratioFrom: Int64
    /// The most bytes that may be unpacked; no limit by default.
    public var bytes: Int64?

    /// Makes limits.
    public init(ratio: Int64 = 1_000, ratioFrom: Int64 = 100_000_000, bytes: Int64? = nil) {
        self.ratio = ratio
        self.ratioFrom = ratioFrom
        self.bytes = bytes
    }

    /// The defaults.
    public static let standard = UnpackLimits()

    /// Checks what was unpacked so far.
    ///
    /// - Throws: ``FilesError/tooLarge(_:reason:)``.
    func check(unpacked: Int64, packed: Int64, name: String) throws {
        if let bytes, unpacked > bytes {
            throw FilesError.tooLarge(name, reason: "it unpacks to more than \(bytes) bytes")
        }
        guard unpacked > ratioFrom, unpacked / max(ratio, 1) >= max(packed, 1) else { return }
        throw FilesError.tooLarge(
            name,
            reason: "it unpacks to more than \(ratio) times its own length"
        )
    }
}
