// SPDX-License-Identifier: Apache-2.0

/// Writes a file on a server beside its place and then renames it there.
struct RemotePut {
    let session: RemoteSession
    let target: RemotePath
    let token: String

    private var dialect: any RemoteDialect { session.server.dialect }
    /// What all temporary names of a file begin with.
    private var prefix: String {
        ".\(ContentHash(of: Array(target.name.utf8)).sha256.prefix(16))-"
    }
    private var temporary: RemotePath { target.sibling("\(prefix)\(token).part") }
    /// Where the file that is replaced waits, on servers that do not rename onto another.
    private var aside: RemotePath { target.sibling("\(prefix)\(token).old") }

    /// Removes what earlier puts of this file left when they were cut off.
    ///
    /// A put of another process that is still going on loses its file by this, and fails before
    /// anything of it can be seen.
    func removeLeftovers() throws {
        let names = try dialect.names(in: target.folder, session)
        let left = names.filter { name in
            name.hasPrefix(prefix) && (name.hasSuffix(".part") || name.hasSuffix(".old"))
        }
        for name in left { try session.command([dialect.remove(target.sibling(name))]) }
    }

    /// Writes the content beside and compares its length.
    func write(
        _ bytes: Int64,
        _ source: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        do {
            try session.upload(bytes, to: temporary, source)
        } catch FilesError.remote(let failure) where failure.step == .files {
            throw FilesError.remote(explained(failure))
        }
        let written = try session.status(temporary)
        guard let written, written.size ?? bytes == bytes else {
            throw FilesError.remote(
                RemoteFailure(
                    server: session.server.name,
                    step: .files,
                    path: target.text,
                    reason: "\(written?.size ?? 0) of \(bytes) bytes have arrived",
                    isTemporary: true
                )
            )
        }
    }

    /// Gives the file its name, replacing one that is there.
    ///
    /// SFTP in version 3 does not rename onto another file. The other one is then set aside for
    /// the moment in between, and comes back when the rename fails.
    func publish() throws {
        do {
            try session.command(dialect.rename(temporary, target))
        } catch FilesError.remote(let failure) where failure.step == .files {
            guard try session.status(target) != nil, try session.status(temporary) != nil else {
                throw FilesError.remote(failure)
            }
            try replace()
        }
    }

    /// Removes what was written, unless it has its name already.
    func abandon() {
        _ = try? session.command([dialect.remove(temporary)])
    }

    private func replace() throws {
        try session.command(dialect.rename(target, aside))
        do {
            try session.command(dialect.rename(temporary, target))
        } catch {
            _ = try? session.command(dialect.rename(aside, target))
            throw error
        }
        try session.command([dialect.remove(aside)])
    }

    /// Often all that is known is that a write failed.
    private func explained(_ failure: RemoteFailure) -> RemoteFailure {
        let words = failure.isTemporary ? dialect.refusal(of: temporary, session) : nil
        return RemoteFailure(
            server: failure.server,
            step: failure.step,
            path: target.text,
            reason: failure.reason + (words.map { "; \($0)" } ?? ""),
            isTemporary: failure.isTemporary
        )
    }
}
