// SPDX-License-Identifier: Apache-2.0

/// How a CSV file is written: its delimiter, its quote and its encoding.
///
/// Each part can be set by hand or be found by ``detect(sample:isWholeFile:)``. Line ends are not
/// part of it: CRLF, LF and lone CR are all read, also mixed (spec/imports.md, "A profile file
/// import").
public struct CSVDialect: Sendable, Hashable {
    /// The byte between two fields of a record.
    public enum Delimiter: UInt8, Sendable, Hashable, CaseIterable {
        /// `,`, the delimiter of RFC 4180.
        case comma = 0x2C
        /// `;`, usual where the comma is the decimal sign.
        case semicolon = 0x3B
        /// The horizontal tab.
        case tab = 0x09
        /// `|`.
        case pipe = 0x7C
    }

    /// The character encoding of a file.
    public enum Encoding: String, Sendable, Hashable, CaseIterable {
        /// UTF-8 (RFC 3629), with or without byte order mark.
        case utf8
        /// UTF-16, least significant byte first, with or without byte order mark.
        case utf16LittleEndian
        /// UTF-16, most significant byte first, with or without byte order mark.
        case utf16BigEndian
        /// Windows code page 1252; its five unassigned bytes are invalid.
        case windows1252
        /// ISO 8859-1; every byte is valid.
        case iso8859_1
    }

    /// The byte between two fields.
    ///
    /// Default: comma.
    public var delimiter: Delimiter
    /// The byte around a quoted field, ASCII.
    ///
    /// Default: `"` (0x22).
    public var quote: UInt8
    /// The character encoding of the file.
    ///
    /// Default: UTF-8.
    public var encoding: Encoding

    /// Makes a dialect, by default that of RFC 4180 in UTF-8.
    public init(
        delimiter: Delimiter = .comma,
        quote: UInt8 = 0x22,
        encoding: Encoding = .utf8,
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.encoding = encoding
    }
}
