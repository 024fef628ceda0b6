// SPDX-License-Identifier: Apache-2.0
import CSV
import Foundation

/// The folder `Samples` of this package.
enum SampleFolder {
    static let url = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Samples")

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: url.appending(path: name))
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try data(name), as: UTF8.self)
    }

    static func lines(_ name: String) throws -> [String] {
        try text(name).split(separator: "\n").map(String.init)
    }

    /// The rows of people.csv after its header.
    static func people() throws -> [SampleRow] {
        var rows: [SampleRow] = []
        let bytes = [UInt8](try data("people.csv"))
        var reader = CSVReader(dialect: .detect(sample: bytes, isWholeFile: true))
        let take = { (record: borrowing CSVRecord) -> CSVReader.Step in
            rows.append(SampleRow(record))
            return .next
        }
        reader.append(bytes, take)
        reader.finish(take)
        return Array(rows.dropFirst())
    }
}

/// One row of people.csv.
struct SampleRow {
    var fields: [String] = []
    var problem: CSVProblem?

    init(_ record: borrowing CSVRecord) {
        for index in 0..<record.fieldCount { fields.append(record.string(index)) }
        problem = record.problem
    }

    subscript(column: Column) -> String {
        fields[column.rawValue].trimmingCharacters(in: .whitespaces)
    }

    /// The columns in the order of the file.
    enum Column: Int, CaseIterable {
        case userID
        case email
        case mobileNumber
        case firstName
        case lastName
        case language
        case timeZone
        case emailSubscription
        case smsSubscription
        case marketingConsent
        case newsletter
        case city
        case birthDate
        case loyaltyPoints
    }
}
