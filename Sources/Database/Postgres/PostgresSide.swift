// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A connection beside all transactions, for single statements that stand on their own.
final class PostgresSide: @unchecked Sendable {
    private let address: PostgresAddress
    // The lock guards the connection.
    private let lock = NSLock()
    private var link: PostgresLink?

    init(_ address: PostgresAddress) { self.address = address }

    /// Runs one statement; asked twice when the connection breaks, so it must bear that.
    func run(_ sql: String, _ values: [SQLValue] = []) throws -> PostgresResult {
        lock.lock()
        defer { lock.unlock() }
        var parameters = PostgresParameters()
        for value in values { parameters.append(value) }
        do {
            return try connected().run(sql, parameters)
        } catch DatabaseError.connectionLost {
            link = nil
            return try connected().run(sql, parameters)
        }
    }

    func close() {
        lock.lock()
        defer { lock.unlock() }
        link = nil
    }

    private func connected() throws -> PostgresLink {
        if let link, !link.isClosedByServer { return link }
        let fresh = try PostgresPool.connect(address, patience: 30)
        link = fresh
        return fresh
    }
}

/// Gives out ids from blocks that are taken outside of transactions.
///
/// A block's row would otherwise be held until the transaction that took it ends, and all others
/// would wait for it. Blocks grow with the demand, so that a restart loses few ids.
final class PostgresIdentities: @unchecked Sendable {
    private struct Key: Hashable {
        var workspace: Int64
        var kind: String
    }

    private struct Block {
        var next: Int64
        var end: Int64
        var size: Int
    }

    private let side: PostgresSide
    // The lock guards the blocks.
    private let lock = NSLock()
    private var blocks: [Key: Block] = [:]

    init(_ side: PostgresSide) { self.side = side }

    private static let largest = 1_024

    /// Takes ids that follow one another.
    ///
    /// - Returns: The first of them.
    func allocate(_ count: Int, _ kind: String, workspace: Int64) throws -> Int64 {
        lock.lock()
        defer { lock.unlock() }
        let key = Key(workspace: workspace, kind: kind)
        var block = blocks[key] ?? Block(next: 0, end: 0, size: 1)
        if block.end - block.next < Int64(count) { try refill(&block, count, key) }
        let first = block.next
        block.next += Int64(count)
        blocks[key] = block
        return first
    }

    /// Forgets what was taken: the database is another one now.
    func forget() {
        lock.lock()
        defer { lock.unlock() }
        blocks = [:]
    }

    private func refill(_ block: inout Block, _ count: Int, _ key: Key) throws {
        let wanted = max(count, block.size)
        let result = try side.run(
            """
            INSERT INTO id_block (workspace_id, kind, next_id) VALUES ($1, $2, 1 + $3)
            ON CONFLICT (workspace_id, kind) DO UPDATE SET next_id = id_block.next_id + $3
            RETURNING next_id
            """,
            [.integer(key.workspace), .text(key.kind), .integer(Int64(wanted))]
        )
        let end = result.integer(0)
        let start = end - Int64(wanted)
        // What is left of the old block is used up when the new one follows it.
        if block.end != start { block.next = start }
        block.end = end
        block.size = min(block.size * 2, PostgresIdentities.largest)
    }
}
