// SPDX-License-Identifier: Apache-2.0
import Common
public import Database

extension SQLValue {
    /// The value as SQLite keeps it, so that rows of all engines compare: booleans, moments and days
    /// are integers there.
    public var plain: SQLValue {
        switch self {
        case .boolean(let value): .integer(value ? 1 : 0)
        case .moment(let value): .integer(value.microseconds)
        case .day(let value): .integer(value.number)
        default: self
        }
    }
}
