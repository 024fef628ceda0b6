// SPDX-License-Identifier: Apache-2.0
import Common

/// One attribute of a resource: what it holds, and what may be done with it (spec/api.md).
struct ResourceAttribute: Sendable {
    /// What an attribute holds.
    indirect enum Kind: Sendable, Hashable {
        /// A 64-bit integer.
        case integer
        /// A number.
        case number
        /// A truth value.
        case boolean
        /// Text, at most so many characters.
        case text(limit: Int)
        /// One of these words.
        case choice([String])
        /// A point in time: seconds since 1970, decimals allowed.
        case moment
        /// An object or array of its own shape, described by a schema of JSON Schema.
        case structure(schema: JSONValue)
        /// An array of one kind.
        case several(Kind)
    }

    /// Whether a request carries it.
    enum Presence: Sendable, Hashable {
        /// It is refused.
        case forbidden
        /// It may be left out.
        case optional
        /// It must be there.
        case required
    }

    /// Its name.
    let name: String
    /// What it holds.
    let kind: Kind
    /// What it means, for the document.
    let meaning: String
    /// A value as it could stand in an answer or a request.
    let example: JSONValue
    /// Whether it may be null.
    var isNullable = false
    /// Whether GET and HEAD filter by it.
    var isFilterable = false
    /// Whether GET sorts by it.
    var isSortable = false
    /// Whether POST takes it.
    var onPost = Presence.forbidden
    /// Whether PUT takes it.
    var onPut = Presence.forbidden
    /// Whether answers have it.
    var isShown = true
    /// Whether ``Resource/fill`` may know more than its column says.
    var isFilled = false
    /// Whether ``Resource/spread`` makes its value of its column, instead of the column's own.
    var isSpread = false
    /// The column of the listing that holds it; of the same name unless given.
    var column: String

    init(_ name: String, _ kind: Kind, _ meaning: String, example: JSONValue) {
        self.name = name
        column = name
        self.kind = kind
        self.meaning = meaning
        self.example = example
    }

    /// GET and HEAD do not filter by it.
    var unfiltered: Self { with { $0.isFilterable = false } }
    /// It may be null.
    var orNull: Self { with { $0.isNullable = true } }
    /// GET and HEAD filter by it.
    var filterable: Self { with { $0.isFilterable = true } }
    /// GET sorts by it.
    var sortable: Self { with { $0.isSortable = true } }
    /// POST must have it.
    var requiredToPost: Self { with { $0.onPost = .required } }
    /// POST may have it.
    var postable: Self { with { $0.onPost = .optional } }
    /// PUT may have it.
    var changeable: Self { with { $0.onPut = .optional } }
    /// Requests have it, answers have not.
    var writeOnly: Self { with { $0.isShown = false } }

    /// ``Resource/fill`` may know more than its column says.
    var filled: Self { with { $0.isFilled = true } }
    /// ``Resource/spread`` makes its value; a filter or an order goes by its column.
    var spread: Self { with { $0.isSpread = true } }
    /// It stands in a column of another name.
    func from(_ column: String) -> Self { with { $0.column = column } }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension ResourceAttribute {
    /// The number of a thing, which every resource has.
    static let id = ResourceAttribute("id", .integer, "Its number.", example: .integer(2209))
        .filterable.sortable
}
