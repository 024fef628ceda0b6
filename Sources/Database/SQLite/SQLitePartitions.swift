// SPDX-License-Identifier: Apache-2.0

/// One file: there is nothing to cut, and pages of deleted rows are used again.
extension SQLiteConnection {
    func partitions(of table: String, workspace: Int64) throws -> [Range<Int64>]? { nil }
    func hasSpilled(_ partition: Partition) throws -> Bool { false }
    func make(_ partition: Partition) throws -> Bool { false }
    func hold(_ partition: Partition) throws -> Bool { false }
    func drop(_ partition: Partition) throws {}
    func isEmpty(_ partition: Partition) throws -> Bool { false }
}
