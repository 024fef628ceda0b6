// SPDX-License-Identifier: Apache-2.0
import Database
import Files

/// The members of a bulk as they lie in the table: packed, since most of the time of keeping a bulk
/// is the disk's.
enum BulkPayload {
    /// More than any request may hold.
    private static let mostBytes = 1 << 30

    static func pack(_ members: [UInt8]) throws -> [UInt8] { try PackedBytes.pack(members) }

    /// The members in a row's column `members`; nil when they were erased.
    static func members(in row: Row) throws -> [UInt8]? {
        try row.get("members", as: [UInt8]?.self).map {
            try PackedBytes.unpack($0, atMost: mostBytes)
        }
    }
}
