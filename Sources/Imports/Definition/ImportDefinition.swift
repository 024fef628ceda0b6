// SPDX-License-Identifier: Apache-2.0
public import Audience
public import CSV
public import Common

/// How a file's text is laid out; what is nil is detected.
public struct FileFormat: Sendable, Hashable, Codable {
    /// The delimiter's character: `,`, `;`, a tab or `|`.
    public var delimiter: String?
    /// The quote's character.
    public var quote: String?
    /// The encoding, by the CSV room's word for it.
    public var encoding: String?

    /// Makes a format; everything is detected unless given.
    public init(delimiter: String? = nil, quote: String? = nil, encoding: String? = nil) {
        self.delimiter = delimiter
        self.quote = quote
        self.encoding = encoding
    }

    /// The dialect of a file with this beginning.
    public func dialect(sample: [UInt8], isWholeFile: Bool) -> CSVDialect {
        var dialect = CSVDialect.detect(sample: sample, isWholeFile: isWholeFile)
        if let byte = delimiter?.utf8.first, let given = CSVDialect.Delimiter(rawValue: byte) {
            dialect.delimiter = given
        }
        if let byte = quote?.utf8.first { dialect.quote = byte }
        if let encoding, let given = CSVDialect.Encoding(rawValue: encoding) {
            dialect.encoding = given
        }
        return dialect
    }
}

/// What a column of a file fills.
public enum ColumnTarget: Sendable, Hashable, Codable {
    /// An attribute, by its technical name.
    case attribute(String)
    /// A list, by its technical name: the column says whether the person is subscribed.
    case list(String)
    /// Nothing.
    case ignored
}

/// What is done with one column of a file.
public struct ColumnMapping: Sendable, Hashable, Codable {
    /// The column's header.
    public var header: String
    /// What it fills.
    public var target: ColumnTarget
    /// What a blank cell does.
    public var blank: BlankPolicy
    /// When it changes a profile that exists.
    public var update: UpdatePolicy
    /// What several values do.
    public var several: SeveralValuesPolicy

    /// Makes a mapping; blanks leave the column as it is and values always count unless given.
    public init(
        _ header: String,
        to target: ColumnTarget,
        blank: BlankPolicy = .leave,
        update: UpdatePolicy = .always,
        several: SeveralValuesPolicy = .replace
    ) {
        self.header = header
        self.target = target
        self.blank = blank
        self.update = update
        self.several = several
    }
}

/// What is imported and how, whatever the file comes from.
///
/// Rows go to a profile table, or to a custom table when one is named.
public struct ImportPlan: Sendable, Hashable, Codable {
    /// The technical name of the profile table.
    public var table: String
    /// The technical name of the custom table that rows go to instead of a profile table.
    public var customTable: String?
    /// The file's layout.
    public var format: FileFormat
    /// The columns; proposed from the header when nil.
    public var mapping: [ColumnMapping]?
    /// The identifier attributes in order of preference; the business key when empty.
    public var identifiers: [String]
    /// Whether an opt-in counts for someone who opted out earlier; not by default (promise 6).
    public var mayResubscribe: Bool
    /// Separates several values in one cell.
    public var valueSeparator: String
    /// How permissions in the file were collected.
    public var collection: Collection

    /// Makes a plan; everything but the table has a default.
    public init(
        table: String = "profiles",
        format: FileFormat = FileFormat(),
        mapping: [ColumnMapping]? = nil,
        identifiers: [String] = [],
        mayResubscribe: Bool = false,
        valueSeparator: String = ",",
        collection: Collection = Collection()
    ) {
        self.table = table
        customTable = nil
        self.format = format
        self.mapping = mapping
        self.identifiers = identifiers
        self.mayResubscribe = mayResubscribe
        self.valueSeparator = valueSeparator
        self.collection = collection
    }
}
