// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// Works with the files of a folder on a server.
///
/// A put writes beside under a hidden name of its own, compares the length, then renames. Names that
/// an earlier put of the same file left are removed first. Neither protocol can sync: a server that
/// loses power loses what it had not written. Symbolic links are the server's; they are not
/// followed in listings.
struct RemoteAccess: LocationAccess {
    let session: RemoteSession
    /// The location's folder.
    let base: RemotePath
    let failpoints: Failpoints
    /// Makes the temporary names of this access its own.
    let token: String

    func openingSteps() -> [OpeningStep] { OpeningWalk(session).steps }

    func list(folder path: String) throws -> [RemoteFile] {
        let place = try place(path)
        do {
            return try session.server.dialect.list(place, session)
                .filter { (try? FileName.check($0.name)) != nil }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        } catch FilesError.noSuchFile {
            throw FilesError.noSuchFile(path)
        }
    }

    func fetch(_ path: String, into writer: SpoolWriter) throws {
        let place = try place(path)
        guard let status = try session.status(place) else { throw FilesError.noSuchFile(path) }
        var received: Int64 = 0
        for resumption in 0...max(session.server.limits.resumptions, 0) {
            let start = received
            do {
                try session.download(place, from: start) { chunk in
                    try writer.write(chunk)
                    received += Int64(chunk.count)
                }
                break
            } catch FilesError.remote(let failure) where failure.isTemporary {
                let mayGoOn = resumption < session.server.limits.resumptions
                guard mayGoOn, try session.status(place) == status else {
                    throw FilesError.remote(failure)
                }
            }
        }
        guard received == status.size ?? received else { throw FilesError.truncated(path) }
    }

    func put(from sourcePath: String, to path: String) throws {
        let source = try OpenFile(sourcePath, O_RDONLY)
        try put(try source.status().size, to: path) { buffer in
            try failpoints.pass("put.chunk")
            return try source.read(into: buffer)
        }
    }

    func putData(_ data: [UInt8], to path: String) throws {
        var rest = data[...]
        try put(Int64(data.count), to: path) { buffer in
            let part = rest.prefix(buffer.count)
            buffer.copyBytes(from: part)
            rest = rest.dropFirst(part.count)
            return part.count
        }
    }

    func move(_ source: String, to target: String) throws {
        let old = try file(source)
        let new = try file(target)
        guard old != new, try session.status(new) == nil else { throw FilesError.exists(target) }
        guard try session.status(old) != nil else { throw FilesError.noSuchFile(source) }
        try session.command(folders(of: new) + session.server.dialect.rename(old, new))
    }

    func delete(_ path: String) throws {
        let place = try file(path)
        do {
            try session.command([session.server.dialect.remove(place)])
        } catch FilesError.remote(let failure) {
            guard failure.step == .files, try session.status(place) == nil else {
                throw FilesError.remote(failure)
            }
        }
    }

    func exists(_ path: String) throws -> Bool { try session.status(file(path)) != nil }

    private func put(
        _ bytes: Int64,
        to path: String,
        _ source: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        let target = try file(path)
        let put = RemotePut(session: session, target: target, token: token)
        let folders = try folders(of: target)
        if !folders.isEmpty { try session.command(folders) }
        try put.removeLeftovers()
        do {
            try put.write(bytes, source)
            try failpoints.pass("put.written")
            try put.publish()
        } catch {
            put.abandon()
            throw error
        }
    }

    private func place(_ path: String) throws -> RemotePath {
        try session.base(base).appending(path)
    }

    private func file(_ path: String) throws -> RemotePath {
        let place = try place(path)
        guard place.components.count > (try session.base(base).components.count) else {
            throw FilesError.badName(path)
        }
        return place
    }

    /// The commands that make what is missing between the location's folder and a file.
    private func folders(of place: RemotePath) throws -> [String] {
        let own = try session.base(base).components.count
        return ((own + 1)..<max(place.components.count, own + 1)).map { count in
            session.server.dialect.makeFolder(
                RemotePath(
                    isAbsolute: place.isAbsolute,
                    components: Array(place.components.prefix(count))
                )
            )
        }
    }
}
