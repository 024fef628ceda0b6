// SPDX-License-Identifier: Apache-2.0

/// How a file is compressed (spec/exports.md, "Transfer").
public enum Compression: String, Codable, Sendable, Hashable, CaseIterable {
    /// As it is.
    case none
    /// A zip archive with one file in it, named apart.
    case zip
    /// gzip, with the inner name stored.
    case gzip

    /// What is usually appended to the inner name: nothing, `.zip` or `.gz`.
    public var suffix: String {
        switch self {
        case .none: ""
        case .zip: ".zip"
        case .gzip: ".gz"
        }
    }

    /// Deflate's level for what is packed, of 1 to 9.
    ///
    /// On a million lines of an event export (92 MB), zlib 1.2.13: level 1 gave 25.2 % at 116 MB/s,
    /// 4 gave 22.5 % at 79 MB/s, 6, which is zlib's default, 21.3 % at 34 MB/s.
    static let level: Int32 = 4

    /// What a file's first bytes say that it is; two bytes are enough for gzip, four for zip.
    static func detected(from head: UnsafeRawBufferPointer) -> Compression {
        if head.starts(with: [0x1f, 0x8b]) { return .gzip }
        // A file header, or the end record of an archive without files (APPNOTE 4.3.7, 4.3.16).
        if head.starts(with: [0x50, 0x4b, 3, 4]) || head.starts(with: [0x50, 0x4b, 5, 6]) {
            return .zip
        }
        return .none
    }
}
