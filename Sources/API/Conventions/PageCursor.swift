// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation

/// The text by which a caller goes on behind a page.
///
/// It names the order that it belongs to, so that it can't be used with another one.
struct PageCursor: Codable {
    private var resource: String
    private var sort: String
    private var isReversed: Bool
    private var key: Int64
    private var integer: Int64?
    private var number: Double?
    private var text: String?

    private enum CodingKeys: String, CodingKey {
        case resource = "r"
        case sort = "s"
        case isReversed = "d"
        case key = "k"
        case integer = "i"
        case number = "n"
        case text = "t"
    }

    init(_ place: ListingPlace, resource: String, sort: String, isReversed: Bool) {
        self.resource = resource
        self.sort = sort
        self.isReversed = isReversed
        key = place.key
        switch place.value {
        case .integer(let value): integer = value
        case .boolean(let value): integer = value ? 1 : 0
        case .moment(let value): integer = value.microseconds
        case .day(let value): integer = value.number
        case .double(let value): number = value
        case .text(let value): text = value
        case .null, .bytes: break
        }
    }

    /// The text: base64url of JSON, opaque to callers.
    var encoded: String {
        let json = (try? JSONText.encode(self)) ?? ""
        return Data(json.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Reads a cursor of the same order.
    ///
    /// - Throws: ``Problem`` 400 for anything else.
    static func place(
        _ text: String,
        resource: String,
        sort: String,
        isReversed: Bool,
        kind: ListingColumn.Kind
    ) throws -> ListingPlace {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while base64.utf8.count % 4 != 0 { base64.append("=") }
        guard let data = Data(base64Encoded: base64),
            let cursor = try? JSONDecoder().decode(PageCursor.self, from: data)
        else { throw Problem(400, "start is no cursor; use next of the page before") }
        guard cursor.resource == resource, cursor.sort == sort, cursor.isReversed == isReversed
        else { throw Problem(400, "start belongs to another resource, sort or reverse") }
        return ListingPlace(value: cursor.value(kind), key: cursor.key)
    }

    private func value(_ kind: ListingColumn.Kind) -> SQLValue {
        switch kind {
        case .integer: integer.map(SQLValue.integer) ?? .null
        case .boolean: integer.map { .boolean($0 != 0) } ?? .null
        case .moment: integer.map { .moment(Instant(microseconds: $0)) } ?? .null
        case .day: integer.map { .day(Day(number: $0)) } ?? .null
        case .number: number.map(SQLValue.double) ?? .null
        case .text, .json: text.map(SQLValue.text) ?? .null
        }
    }
}
