// SPDX-License-Identifier: Apache-2.0

extension DatabaseMove {
    /// The SHA-256 hashes that the rows of the workspace name, to find the files that belong to it;
    /// nil when everything moves.
    ///
    /// A file that is kept is described in a text column as JSON with a member `sha256`. Another
    /// file of the same content is the same file, so that too much is never taken.
    public func namedHashes() throws -> Set<String>? {
        guard workspace != nil else { return nil }
        var hashes: Set<String> = []
        for pages in try allPages() {
            let texts = pages.table.columns.indices.filter { pages.table.columns[$0].type == .text }
            try pages.each(in: source) { row in
                for place in texts {
                    Self.collect(from: row.utf8(place), into: &hashes)
                }
            }
        }
        return hashes
    }

    private static let mark = Array("\"sha256\":\"".utf8)
    private static let digits = 64

    private static func collect(
        from text: UnsafeBufferPointer<UInt8>,
        into hashes: inout Set<String>
    ) {
        var start = 0
        while text.count - start >= mark.count + digits {
            guard let quote = text[start...].firstIndex(of: mark[0]) else { return }
            start = quote + 1
            let end = quote + mark.count
            guard end + digits <= text.count, text[quote..<end].elementsEqual(mark) else {
                continue
            }
            hashes.insert(String(decoding: text[end..<(end + digits)], as: UTF8.self))
        }
    }
}

extension TablePages {
    /// Calls a closure for each row, one page a transaction.
    func each(in database: Database, _ body: (any RowCursor) throws -> Void) throws {
        var last: [String]?
        while true {
            let (key, count) = try database.readBlocking { connection in
                try read(after: last, in: connection, body)
            }
            last = key
            if count < TablePages.size { return }
        }
    }
}
