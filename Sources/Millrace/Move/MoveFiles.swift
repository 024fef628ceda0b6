// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation

/// Brings over what an installation keeps besides its database.
struct MoveFiles {
    private let move: InstallationMove

    init(_ move: InstallationMove) { self.move = move }

    private var isSameFolder: Bool { move.from.dataFolder == move.to.dataFolder }

    /// Puts the key of sealed secrets into the target's folder, or refuses another one there.
    func checkKey() throws {
        guard !isSameFolder else { return }
        guard let key = try key(at: move.from.keyFile) else {
            guard try !hasSecrets() else { throw MoveError.noKey(path: move.from.keyFile) }
            return
        }
        if let other = try self.key(at: move.to.keyFile) {
            let matters = try other != key && (move.move.workspace == nil || hasSecrets())
            guard !matters else { throw MoveError.otherKey(path: move.to.keyFile) }
            return
        }
        try write(key)
    }

    /// Copies the files of the spool; of one workspace those that its rows name.
    func copySpool(_ report: (String) -> Void) throws -> Int {
        guard !isOneSpool else { return 0 }
        let (source, target) = (move.source, move.move.target)
        let owner = try source.readBlocking { try ChangeClock.standing(in: $0).installation }
        let here = try move.from.spool.open(move.from, source, move.failpoints)
        let there = try move.to.spool.open(
            move.to,
            target,
            move.failpoints,
            owner: move.move.workspace == nil ? owner : nil
        )
        let named = try move.move.namedHashes()
        var copied = 0
        for file in try here.files() where named?.contains(file.sha256) ?? true {
            report("spool: \(file.name)")
            if try here.copy(file, to: there) { copied += 1 }
            try move.failpoints.pass("move.spool.\(file.kind.rawValue)")
        }
        return copied
    }

    /// Copies transferboxes and the outbox; of one workspace its transferbox.
    func copyFolders() throws -> Int {
        guard !isSameFolder else { return 0 }
        let (from, to) = (move.from, move.to)
        if let workspace = move.move.workspace {
            return try FolderCopy(
                from: "\(from.transferboxFolder)/\(workspace)",
                to: "\(to.transferboxFolder)/\(workspace)"
            ).run()
        }
        return try FolderCopy(from: from.transferboxFolder, to: to.transferboxFolder).run()
            + FolderCopy(from: from.outboxFolder, to: to.outboxFolder).run()
    }

    private var isOneSpool: Bool {
        if case .sharedFolder = move.from.spool { return move.from.spool == move.to.spool }
        return false
    }

    private func hasSecrets() throws -> Bool {
        let workspace = move.move.workspace
        return try move.source.readBlocking { connection in
            guard let workspace else {
                return try connection.row("SELECT name FROM secret LIMIT 1 -- all workspaces")
                    != nil
            }
            return try connection.row(
                "SELECT name FROM secret WHERE workspace_id = $1 LIMIT 1",
                [workspace]
            ) != nil
        }
    }

    private func key(at path: String) throws -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    /// For the owner alone from its first byte on; a link makes it appear as a whole.
    private func write(_ key: Data) throws {
        let path = move.to.keyFile
        try FileManager.default.createDirectory(
            atPath: move.to.dataFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let beside = "\(path).\(getpid())"
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw MoveError.noKey(path: path) }
        defer {
            close(file)
            unlink(beside)
        }
        let count = key.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        guard count == key.count, fsync(file) == 0, link(beside, path) == 0 else {
            throw MoveError.noKey(path: path)
        }
    }
}
