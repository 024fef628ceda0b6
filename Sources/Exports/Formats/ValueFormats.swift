// SPDX-License-Identifier: Apache-2.0
public import CSV
public import Common

/// How values are written (spec/exports.md, "Format").
public struct ValueFormats: Sendable, Hashable, Codable {
    /// Truth values; `TRUE/FALSE` by default.
    public var booleans = BooleanFormat.words
    /// Calendar days; `yyyy-MM-dd` by default.
    public var dates = DateFormat.iso
    /// Points in time; `yyyy-MM-dd HH:mm:ss` by default.
    public var moments = MomentFormat.spaced
    /// The zone of points in time; UTC by default.
    public var zone = Zone.utc
    /// What stands between several values; a comma by default.
    public var severalSeparator = SeveralSeparator.comma
    /// What stands between two columns; a semicolon by default.
    public var delimiter = Delimiter.semicolon
    /// Whether cells that a spreadsheet would run as a formula get an apostrophe; not by default.
    public var neutralizesFormulas = false

    /// Makes the defaults.
    public init() {}
}

/// How truth values are written.
public enum BooleanFormat: String, CaseIterable, Sendable, Codable {
    /// `1` and `0`.
    case digits = "1/0"
    /// `Y` and `N`.
    case letters = "Y/N"
    /// `TRUE` and `FALSE`.
    case words = "TRUE/FALSE"

    func text(_ value: Bool) -> StaticString {
        switch self {
        case .digits: value ? "1" : "0"
        case .letters: value ? "Y" : "N"
        case .words: value ? "TRUE" : "FALSE"
        }
    }
}

/// How calendar days are written.
public enum DateFormat: String, CaseIterable, Sendable, Codable {
    /// 2026-03-29.
    case iso = "yyyy-MM-dd"
    /// 29/03/2026.
    case dayFirst = "dd/MM/yyyy"
    /// 03/29/2026.
    case monthFirst = "MM/dd/yyyy"
    /// 20260329.
    case compact = "yyyyMMdd"
}

/// How points in time are written; fractions of a second are cut off.
public enum MomentFormat: String, CaseIterable, Sendable, Codable {
    /// 2026-03-29 01:00:00.
    case spaced = "yyyy-MM-dd HH:mm:ss"
    /// 2026-03-29 01:00:00+00:00.
    case spacedWithOffset = "yyyy-MM-dd HH:mm:ssXXX"
    /// ISO 8601: 2026-03-29T01:00:00Z, or with an offset such as +02:00.
    case iso8601 = "yyyy-MM-dd'T'HH:mm:ssXXX"
    /// 29/03/2026 01:00.
    case dayFirst = "dd/MM/yyyy HH:mm"
    /// 29/03/2026 01:00:00.
    case dayFirstSeconds = "dd/MM/yyyy HH:mm:ss"
    /// 03/29/2026 01:00.
    case monthFirst = "MM/dd/yyyy HH:mm"
    /// 20260329010000.
    case compact = "yyyyMMddHHmmss"
    /// The day alone: 2026-03-29.
    case isoDate = "yyyy-MM-dd"
    /// The day alone: 29/03/2026.
    case dayFirstDate = "dd/MM/yyyy"
    /// The day alone: 03/29/2026.
    case monthFirstDate = "MM/dd/yyyy"
    /// The day alone: 20260329.
    case compactDate = "yyyyMMdd"

    var date: DateFormat {
        switch self {
        case .spaced, .spacedWithOffset, .iso8601, .isoDate: .iso
        case .dayFirst, .dayFirstSeconds, .dayFirstDate: .dayFirst
        case .monthFirst, .monthFirstDate: .monthFirst
        case .compact, .compactDate: .compact
        }
    }
}

/// What stands between several values of one attribute.
///
/// A value that holds the separator itself is written as it is.
public enum SeveralSeparator: String, CaseIterable, Sendable, Codable {
    /// `,`.
    case comma = ","
    /// `|`.
    case pipe = "|"
    /// `;`.
    case semicolon = ";"
    /// A space.
    case space = " "

    var byte: UInt8 { rawValue.utf8.first ?? 0x2C }
}

/// What stands between two columns.
public enum Delimiter: String, CaseIterable, Sendable, Codable {
    /// `,`.
    case comma
    /// `;`.
    case semicolon
    /// A tab.
    case tab

    /// The CSV room's word for it.
    public var csv: CSVDialect.Delimiter {
        switch self {
        case .comma: .comma
        case .semicolon: .semicolon
        case .tab: .tab
        }
    }
}
