// SPDX-License-Identifier: Apache-2.0
import Database

/// How a cell of a file is made from the columns of the present row.
enum CellWriter: Sendable {
    /// Text as it is.
    case text(Int)
    /// A whole number.
    case integer(Int)
    /// A number with a decimal point.
    case number(Int)
    /// A truth value; empty when null.
    case boolean(Int)
    /// A truth value; false when null.
    case flag(Int)
    /// One word for true, another for false.
    case words(Int, ifTrue: StaticString, ifFalse: StaticString)
    /// A calendar day.
    case day(Int)
    /// A point in time.
    case moment(Int)
    /// A JSON array of strings or integers, joined.
    case several(Int)
    /// The names of those columns that are true, joined.
    case names(first: Int, [[UInt8]])
    /// Something of the interaction's campaign, whose id is in the column.
    case campaign(Int, CampaignField)
    /// A cell, or a text in another column where the first column of the cell is null.
    indirect case either(CellWriter, isNull: Int, fallback: Int)
}

/// What a file shows of a campaign.
enum CampaignField: Sendable {
    /// The technical name.
    case technicalName
    /// The display name.
    case displayName
    /// The technical name of the linked list.
    case list
}

/// A cell as SQL expressions, and how it is written once their place in the row is known.
struct CellSource: Sendable {
    let sql: [String]
    let writer: @Sendable (Int) -> CellWriter

    static func integer(_ sql: String) -> Self { Self(sql: [sql]) { .integer($0) } }

    static func text(_ sql: String) -> Self { Self(sql: [sql]) { .text($0) } }

    static func moment(_ sql: String) -> Self { Self(sql: [sql]) { .moment($0) } }

    static func boolean(_ sql: String) -> Self { Self(sql: [sql]) { .boolean($0) } }

    static func campaign(_ sql: String, _ field: CampaignField) -> Self {
        Self(sql: [sql]) { .campaign($0, field) }
    }

    static func words(_ sql: String, ifTrue: StaticString, ifFalse: StaticString) -> Self {
        Self(sql: [sql]) { .words($0, ifTrue: ifTrue, ifFalse: ifFalse) }
    }
}
