// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// What the database says of one file of the spool.
struct SpoolEntry: Hashable {
    let file: SpoolFile
    /// The id of its content, never used again; a file that is replaced gets another.
    let content: String
}

/// The SQL of a spool in the database.
///
/// Each content belongs to one `spool_file` or is named in `spool_loose`, so that nothing is ever
/// left that no row knows of. Every change is guarded by the content that it was decided on.
struct SpoolRows {
    func entry(_ kind: SpoolKind, _ name: String, in connection: Connection) throws -> SpoolEntry? {
        try connection.row(
            "SELECT content, bytes, sha256 FROM spool_file WHERE kind = $1 AND name = $2",
            [kind.rawValue, name]
        ).map { row in
            let file = try SpoolFile(
                kind: kind,
                name: name,
                bytes: try row.get("bytes"),
                sha256: try row.get("sha256")
            )
            return SpoolEntry(file: file, content: try row.get("content"))
        }
    }

    func names(of kind: SpoolKind, in connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT name FROM spool_file WHERE kind = $1 ORDER BY name",
            [kind.rawValue]
        ).map { try $0.get(0) }
    }

    func kinds(in connection: Connection) throws -> [SpoolKind] {
        try connection.rows("SELECT DISTINCT kind FROM spool_file ORDER BY kind")
            .map { SpoolKind(rawValue: try $0.get(0)) }
    }

    func contents(of kind: SpoolKind, in connection: Connection) throws -> Set<String> {
        Set(
            try connection.rows("SELECT content FROM spool_file WHERE kind = $1", [kind.rawValue])
                .map { try $0.get(0, as: String.self) }
        )
    }

    func chunk(_ position: Int, of content: String, in connection: Connection) throws -> [UInt8]? {
        try connection.value(
            "SELECT bytes FROM spool_chunk WHERE content = $1 AND position = $2",
            [content, position]
        )
    }

    /// Starts the writing of a content.
    func begin(_ content: String, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO spool_loose (content, is_abandoned, touched_at) VALUES ($1, $2, $3)",
            [content, false, transaction.moment]
        )
    }

    /// Adds chunks and says that their writer is alive.
    ///
    /// - Returns: False when the writing was given up by a sweep.
    func add(
        _ chunks: [[UInt8]],
        at position: Int,
        to content: String,
        in transaction: Transaction
    ) throws -> Bool {
        let isAlive = try transaction.guarded(
            "UPDATE spool_loose SET touched_at = $2 WHERE content = $1 AND NOT is_abandoned",
            [content, transaction.moment]
        )
        guard isAlive else { return false }
        for (offset, chunk) in chunks.enumerated() {
            try transaction.execute(
                "INSERT INTO spool_chunk (content, position, bytes) VALUES ($1, $2, $3)",
                [content, position + offset, chunk]
            )
        }
        return true
    }
}

extension SpoolRows {
    /// Makes a content that was written whole a file, in place of the one of that name.
    ///
    /// - Returns: The content of the file that was replaced, abandoned by now.
    /// - Throws: ``FilesError/uploadLost(_:)`` when the writing was given up by a sweep.
    func publish(_ new: SpoolEntry, in transaction: Transaction) throws -> String? {
        let isOurs = try transaction.guarded(
            "DELETE FROM spool_loose WHERE content = $1 AND NOT is_abandoned",
            [new.content]
        )
        guard isOurs else { throw FilesError.uploadLost(new.file.name) }
        while true {
            if try insert(new, in: transaction) { return nil }
            let old = try entry(new.file.kind, new.file.name, in: transaction)
            if let old, try update(old, to: new, in: transaction) {
                try abandon(old.content, in: transaction)
                return old.content
            }
        }
    }

    private func insert(_ new: SpoolEntry, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            """
            INSERT INTO spool_file (kind, name, content, bytes, sha256, created_at)
            SELECT $1, $2, $3, $4, $5, $6 WHERE true ON CONFLICT DO NOTHING
            """,
            [
                new.file.kind.rawValue, new.file.name, new.content, new.file.bytes,
                new.file.sha256, transaction.moment,
            ]
        )
    }

    private func update(
        _ old: SpoolEntry,
        to new: SpoolEntry,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE spool_file SET content = $4, bytes = $5, sha256 = $6, created_at = $7
            WHERE kind = $1 AND name = $2 AND content = $3
            """,
            [
                new.file.kind.rawValue, new.file.name, old.content, new.content, new.file.bytes,
                new.file.sha256, transaction.moment,
            ]
        )
    }

    private func abandon(_ content: String, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO spool_loose (content, is_abandoned, touched_at) VALUES ($1, $2, $3)",
            [content, true, transaction.moment]
        )
    }

    /// Takes a file's row away and abandons its content.
    ///
    /// - Returns: The content; nil when there is no such file.
    func remove(
        _ kind: SpoolKind,
        _ name: String,
        in transaction: Transaction
    ) throws -> String? {
        while let old = try entry(kind, name, in: transaction) {
            let isRemoved = try transaction.guarded(
                "DELETE FROM spool_file WHERE kind = $1 AND name = $2 AND content = $3",
                [kind.rawValue, name, old.content]
            )
            guard isRemoved else { continue }
            try abandon(old.content, in: transaction)
            return old.content
        }
        return nil
    }
}

extension SpoolRows {
    /// The contents that are abandoned or were not written to since a moment.
    func lost(since moment: Instant, in connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT content FROM spool_loose WHERE is_abandoned OR touched_at < $1",
            [moment]
        ).map { try $0.get(0) }
    }

    /// Gives up a content that was not written to since a moment.
    ///
    /// - Returns: Whether it is abandoned now.
    func giveUp(
        _ content: String,
        since moment: Instant,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE spool_loose SET is_abandoned = $2
            WHERE content = $1 AND (is_abandoned OR touched_at < $3)
            """,
            [content, true, moment]
        )
    }

    /// Deletes chunks of an abandoned content from a position on, the content itself with the last.
    ///
    /// - Returns: The position to go on from; nil when nothing is left.
    func clear(
        _ content: String,
        from position: Int,
        count: Int,
        in transaction: Transaction
    ) throws -> Int? {
        let last: Int? =
            try transaction.value(
                "SELECT max(position) FROM spool_chunk WHERE content = $1",
                [content],
                as: Int?.self
            ) ?? nil
        let end = position + count
        try transaction.execute(
            "DELETE FROM spool_chunk WHERE content = $1 AND position >= $2 AND position < $3",
            [content, position, end]
        )
        if let last, last >= end { return end }
        try transaction.execute(
            "DELETE FROM spool_loose WHERE content = $1 AND is_abandoned",
            [content]
        )
        return nil
    }
}
